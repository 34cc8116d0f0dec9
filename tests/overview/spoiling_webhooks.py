"""Ways to break, by hand, what the register promises of what systems are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Organisation
from notifications.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from risks.models import Risk
from tests.factories import NOW, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable


def tell_somebody_far_away() -> WebhookEvent:
    stranger = Organisation.objects.get(name="Test Other ICB")
    return _told(stranger)


def send_it_to_another_organisation() -> None:
    event = _told(Organisation.objects.get(name="Test Royal Hospital"))
    endpoint = WebhookEndpoint.objects.create(
        organisation=Organisation.objects.get(name="Test Other ICB"),
        url="https://system.example/",
        description="A system",
        event_types=["risk.changed"],
        created_at=NOW,
        created_by=UserFactory(),
    )
    WebhookDelivery.objects.create(event=event, endpoint=endpoint, next_at=NOW)


def _told(organisation: Organisation) -> WebhookEvent:
    risk = Risk.objects.filter(organisation__name="Test Royal Hospital").exclude(logged_at=None).earliest("pk")
    return WebhookEvent.objects.create(
        organisation=organisation, type="risk.changed", reference=risk.reference, body="{}", key="x", happened_at=NOW
    )


BROKEN: list[tuple[Callable[[], object], str]] = [
    (tell_somebody_far_away, "Systems are told only of risks that their organisation has seen"),
    (send_it_to_another_organisation, "Systems are told only what their own organisation is"),
]
