"""Seal the signing secrets of webhooks anew, after a key was put before the others in WEBHOOK_SECRET_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.webhooks import services
from notifications.webhooks.sealing import CannotOpen
from safetyreg.words import plural


class Command(BaseCommand):
    help = "Seal the signing secrets of webhooks with the first of WEBHOOK_SECRET_KEYS, so that the others can go."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = services.reseal()
        except CannotOpen as error:
            raise CommandError("A secret was sealed with a key that is not in WEBHOOK_SECRET_KEYS") from error
        self.stdout.write(f"{plural(count, 'secret')} sealed")
