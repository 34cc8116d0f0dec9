"""What is owed and the standards for it, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.urls import path
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers

from accounts.api.serializers import OrganisationInShort, PersonInShort
from deadlines import permissions, services
from deadlines.models import Deadline, Kind, ProclaimedDay, ResponseStandard, UnitChoices
from deadlines.wording import clocks
from safetyreg.api.asking import Asked, Text
from safetyreg.api.exporting import ExportView
from safetyreg.api.filters import TrueOrFalse
from safetyreg.api.resources import Resource, Verb, any_since
from safetyreg.api.views import ListAndAddView, ListView, OneAndChangeView
from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor

STATES = [(state, state) for state in ("running", "soon", "overdue", "paused", "met", "cancelled")]


class LateSerializer(serializers.ModelSerializer):
    """A late clock of a body below yours: the two bodies and the time, and nothing of what it is about."""

    owed_by = OrganisationInShort()
    owed_to = OrganisationInShort()

    class Meta:
        model = Deadline
        fields = ["id", "kind", "owed_by", "owed_to", "starts_at", "due_at", "breached_at"]


class ClockSerializer(serializers.ModelSerializer):
    """A running clock, shown beside what it is about."""

    owed_by = OrganisationInShort()
    owed_to = OrganisationInShort()
    state = serializers.ChoiceField(choices=STATES, source="clock.state")
    words = serializers.CharField(source="clock.words")

    class Meta:
        model = Deadline
        fields = ["id", "kind", "owed_by", "owed_to", "due_at", "state", "words"]


class DeadlineSerializer(serializers.ModelSerializer):
    """Something owed: what, by whom, to whom and by when, with the time left and how it came about in words."""

    owed_by = OrganisationInShort()
    owed_to = OrganisationInShort()
    holder = PersonInShort(allow_null=True)
    state = serializers.ChoiceField(choices=STATES, source="clock.state")
    words = serializers.CharField(source="clock.words")
    explanation = serializers.CharField(source="clock.explanation")

    class Meta:
        model = Deadline
        fields = [
            "id", "kind", "owed_by", "owed_to", "holder", "subject_id", "risk_reference", "path",
            "starts_at", "due_at", "paused_at", "warned_at", "breached_at", "met_at", "cancelled_at",
            "state", "words", "explanation",
        ]  # fmt: skip


def with_clocks(rows: Sequence[Deadline], now: datetime) -> Sequence[Deadline]:
    """The same deadlines, each knowing its `clock`."""
    for clock in clocks(rows, now):
        clock.deadline.clock = clock  # type: ignore[attr-defined]
    return rows


def with_clock_of_each(rows: Sequence[Any], now: datetime) -> Sequence[Any]:
    """The same rows, of which at most one thing is owed at a time, each with it as its `clock`, or None."""
    live = Deadline.objects.live().filter(subject_id__in=[row.pk for row in rows])
    by_subject = {deadline.subject_id: deadline for deadline in with_clocks(list(with_bodies(live)), now)}
    for row in rows:
        row.clock = by_subject.get(row.pk)
    return rows


class DeadlineFilters(filters.FilterSet):
    owed_by = filters.UUIDFilter(field_name="owed_by", label="The id of the organisation that owes it")
    owed_to = filters.UUIDFilter(field_name="owed_to", label="The id of the organisation it is owed to")
    kind = filters.MultipleChoiceFilter(choices=Kind)
    is_live = TrueOrFalse(method="live_or_not", label="Whether it is still owed")
    is_overdue = TrueOrFalse(method="overdue_or_not", label="Whether it is owed, running and late")

    class Meta:
        model = Deadline
        fields = ["risk_reference"]

    def live_or_not(self, rows: QuerySet[Deadline], name: str, value: bool) -> QuerySet[Deadline]:
        live = Deadline.objects.live()
        return rows.filter(pk__in=live) if value else rows.exclude(pk__in=live)

    def overdue_or_not(self, rows: QuerySet[Deadline], name: str, value: bool) -> QuerySet[Deadline]:
        late = Deadline.objects.live().filter(paused_at=None, due_at__lte=timezone.now())
        return rows.filter(pk__in=late) if value else rows.exclude(pk__in=late)


def owed(actor: Actor) -> QuerySet[Deadline]:
    return with_bodies(Deadline.objects.visible_to(actor))


def with_bodies(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    return rows.select_related("owed_by", "owed_to", "holder").order_by("due_at", "pk")


def late_below(actor: Actor) -> QuerySet[Deadline]:
    return with_bodies(Deadline.objects.late_below(actor))


class StandardSerializer(serializers.ModelSerializer):
    """How long one kind of thing may take at one urgency. One set for everybody; the national body edits it."""

    class Meta:
        model = ResponseStandard
        fields = ["id", "kind", "urgency", "amount", "unit"]


class SetStandard(Asked):
    amount = serializers.IntegerField(min_value=1, max_value=400)
    unit = serializers.ChoiceField(choices=UnitChoices.choices)


class ProclaimedDaySerializer(serializers.ModelSerializer):
    """A bank holiday proclaimed for one occasion. Those of every year are known without it."""

    class Meta:
        model = ProclaimedDay
        fields = ["id", "on", "name"]


class ProclaimDay(Asked):
    on = serializers.DateField()
    name = Text()


def proclaimed_days(actor: Actor) -> QuerySet[ProclaimedDay]:
    return ProclaimedDay.objects.order_by("on")


def standards(actor: Actor) -> QuerySet[ResponseStandard]:
    return ResponseStandard.objects.order_by("kind", "urgency")


def may_set(actor: Actor, standard: ResponseStandard) -> bool:
    return permissions.can_set_standards(actor)


def changed_since(actor: Actor, since: datetime) -> Q:
    """Begun, paused, warned of, late, met or cancelled; or something was done to what it is about."""
    done = AuditEvent.objects.filter(
        reference=OuterRef("risk_reference"), at__gte=since, subject_id=Cast(OuterRef("subject_id"), CharField())
    )
    return any_since(*MOMENTS)(actor, since) | Q(Exists(done))


MOMENTS = ("starts_at", "paused_at", "warned_at", "breached_at", "met_at", "cancelled_at")
DEADLINES = Resource(DeadlineSerializer, owed, DeadlineFilters, changed=changed_since, prepare=with_clocks)
LATE_BELOW = Resource(LateSerializer, late_below, changed=any_since("breached_at"))
STANDARDS = Resource(StandardSerializer, standards)
SET_STANDARD = Verb(services.set_standard, may_set, SetStandard, STANDARDS, on="standard")
PROCLAIMED_DAYS = Resource(ProclaimedDaySerializer, proclaimed_days)
PROCLAIM_DAY = Verb(services.proclaim_day, permissions.can_set_standards, ProclaimDay, PROCLAIMED_DAYS, creates=True)

urlpatterns = [
    path("deadlines/", ListView.as_view(resource=DEADLINES), name="api-deadlines"),
    path("deadlines/export/", ExportView.as_view(resource=DEADLINES), name="api-deadlines-export"),
    path("deadlines/late-below/", ListView.as_view(resource=LATE_BELOW), name="api-deadlines-late-below"),
    path("standards/", ListView.as_view(resource=STANDARDS), name="api-standards"),
    path(
        "standards/<uuid:pk>/",
        OneAndChangeView.as_view(resource=STANDARDS, verb=SET_STANDARD),
        name="api-standard",
    ),
    path(
        "proclaimed-days/",
        ListAndAddView.as_view(resource=PROCLAIMED_DAYS, verb=PROCLAIM_DAY),
        name="api-proclaimed-days",
    ),
]
