"""Triage over HTTP: what needs a decision, what is breached below, and one thing done to several."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.fields import MemberField
from accounts.api.serializers import OrganisationInShort, PersonInShort
from deadlines.models import Deadline
from escalations.models import Outcome
from overview import owed
from overview.triage import doings, permissions, putting_away, services
from overview.triage.entries import Entry, by_keys, entries
from overview.triage.filters import TriageFilters
from overview.triage.items import Items
from overview.triage.models import Put
from overview.triage.sources import Kind
from risks import lfpse
from risks.models import Risk
from risks.scoring import Band
from safetyreg.api import cursors, pagination
from safetyreg.api.asking import Asked, AskedInWords, Text
from safetyreg.api.resources import Resource
from safetyreg.api.schema import refusals
from safetyreg.api.scopes import Scope
from safetyreg.api.views import ActorView, ListView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from accounts.actors import Actor
    from safetyreg.idempotency.models import StoredAnswer


class ToDecideSerializer(serializers.Serializer):
    """One thing that needs a decision of your organisation, and why it is here."""

    key = serializers.CharField(help_text="What it is called where something is done to several")
    state = serializers.CharField(help_text="Send it back with the key, and what was changed meanwhile is left alone")
    kind = serializers.ChoiceField(choices=Kind.choices)
    why = serializers.CharField(help_text="Why it is here, as a sentence")
    path = serializers.CharField()
    reference = serializers.CharField(help_text="Of the risk; empty where you do not see it")
    title = serializers.CharField()
    words = serializers.CharField(help_text="What was asked or said")
    score = serializers.SerializerMethodField()
    handler = PersonInShort(allow_null=True)
    due_at = serializers.DateTimeField(source="clock.due_at", default=None, allow_null=True)
    is_overdue = serializers.SerializerMethodField()
    can = serializers.SerializerMethodField(help_text="What you can do with it, as far as its row tells")

    def get_score(self, entry: Entry) -> int | None:
        """Of the risk it is about, or of the worse of two."""
        return max((risk.score for risk in entry.risks if risk.score), default=None)

    def get_is_overdue(self, entry: Entry) -> bool:
        return entry.clock is not None and entry.clock.state == "overdue"

    def get_can(self, entry: Entry) -> list[str]:
        return [doing.name for doing in doings.possible(self.context["request"].actor, entry)]


class ItemPages(pagination.Pages):
    """Pages of what comes from several tables."""

    def paginate_items(self, items: Items, request: Request) -> list[Any]:
        self.request, self.bound = request, pagination._bound(request)
        size, position = pagination._page_size(request), self._position()
        found = items.count()
        self.total, self.total_is_exact = min(found, pagination.COUNTED), found <= pagination.COUNTED
        backwards = position is not None and position.backwards
        rows = items.following(size + 1, position and position.values, backwards=backwards)
        more, shown = len(rows) > size, rows[:size]
        if backwards:
            shown.reverse()
        has_before, has_after = (more if backwards else position is not None), more or backwards
        before = cursors.Position(tuple(shown[0]), backwards=True) if shown and has_before else None
        self.slice = cursors.Slice(shown, before, cursors.Position(tuple(shown[-1])) if shown and has_after else None)
        return shown


def _asked(name: str, words: str, choices: Sequence[str] = (), *, many: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=words, enum=choices or None, many=many)


FILTERS = [
    _asked("kind", "Only these kinds", Kind.values, many=True),
    _asked("band", "About risks with these scores", Band.values, many=True),
    _asked("theme", "About risks with this theme that you read in full", [code for code, _words in lfpse.THEMES]),
    _asked("organisation", "About risks of this organisation, by its ODS code"),
    _asked("overdue", "Only what is overdue, or only what is not", ["true", "false"]),
    _asked("handler", "Only what you handle, or what nobody does yet", ["mine", "nobody"]),
]


class ToDecide(ListView):
    """What needs a decision of your organisation: overdue first, then by the day it is due, the worst first."""

    pagination_class = ItemPages
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return ToDecideSerializer

    def get_queryset(self) -> Any:
        return Deadline.objects.none()  # for the schema

    @property
    def filterset_class(self) -> Any:
        return None

    def known_parameters(self) -> set[str]:
        return {pagination.CURSOR, pagination.PAGE_SIZE, *TriageFilters.base_filters}

    @extend_schema(parameters=FILTERS, responses={200: ToDecideSerializer(many=True), **refusals(400, 401, 403)})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not permissions.can_read_triage(self.actor):
            raise PermissionDenied
        now, pages = timezone.now(), ItemPages()
        filters = TriageFilters(request.query_params, Items(self.actor, now), request=request)
        if filters.errors:
            raise ValidationError(filters.errors)
        shown = entries(pages.paginate_items(filters.qs, request), self.actor, now)
        return pages.get_paginated_response(
            ToDecideSerializer(shown, many=True, context=self.get_serializer_context()).data
        )


class LateClockSerializer(serializers.ModelSerializer):
    """A clock that a body below let run out. What it is about is empty where you do not read that in full."""

    owed_by = OrganisationInShort()
    owed_to = OrganisationInShort()
    reference = serializers.CharField()
    title = serializers.CharField()
    path = serializers.CharField(source="shown_path")

    class Meta:
        model = Deadline
        fields = ["id", "kind", "owed_by", "owed_to", "due_at", "breached_at", "reference", "title", "path"]


def breached(actor: Actor) -> QuerySet[Deadline]:
    return owed.late_below(actor).select_related("owed_by", "owed_to").most_pressing_first()


class Breached(ListView):
    """Clocks that the organisations which answer to yours let run out towards others."""

    resource = Resource(LateClockSerializer, breached)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not permissions.can_read_triage(self.actor):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    def show(self, resource: Resource, rows: list[Any]) -> list[dict[str, Any]]:
        for debt in owed.as_debts(rows, self.actor, timezone.now()):
            row: Any = debt.deadline
            row.title, row.reference = debt.title, row.risk_reference if debt.title else ""
            row.shown_path = row.path if debt.title else ""
        return super().show(resource, rows)


class Chosen(Asked):
    key = serializers.CharField(max_length=120)
    state = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class SeveralChosen(Asked):
    items = Chosen(many=True, allow_empty=False, max_length=services.MOST)

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in super().given().items() if name != "items"}

    @property
    def seen(self) -> dict[str, str]:
        return {one["key"]: one["state"] for one in self.validated_data["items"]}


class SeveralHandled(SeveralChosen):
    handler = MemberField()


class SeveralAcknowledged(SeveralChosen):
    handler = MemberField(required=False, help_text="Who handles them: yourself, unless you name another safety lead")


class SeveralAnswered(SeveralChosen, AskedInWords):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    text = Text()


class OwnRisk(serializers.SlugRelatedField):
    """An open risk of the caller's own organisation, by its reference."""

    default_error_messages = {"does_not_exist": "Choose an open risk of your own"}

    def get_queryset(self) -> QuerySet[Risk]:
        actor = self.context["request"].actor
        return Risk.objects.visible_to(actor).open().filter(organisation=actor.organisation)


class SeveralGathered(SeveralChosen, AskedInWords):
    system_risk = OwnRisk(slug_field="reference", queryset=Risk.objects.all(), help_text="PSR-000123, one of your own")
    reason = Text(help_text="Why they contribute to it: each owner reads it")


class SeveralDismissed(SeveralChosen, AskedInWords):
    reason = Text(required=False, default="")


class LeftSerializer(serializers.Serializer):
    """One that was left as it is, and why."""

    key = serializers.CharField()
    why = serializers.CharField(help_text="Who was quicker, or why it is not the moment, in words")


class DoneToSeveralSerializer(serializers.Serializer):
    """What became of several: each is done by itself."""

    done = serializers.ListField(child=serializers.CharField(), help_text="The keys of those that were done")
    left = LeftSerializer(many=True)


class ToSeveral(ActorView):
    """One thing done to several things that need a decision."""

    doing = ""
    asks: type[SeveralChosen] = SeveralChosen

    def get_serializer_class(self) -> Any:
        return DoneToSeveralSerializer

    def done(self, request: Request) -> Response:
        if not permissions.can_triage(self.actor):
            raise PermissionDenied
        asked = self.asks(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        given, now = asked.given(), timezone.now()
        doing = doings.BY_NAME[self.doing]
        outcomes = services.do_each(doing=doing, seen=asked.seen, given=given, by=self.actor, now=now)
        left = [{"key": outcome.key, "why": outcome.why} for outcome in outcomes if not outcome.is_done]
        return Response({"done": [outcome.key for outcome in outcomes if outcome.is_done], "left": left})

    def may_still_read(self, stored: StoredAnswer) -> bool:
        """It names what was done, and says of the rest who did what with it."""
        said = json.loads(bytes(stored.body))
        named = {*said["done"], *(one["key"] for one in said["left"] if one["why"] != services.NOT_SEEN)}
        return len(by_keys(named, self.actor, timezone.now())) == len(named)


def to_several(doing: str, asks: type[SeveralChosen], scope: Scope, words: str) -> Any:
    """The view of one thing that can be done to several."""

    class View(ToSeveral):
        write_scope = scope

        @extend_schema(
            request=asks,
            responses={200: DoneToSeveralSerializer, **refusals(400, 401, 403, 404, 409, 422, 429)},
            description=f"{words} One that somebody else took meanwhile is left as it is, and told with who did what.",
        )
        def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
            return self.done(request)

    return View.as_view(doing=doing, asks=asks)


class AllPutAway(Asked):
    kind = serializers.ChoiceField(choices=Put.choices)
    until = serializers.DateTimeField(required=False, help_text="What came until then; until now, unless you say")


class PutAllAway(ActorView):
    """Put away everything of a kind that has come until now: what comes later stands in triage."""

    write_scope = Scope.RISKS_WRITE

    @extend_schema(request=AllPutAway, responses={204: None, **refusals(400, 401, 403, 404, 409, 422)})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not permissions.can_triage(self.actor):
            raise PermissionDenied
        asked = AllPutAway(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        given: dict[str, Any] = {"until": now, **asked.given()}
        putting_away.put_all_away(**given, by=self.actor, now=now)
        return Response(status=204)


SEVERAL = {
    "acknowledge": (SeveralAcknowledged, Scope.ESCALATIONS_WRITE, "Acknowledge several escalations."),
    "name-handler": (SeveralHandled, Scope.ESCALATIONS_WRITE, "Name one handler for several escalations."),
    "answer": (SeveralAnswered, Scope.ESCALATIONS_WRITE, "Give one answer to several escalations."),
    "put-away": (SeveralChosen, Scope.RISKS_WRITE, "Put away several things that your organisation has looked at."),
    "gather": (SeveralGathered, Scope.RISKS_WRITE, "Gather what several things are about under a system risk."),
    "dismiss": (SeveralDismissed, Scope.RISKS_WRITE, "Find of several pairs that they do not belong together."),
}

urlpatterns = [
    path("triage/", ToDecide.as_view(), name="api-triage"),
    path("triage/breached/", Breached.as_view(), name="api-triage-breached"),
    path("triage/put-all-away/", PutAllAway.as_view(), name="api-triage-put-all-away"),
    *(
        path(f"triage/{name}/", to_several(name, asks, scope, words), name=f"api-triage-{name}")
        for name, (asks, scope, words) in SEVERAL.items()
    ),
]
