"""Triage as pages: the list with what can be done in it, and putting everything new away."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from escalations.wording import what_follows
from overview.triage import doings, happened, permissions, putting_away, services
from overview.triage.alike import offered_besides
from overview.triage.breached import TabsOfTriage
from overview.triage.entries import Entry, by_keys, entries
from overview.triage.filters import TriageFilters
from overview.triage.items import Items, ReadOnce
from overview.triage.models import Put
from overview.triage.sources import Kind
from safetyreg.errors import ConfirmationNeeded
from safetyreg.lists import ListPage
from safetyreg.nhsuk.widgets import Radios
from safetyreg.pages import CHECKED, ActionPage, add_errors, identity_check, see_other, show_finds
from safetyreg.words import listed, plural

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse, QueryDict

    from overview.triage.doings import Doing

OPENED = ("do", "item")  # what of the address says which form is open, and not what is listed
STATE = "state-"


@dataclass
class Opened:
    """The form that is open, what it is about, and why some of it could not be done.

    `left_out` are those chosen that this cannot be done to, with what happened to them; `alike` those offered besides;
    `follows` is what happens once it is done.
    """

    doing: Doing
    entries: list[Entry]
    form: forms.Form
    refused: dict[str, str] = field(default_factory=dict)
    left_out: list[tuple[Entry, str]] = field(default_factory=list)
    alike: list[Entry] = field(default_factory=list)
    follows: list[str] = field(default_factory=list)
    asks_identity_check: bool = False

    @property
    def heading(self) -> str:
        if len(self.entries) == 1:
            return self.doing.words
        return f"{self.doing.several or self.doing.words}: {plural(len(self.entries), 'thing')} at once"


class Triage(TabsOfTriage, ListPage):
    """Everything that needs a decision. `?do=` and `?item=` open the form for one or several of them in the list."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "overview/triage.jinja"
    permission = permissions.can_read_triage
    heading = "Triage"
    noun = "thing to decide"
    nouns = "things to decide"
    nothing_yet = "Nothing waits for a decision of your organisation."
    filterset_class = TriageFilters
    paginator_class = ReadOnce
    here = "triage"
    opened: Opened | None = None

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_queryset(self) -> Any:
        return Items(self.request.actor, self.now)

    @cached_property
    def listed(self) -> list[Entry]:
        return entries(self.pages.object_list, self.request.actor, self.now)

    @property
    def address(self) -> str:
        """The same list, at the same page, with no form open."""
        kept = self.kept
        return f"{self.request.path}?{kept.urlencode()}" if kept else self.request.path

    @cached_property
    def kept(self) -> QueryDict:
        asked = self.request.GET.copy()
        for name in OPENED:
            asked.pop(name, None)
        return asked

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        doing = doings.BY_NAME.get(request.GET.get("do", ""))
        if doing and permissions.can_triage(request.actor):
            self.opened = self._open(doing, request.GET.getlist("item"))
            if not self.opened.entries:
                messages.warning(request, self._nothing_left(self.opened))
                return see_other(self.address)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.can_triage(request.actor):
            raise services.PermissionDenied
        doing = doings.BY_NAME.get(request.POST.get("do", ""))
        if doing is None:
            raise Http404
        opened = self.opened = self._open(doing, request.POST.getlist("item"), request.POST)
        if "more" in request.POST:  # without a script, more boxes are asked for by sending the form
            typed = {bound.name: bound.data for bound in opened.form}
            self.opened.form = self._form(doing, opened.entries, None, typed)
            return self.render_to_response(self.get_context_data())
        if not opened.form.is_valid() or not opened.entries:
            return self._refused(422)
        given = dict(opened.form.cleaned_data)
        seen = {entry.key: request.POST.get(f"{STATE}{entry.key}", "") for entry in opened.entries}
        try:
            outcomes = services.do_each(doing=doing, seen=seen, given=given, by=request.actor, now=timezone.now())
        except ConfirmationNeeded as error:
            show_finds(opened.form, error.finds)
            opened.asks_identity_check = True
            return self._refused(409)
        except ValidationError as error:
            add_errors(opened.form, error)
            return self._refused(422)
        return self._answer(opened, outcomes)

    def _answer(self, opened: Opened, outcomes: list[services.Outcome]) -> HttpResponse:
        done = [outcome.entry.reference for outcome in outcomes if outcome.is_done and outcome.entry]
        if done:
            messages.success(self.request, f"Done ({opened.doing.words.lower()}): {listed(done)}")
        left = {outcome.key: outcome.why for outcome in outcomes if not outcome.is_done}
        if not left:
            return see_other(self.address)
        opened.entries = by_keys(left, self.request.actor, timezone.now())  # as they are now: sent again, it is meant
        opened.refused, opened.alike = left, []
        opened.form.add_error(None, f"{'Nothing' if not done else 'Not everything'} could be done: see why below")
        return self._refused(409)

    def _refused(self, status: int) -> HttpResponse:
        if self.opened and not self.opened.entries:
            self.opened.form.is_valid()
            self.opened.form.add_error(None, "Choose something in the list that this can be done to")
        return self.render_to_response(self.get_context_data(), status=status)

    def _open(self, doing: Doing, keys: list[str], data: Any = None) -> Opened:
        actor = self.request.actor
        found = by_keys(keys[: services.MOST], actor, self.now)
        fit = [entry for entry in found if entry.kind in doing.kinds]
        if data is None and len(found) > 1:  # of one, the form says so once it is sent
            fit = [entry for entry in fit if doing in doings.possible(actor, entry)]
        form = self._form(doing, fit, data, doing.starts(doings.About(actor, fit, self.now)))
        return Opened(
            doing,
            fit,
            form,
            left_out=[(entry, self._why_not(doing, entry)) for entry in found if entry not in fit],
            alike=offered_besides(doing, fit[0], actor, self.now) if len(fit) == 1 else [],
            follows=self._follows(doing, fit),
            asks_identity_check=bool(data) and CHECKED in data and doing.screens,
        )

    def _nothing_left(self, opened: Opened) -> str:
        """What is said where a form has nothing to be about: what became of what was ticked, if anything was."""
        taken = [f"{entry.reference or 'One of them'}: {why}" for entry, why in opened.left_out if why]
        if taken:
            return f"There is nothing left to do this to ({opened.doing.words.lower()}). {'; '.join(taken)}"
        return f"Tick something that this can be done to: {opened.doing.words.lower()}"

    def _why_not(self, doing: Doing, entry: Entry) -> str:
        return happened.to(entry, self.request.actor, self.now) if entry.kind in doing.kinds else ""

    def _follows(self, doing: Doing, fit: list[Entry]) -> list[str]:
        if doing.verb is None or len(fit) != 1 or doing not in doings.possible(self.request.actor, fit[0]):
            return []
        return what_follows(doing.verb, fit[0].subject, self.now)

    def _form(self, doing: Doing, fit: list[Entry], data: Any, initial: dict[str, Any]) -> forms.Form:
        told = doing.told(doings.About(self.request.actor, fit, self.now))
        form = doing.form(data, **told, initial=initial, auto_id=f"{doing.name}_%s")
        if doing.screens:
            form.fields[CHECKED] = identity_check()
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor, opened = self.request.actor, self.opened
        possible = {entry.key: doings.possible(actor, entry) for entry in self.listed}
        counts = self._counts()  # after the page, which counts as it reads
        here = {doing.name for some in possible.values() for doing in some}
        in_place = opened.entries[0].key if opened and len(opened.entries) == 1 else ""
        return super().get_context_data(
            **kwargs,
            now=self.now,
            entries=self.listed,
            possible=possible,
            opened=opened,
            in_place=in_place if in_place in possible else "",
            ticked=self.request.GET.getlist("item"),
            several=[doing for doing in doings.DOINGS if doing.several and doing.name in here] if not opened else [],
            has_new=permissions.can_triage(actor) and any(kind in Put.values for kind, _words, _number in counts),
            counts=counts,
            asked=SimpleNamespace(GET=self.kept, path=self.request.path),
            address=self.address,
            kinds=dict(Kind.choices),
        )

    def _counts(self) -> list[tuple[str, str, int]]:
        """How many there are of each kind, besides what else is filtered: the value, the words, the number."""
        if not self.filters or self.filters.errors:
            return []
        found = self.filters.qs.counts
        return [(kind.value, kind.label, found[kind.value]) for kind in Kind if found.get(kind.value)]


class PutAllForm(forms.Form):
    kind = forms.ChoiceField(
        label="What have you looked at?",
        choices=[(Put.NEW, "All risks newly visible"), (Put.GIVEN, "All positions given to us")],
        widget=Radios(),
        error_messages={"required": "Select what you have looked at"},
    )
    until = forms.DateTimeField(widget=forms.HiddenInput())


class PutAllAway(ActionPage):
    """For a body that has much that is new, and has looked at it elsewhere."""

    permission = permissions.can_triage
    template_name = "overview/triage_put_all_away.jinja"
    form_class = PutAllForm
    heading = "Put everything new away"
    submit = "Put it away"
    success_message = "It has been put away. What comes from now on stands in triage"

    def get_initial(self) -> dict[str, Any]:
        return {"until": timezone.now().isoformat(), "kind": self.request.GET.get("kind", "")}

    def back_url(self) -> str:
        return reverse("triage")

    def act(self, **cleaned: Any) -> str:
        putting_away.put_all_away(**cleaned, by=self.request.actor, now=timezone.now())
        return "triage"
