"""The clocks that the reader knows of, over HTTP: `/deadlines/` has one's own alone, this has all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import path
from rest_framework import serializers

from deadlines.api import DEADLINES as OWN
from deadlines.api import DeadlineSerializer, with_bodies, with_clocks
from overview.clock_list import DEADLINES as COLUMNS
from overview.clock_list import SORTS, ClockFilters
from overview.clocks import known_to
from safetyreg.api.exporting import ExportView
from safetyreg.api.resources import Resource
from safetyreg.api.views import ListView

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor
    from deadlines.models import Deadline

HIDDEN = ("subject_id", "risk_reference", "path", "holder")


class KnownDeadlineSerializer(DeadlineSerializer):
    """Something owed between bodies that you know of. Where you may not know what it is about, that is null."""

    subject_id = serializers.UUIDField(allow_null=True)
    risk_reference = serializers.CharField(allow_null=True)
    path = serializers.CharField(allow_null=True)

    def to_representation(self, deadline: Any) -> dict[str, Any]:
        shown = super().to_representation(deadline)
        return shown if deadline.shows else shown | dict.fromkeys(HIDDEN)


def known(actor: Actor) -> QuerySet[Deadline]:
    return with_bodies(known_to(actor))


def known_changed(actor: Actor, since: datetime) -> Q:
    """As for one's own, among those of which the actor may know what they are about."""
    own = OWN.changed(actor, since) if OWN.changed else Q()
    return own & Q(shows=True) | Q(shows=False, breached_at__gte=since)


KNOWN = Resource(
    KnownDeadlineSerializer,
    known,
    ClockFilters,
    SORTS,
    changed=known_changed,
    prepare=with_clocks,
    export=lambda actor: COLUMNS,
)

urlpatterns = [
    path("deadlines/known/", ListView.as_view(resource=KNOWN), name="api-deadlines-known"),
    path("deadlines/known/export/", ExportView.as_view(resource=KNOWN), name="api-deadlines-known-export"),
]
