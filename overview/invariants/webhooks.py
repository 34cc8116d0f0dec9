"""What systems are told: only of what their organisation has seen, and only their own organisation's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef

from notifications.models import WebhookDelivery, WebhookEvent
from risks.models import Risk, RiskShare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def of_risks_never_seen(now: datetime) -> Iterator[str]:
    """A share that has ended counts: an organisation is told that its sight has ended."""
    shares = RiskShare.objects.filter(risk__reference=OuterRef("reference"), organisation=OuterRef("organisation"))
    risks = Risk.objects.filter(reference=OuterRef("reference"))
    told = WebhookEvent.objects.filter(Exists(risks), ~Exists(shares)).select_related("organisation")
    for event in told.order_by("pk"):
        yield f"{event.reference}: a system of {event.organisation.name} is told {event.type} and never saw it"


def to_another_organisation(now: datetime) -> Iterator[str]:
    wrong = WebhookDelivery.objects.exclude(endpoint__organisation=F("event__organisation"))
    for delivery in wrong.select_related("endpoint__organisation", "event").order_by("pk"):
        yield f"{delivery.event.type} is sent to a system of {delivery.endpoint.organisation.name}"
