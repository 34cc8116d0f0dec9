"""The few numbers at the top of a dashboard."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from deadlines.models import Deadline
from overview.figures.listing import open_risks
from overview.figures.of_clocks import listed
from overview.figures.tables import Column, Figure, Holds, Row
from risks.scoring import Band

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overview.figures.scope import Scope


class Glance(StrEnum):
    OPEN = "Open risks"
    EXTREME = "Extreme risks"
    OVERDUE = "Overdue for us"
    WAITING = "Escalations to us"


def at_a_glance(scope: Scope) -> list[Row]:
    """Always the same rows, in this order, also where they are 0."""
    owed = Deadline.objects.live().owed_by(scope.organisation)
    return [
        [Glance.OPEN, scope.risks.count()],
        [Glance.EXTREME, scope.risks.with_band(Band.EXTREME).count()],
        [Glance.OVERDUE, owed.filter(paused_at=None, due_at__lte=scope.now).count()],
        [Glance.WAITING, scope.escalations.received_by(scope.organisation).open().count()],
    ]


LISTS = {
    Glance.OPEN: open_risks(),
    Glance.EXTREME: open_risks(band=Band.EXTREME.value),
    Glance.OVERDUE: listed(ours="true", overdue="true"),
    Glance.WAITING: "/escalations/",
}


def _list(row: Mapping[str, Any]) -> str:
    return LISTS[row["what"]]


FIGURES = (
    Figure(
        "at_a_glance",
        "At a glance",
        "Open risks that you read in full; those of them whose current score is extreme; what your organisation owes, "
        "to itself or to others, that is past its time and not paused; and open escalations that were sent to it.",
        (Column("what", "What", Holds.WORDS), Column("number", "Number", Holds.NUMBER)),
        at_a_glance,
        {"number": _list},
    ),
)
