"""The pages on which people read what they were told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import django_filters
from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone

from notifications import services
from notifications.digest import next_digest
from notifications.exporting import NOTIFICATIONS
from notifications.models import Kind, Notification, NotificationQuerySet
from safetyreg.lists import ListPage
from safetyreg.pages import ActorPage, see_other
from safetyreg.words import plural

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class NotificationFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(label="Reference or words", field_name="message", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label="Kind", choices=Kind.choices, empty_label="Any kind")
    read = django_filters.ChoiceFilter(
        label="Read or not", choices=[("no", "Unread"), ("yes", "Read")], method="read_or_not", empty_label="All"
    )

    def read_or_not(self, rows: NotificationQuerySet, name: str, value: str) -> NotificationQuerySet:
        return rows.unread() if value == "no" else rows.exclude(read_at=None)


class Notifications(ListPage):
    template_name = "notifications/list.jinja"
    heading = "Notifications"
    noun = "notification"
    nothing_yet = "You have not been told anything yet."
    filterset_class = NotificationFilter
    export = NOTIFICATIONS

    def get_queryset(self) -> NotificationQuerySet:
        return Notification.objects.visible_to(self.request.actor).newest_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(**kwargs, now=now, next_digest=next_digest(now), mail_dir=_mail_dir())


def _mail_dir() -> str:
    """Where e-mails land that do not leave this computer, seen from the folder of the register."""
    folder = getattr(settings, "EMAIL_FILE_PATH", "")
    if not folder:
        return ""
    path = Path(folder)
    return str(path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path)


class OpenNotification(ActorPage):
    """Goes to what the notification is about, which counts as reading it."""

    http_method_names = ("post",)

    def get_object(self) -> Notification:
        return get_object_or_404(Notification.objects.visible_to(self.request.actor), pk=self.kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.mark_read(notification=self.object, by=request.actor, now=timezone.now())
        return see_other(self.object.path)


class ReadAll(ActorPage):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        read = services.mark_read(by=request.actor, now=timezone.now())
        messages.success(request, f"{plural(read, 'notification')} marked as read".capitalize())
        return see_other("notification-list")
