"""Do once, without Celery, what beat asks for: sweep the deadlines, then send what is waiting."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from deadlines import sweeping
from notifications import delivery
from notifications.webhooks import sending
from notifications.webhooks import services as webhooks
from safetyreg.idempotency import services as idempotency


class Command(BaseCommand):
    help = "Warn of, breach and ask again about deadlines that are due, then send waiting notifications and webhooks."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweeping.sweep(now=timezone.now())
        sent = delivery.send(now=timezone.now())
        told = sending.send_due(now=timezone.now())
        webhooks.forget_old(now=timezone.now())
        idempotency.forget_stale(now=timezone.now())
        self.stdout.write(
            f"Warned of {swept.warned}, breached {swept.breached}, asked again about {swept.asked}, "
            f"failed on {swept.failed}. Sent {sent.sent} e-mails, {sent.failed} could not be sent. "
            f"Told systems of {told.sent} things, {told.failed} were not taken."
        )
