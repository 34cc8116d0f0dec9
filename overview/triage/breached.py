"""Clocks that the bodies below let run out: which they are, what they can be narrowed down to, and the page of them.

A clock below is known without what it is about. Theme, score and reference are told of a risk that is read in full,
and then not beside the clock of a link, which is for the two between whom it runs (`overview.clocks`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from deadlines.models import Deadline, Kind
from escalations.standing import Age, since
from overview import owed
from overview.clocks import with_what_is_told
from overview.triage import permissions
from risks import lfpse
from risks.filters import OrganisationFilter
from risks.models import Risk
from risks.scoring import Band
from safetyreg.exporting import Column, Export
from safetyreg.lists import ListPage
from safetyreg.nhsuk.widgets import Checkboxes

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from accounts.actors import Actor
    from risks.models import RiskQuerySet

MOST_COUNTED = 1_000
TOWARDS_OTHERS = [choice for choice in Kind.choices if choice[0] not in (Kind.REVIEW, Kind.ACTION)]
COLUMNS = Export(
    "breached-below",
    "late clock",
    (
        Column("Owed by", lambda late: late.owed_by.name),
        Column("Owed to", lambda late: late.owed_to.name),
        Column("What", lambda late: late.get_kind_display()),
        Column("Due", lambda late: late.due_at),
        Column("Breached", lambda late: late.breached_at),
        Column("Risk", lambda late: late.risk_reference if late.in_full else None),
    ),
)


def breached_below(actor: Actor) -> QuerySet[Deadline]:
    """Each with `in_full`, whether the actor is told what it is about; the longest overdue first."""
    rows = with_what_is_told(owed.late_below(actor), actor.organisation)
    return rows.select_related("owed_by", "owed_to", "holder").most_pressing_first()


def late_bodies(request: HttpRequest | None) -> QuerySet[Organisation]:
    """Those below that let a clock run out: no other organisation is an answer here."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return Organisation.objects.none()
    return Organisation.objects.filter(pk__in=owed.late_below(actor).order_by().values("owed_by")).in_order()


class BreachedFilters(django_filters.FilterSet):
    """Of `breached_below`. Theme and score find nothing where the reader is not told what a clock is about."""

    owed_by = OrganisationFilter(
        label="Organisation that is late",
        queryset=late_bodies,
        others="Choose an organisation below yours that is late",
    )
    kind = django_filters.MultipleChoiceFilter(
        label="What is owed", choices=TOWARDS_OTHERS, widget=Checkboxes(), distinct=False
    )
    late_for = django_filters.ChoiceFilter(
        label="Overdue for", choices=Age.choices, empty_label="Any time", method="overdue_for"
    )
    band = django_filters.MultipleChoiceFilter(
        label="Score of the risk", choices=Band.choices, widget=Checkboxes(), method="banded"
    )
    theme = django_filters.ChoiceFilter(
        label="Theme of the risk", choices=lfpse.THEMES, empty_label="Any theme", method="themed"
    )

    class Meta:
        model = Deadline
        fields = []

    def overdue_for(self, rows: QuerySet[Deadline], name: str, age: str) -> QuerySet[Deadline]:
        return rows.filter(since("due_at", age, timezone.now()))

    def banded(self, rows: QuerySet[Deadline], name: str, bands: list[str]) -> QuerySet[Deadline]:
        return self._about(rows, self._read().with_band(*bands)) if bands else rows

    def themed(self, rows: QuerySet[Deadline], name: str, theme: str) -> QuerySet[Deadline]:
        return self._about(rows, self._read().filter(theme=theme))

    def _read(self) -> RiskQuerySet:
        return Risk.objects.read_in_full_by(self.request.actor)

    @staticmethod
    def _about(rows: QuerySet[Deadline], risks: RiskQuerySet) -> QuerySet[Deadline]:
        return rows.filter(Exists(risks.filter(reference=OuterRef("risk_reference"))), in_full=True)


class TabsOfTriage:
    """The two lists of triage, above each of them."""

    request: HttpRequest
    here = ""

    def tabs(self) -> list[dict[str, Any]]:
        number = owed.late_below(self.request.actor)[: MOST_COUNTED + 1].count()
        lists = (("To decide", "triage", None), ("Breached below us", "triage-breached", _capped(number)))
        return [
            {"text": text, "href": reverse(name), "is_here": name == self.here, "count": count}
            for text, name, count in lists
        ]


def _capped(number: int) -> str:
    return f"more than {MOST_COUNTED:,}" if number > MOST_COUNTED else str(number)


class Breached(TabsOfTriage, ListPage):
    """Clocks that the bodies below let run out. What a risk says is shown only where it is read in full."""

    template_name = "overview/triage_breached.jinja"
    permission = permissions.can_read_triage
    heading = "Triage"
    noun = "late clock"
    nothing_yet = "No organisation that answers to yours is late with anything towards others."
    filterset_class = BreachedFilters
    here = "triage-breached"
    export = COLUMNS

    def get_queryset(self) -> QuerySet[Deadline]:
        return breached_below(self.request.actor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        debts = owed.as_debts(list(self.pages.object_list), self.request.actor, now)
        return super().get_context_data(**kwargs, debts=debts, now=now)
