"""A list that may be long: its first rows are kept, and the database counts the others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

    from overview.reports.looking_up import Row

MOST_ROWS = 1_000  # of one list: beyond these only their number is kept


@dataclass(frozen=True)
class Listing:
    """Things in their order, and how those that are kept become rows."""

    things: QuerySet[Any]
    rows: Callable[[list[Any]], list[Row]]


def cut(found: Listing | Iterator[Row]) -> dict[str, Any]:
    """Its first rows, and how many there are in all. No list is in memory whole, however long it is."""
    if isinstance(found, Listing):
        kept = found.rows(list(found.things[:MOST_ROWS]))
        return {"rows": kept, "total": found.things.count() if len(kept) == MOST_ROWS else len(kept)}
    kept = list(islice(found, MOST_ROWS))
    return {"rows": kept, "total": len(kept) + sum(1 for _row in found)}
