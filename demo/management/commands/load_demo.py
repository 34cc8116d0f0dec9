"""Load the fictional demonstration. Only into an empty register; a second run changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import loading
from safetyreg.words import plural

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Fill an empty register with fictional people and risks of real organisations; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-demo-mode",
            action="store_true",
            help="Load it although SAFETYREG_DEMO is not set, so that no page says that all of this is fictional",
        )

    def handle(self, *args: Any, without_demo_mode: bool, **options: Any) -> None:
        if not (settings.SAFETYREG_DEMO or without_demo_mode):
            raise CommandError(
                "This register is not a demonstration. Set SAFETYREG_DEMO=true, which makes every page say that it "
                "is one, or give --without-demo-mode if you mean to load fictional risks without that."
            )
        try:
            loaded = loading.load(now=timezone.now())
        except loading.CannotLoad as error:
            raise CommandError(error.message) from error
        self.stdout.write(_in_words(loaded))


def _in_words(loaded: loading.Loaded | None) -> str:
    if loaded is None:
        return "The demonstration is there already. Nothing was changed."
    people, risks = plural(loaded.people, "person", "people"), plural(loaded.risks, "risk")
    return f"Loaded the demonstration: {people}, {risks} and {plural(loaded.chains, 'chain')} of escalations."
