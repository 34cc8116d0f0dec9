"""The list of clocks that the reader knows of, and what it can be narrowed down to, on the page and over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Level
from deadlines.models import Deadline, Kind, Urgency
from deadlines.taken import Taken, taken
from deadlines.wording import clocks
from escalations.models import Escalation
from escalations.permissions import can_read_escalations
from overview.clocks import known_to
from risks import lfpse
from risks.filters import TRUE, YesNoFilter
from risks.models import Risk
from safetyreg.exporting import Column, Export
from safetyreg.lists import ListPage, OnePass
from safetyreg.month_filter import MonthFilter
from safetyreg.nhsuk.widgets import Checkboxes

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from deadlines.models import DeadlineQuerySet
    from deadlines.wording import Clock

DEADLINES = Export(
    "deadlines",
    "deadline",
    (
        Column("To do", lambda one: one.get_kind_display()),
        Column("Risk", lambda one: one.risk_reference if one.shows else None),
        Column("Owed by", lambda one: one.owed_by.name),
        Column("Owed to", lambda one: one.owed_to.name),
        Column("Began", lambda one: one.starts_at),
        Column("Due", lambda one: one.due_at),
        Column("Done", lambda one: one.met_at),
        Column("No longer owed from", lambda one: one.cancelled_at),
    ),
)
SORTS = {
    "due": ("What is due", (F("paused_at").asc(nulls_first=True), "due_at", "pk")),
    "newest": ("Newest", ("-starts_at", "pk")),
}


class ClockFilters(django_filters.FilterSet):
    """Of `known_to`. What tells what a clock is about finds nothing among those of which the reader is not told it."""

    kind = django_filters.MultipleChoiceFilter(label="To do", choices=Kind.choices, widget=Checkboxes())
    overdue = YesNoFilter(
        label="Clocks", empty_label="Any", yes="Running and overdue", no="Running and in time", method="late"
    )
    owed_by = django_filters.CharFilter(
        label="Owed by", help_text="The organisation's ODS code", field_name="owed_by__ods_code", lookup_expr="iexact",
        max_length=10,
    )  # fmt: skip
    ours = YesNoFilter(label="Whose", empty_label="Anybody's", yes="We owe it", no="Others owe it", method="owed_by_us")
    level = django_filters.ChoiceFilter(
        label="Level of who owes it", choices=Level.choices, empty_label="Any level", field_name="owed_by__level"
    )
    between = YesNoFilter(
        label="Owed to", empty_label="Anybody", yes="Another organisation", no="Themselves", method="between_two"
    )
    due = MonthFilter(label="Fell due in", field_name="due_at")
    taken = django_filters.MultipleChoiceFilter(
        label="Time taken", choices=Taken.choices, widget=Checkboxes(), method="that_took"
    )
    in_full = YesNoFilter(label="Risk", empty_label="Any", yes="Read in full", no="Not read in full", method="read")
    urgency = django_filters.ChoiceFilter(
        label="Urgency of the escalation",
        choices=[choice for choice in Urgency.choices if choice[0] != Urgency.ANY],
        empty_label="Any urgency",
        method="as_urgent",
    )
    theme = django_filters.ChoiceFilter(
        label="Theme of the risk", choices=lfpse.THEMES, empty_label="Any theme", method="about"
    )

    class Meta:
        model = Deadline
        fields = []

    def filter_queryset(self, queryset: DeadlineQuerySet) -> QuerySet[Deadline]:
        """What is owed no more is left out, unless it is asked for by when it fell due or how long it took."""
        rows = super().filter_queryset(queryset)
        asked = self.form.cleaned_data["due"] or self.form.cleaned_data["taken"]
        return rows if asked else rows.filter(met_at=None, cancelled_at=None)

    def late(self, rows: DeadlineQuerySet, name: str, answer: str) -> QuerySet[Deadline]:
        running, now = rows.live().filter(paused_at=None), timezone.now()
        return running.filter(due_at__lte=now) if answer == TRUE else running.filter(due_at__gt=now)

    def owed_by_us(self, rows: DeadlineQuerySet, name: str, answer: str) -> QuerySet[Deadline]:
        us = self.request.actor.organisation
        return rows.owed_by(us) if answer == TRUE else rows.exclude(owed_by=us)

    def between_two(self, rows: DeadlineQuerySet, name: str, answer: str) -> QuerySet[Deadline]:
        return rows.between_organisations() if answer == TRUE else rows.filter(owed_by=F("owed_to"))

    def that_took(self, rows: DeadlineQuerySet, name: str, wanted: list[str]) -> QuerySet[Deadline]:
        return rows.annotate(taken=taken(timezone.now())).filter(taken__in=wanted) if wanted else rows

    def read(self, rows: DeadlineQuerySet, name: str, answer: str) -> QuerySet[Deadline]:
        return rows.filter(in_full=answer == TRUE)

    def as_urgent(self, rows: DeadlineQuerySet, name: str, urgency: str) -> QuerySet[Deadline]:
        alike = Escalation.objects.visible_to(self.request.actor).filter(urgency=urgency)
        return rows.filter(in_full=True, subject_id__in=alike.values("pk"))

    def about(self, rows: DeadlineQuerySet, name: str, theme: str) -> QuerySet[Deadline]:
        alike = Risk.objects.read_in_full_by(self.request.actor).filter(theme=theme)
        return rows.filter(in_full=True, risk_reference__in=alike.values("reference"))


class ClockList(ListPage):
    """What is owed, by whom, to whom and by when, of all that the reader knows."""

    template_name = "overview/clocks.jinja"
    permission = can_read_escalations
    heading = "What is owed"
    noun = "deadline"
    filterset_class = ClockFilters
    sorts = SORTS
    export = DEADLINES

    @property
    def paginator_class(self) -> type[OnePass]:
        return OnePass

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @property
    def nothing_yet(self) -> str:
        return f"{self.request.actor.organisation.name} owes nobody anything, and nobody owes it anything."

    def get_queryset(self) -> QuerySet[Deadline]:
        return known_to(self.request.actor).select_related("owed_by", "owed_to", "holder")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, clocks=self.clocks(), titles=self.titles())

    def clocks(self) -> list[Clock]:
        return clocks(self.pages.object_list, self.now)

    def titles(self) -> dict[str, str]:
        """By reference, of the risks that are read in full."""
        shown = {one.risk_reference for one in self.pages.object_list}
        read = Risk.objects.read_in_full_by(self.request.actor).filter(reference__in=shown)
        return dict(read.values_list("reference", "title"))
