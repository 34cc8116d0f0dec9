"""Work out look-alikes without Celery, and all of them anew after a release that compares risks otherwise."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from risks import indexing


class Command(BaseCommand):
    help = "Work out the look-alikes of risks that were logged or changed, and of all that another release worked out."

    def handle(self, *args: Any, **options: Any) -> None:
        old = indexing.forget_other_makes()
        done = indexing.index(now=timezone.now())
        self.stdout.write(f"Worked out {done} risks, {old} of them because this release compares them otherwise.")
