"""What every page says about notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.models import Notification

if TYPE_CHECKING:
    from django.http import HttpRequest


def unread(request: HttpRequest) -> dict[str, int]:
    actor = getattr(request, "actor", None)
    return {"unread_notifications": Notification.objects.visible_to(actor).unread().count() if actor else 0}
