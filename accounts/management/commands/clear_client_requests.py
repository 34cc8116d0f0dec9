"""Remove what API clients asked for so long ago that it need not be kept."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import services
from safetyreg.words import plural


class Command(BaseCommand):
    help = "Remove what API clients asked for more than API_LOG_DAYS ago. A task does this every night."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Removed {plural(services.clear_client_requests(now=timezone.now()), 'request')}")
