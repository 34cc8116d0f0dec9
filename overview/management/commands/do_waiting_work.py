"""Do without Celery what large imports, and requests for whole data and reports, wait for; and make figures ahead."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from overview.figures import snapshots
from overview.reports import scheduling
from overview.reports import services as reports
from overview.whole_data import services as whole_data
from risks.importing import services as importing


class Command(BaseCommand):
    help = "Make figures ahead, check and import the files that wait, and make the whole data and reports that wait."

    def handle(self, *args: Any, **options: Any) -> None:
        snapshots.make_ahead(timezone.now())
        imports, packages = importing.work(now=timezone.now()), whole_data.work(now=timezone.now())
        scheduling.sweep(now=timezone.now())
        made = reports.work(now=timezone.now())
        self.stdout.write(f"Worked on {imports} imports, {packages} requests for whole data and {made} reports.")
