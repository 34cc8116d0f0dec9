"""Check that the register's promises hold. Says nothing but that they do, or which rows break which, and exits 1."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from overview import invariants
from safetyreg.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 20


class Command(BaseCommand):
    help = "Check the promises of the register against every row, and list the rows that break one."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = invariants.check(timezone.now())
        for promise in broken:
            self.stderr.write("\n".join(_in_words(promise)))
        if broken:
            sys.exit(1)
        self.stdout.write(f"The register keeps its {plural(len(invariants.PROMISES), 'promise')}.")


def _in_words(broken: invariants.Broken) -> Iterator[str]:
    yield f"Not so: {broken.promise}"
    yield from (f"  {row}" for row in broken.rows[:SHOWN])
    if len(broken.rows) > SHOWN:
        yield f"  and {len(broken.rows) - SHOWN} more"
