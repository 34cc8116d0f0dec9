"""Load the NHS organisations of England from the project's own table. Safe to run at every start."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.services_ods import load_organisations


class Command(BaseCommand):
    help = "Adds and changes organisations as the table in accounts/reference says; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load_organisations(now=timezone.now())
        self.stdout.write(
            f"Organisations: {counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged. "
            f"Successions: {counts.successions} added."
        )
        for name in counts.still_open:
            self.stderr.write(f"Closed in the table, still bound here: {name}. Hand these over first, then load again.")
