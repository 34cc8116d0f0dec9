"""What the actor was told, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import path
from django_filters import rest_framework as filters
from rest_framework import serializers

from notifications import services
from notifications.exporting import NOTIFICATIONS as COLUMNS
from notifications.models import Kind, Notification
from notifications.webhooks import api as webhooks
from safetyreg.api.exporting import ExportView
from safetyreg.api.resources import Resource, Verb, any_since
from safetyreg.api.views import ListView, VerbView

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actors import Actor
    from notifications.models import NotificationQuerySet


class NotificationSerializer(serializers.ModelSerializer):
    """Something that you were told for the organisation you act for, and why you were."""

    class Meta:
        model = Notification
        fields = ["id", "kind", "message", "reason", "reference", "path", "created_at", "sent_at", "read_at"]


class NotificationFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Kind)
    search = filters.CharFilter(
        field_name="message", lookup_expr="icontains", max_length=200, label="A reference, or words of the message"
    )
    read = filters.ChoiceFilter(choices=[("no", "Unread"), ("yes", "Read")], method="read_or_not")
    reference = filters.CharFilter(max_length=20, label="The reference of the risk")

    class Meta:
        model = Notification
        fields: list[str] = []

    def read_or_not(self, rows: NotificationQuerySet, name: str, value: str) -> NotificationQuerySet:
        return rows.unread() if value == "no" else rows.exclude(read_at=None)


def told(actor: Actor) -> QuerySet[Notification]:
    return Notification.objects.visible_to(actor).newest_first()


def anybody(actor: Actor, notification: Notification | None = None) -> bool:
    """What was told to the actor may be marked read by the actor."""
    return True


class MarkOneRead(VerbView):
    def subject(self) -> Any:
        return get_object_or_404(told(self.actor), pk=self.kwargs["pk"])


NOTIFICATIONS = Resource(
    NotificationSerializer,
    told,
    NotificationFilters,
    changed=any_since("created_at", "sent_at", "read_at"),
    export=lambda actor: COLUMNS,
)
MARK_READ = Verb(services.mark_read, anybody, on="notification")

urlpatterns = [
    path("notifications/", ListView.as_view(resource=NOTIFICATIONS), name="api-notifications"),
    path("notifications/export/", ExportView.as_view(resource=NOTIFICATIONS), name="api-notifications-export"),
    path("notifications/read/", VerbView.as_view(verb=MARK_READ), name="api-notifications-read"),
    path("notifications/<uuid:pk>/read/", MarkOneRead.as_view(verb=MARK_READ), name="api-notification-read"),
    *webhooks.urlpatterns,
]
