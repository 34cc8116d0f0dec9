"""The response standards the register starts with (design, not law: no national clock exists).

They are rows from the first migration on: the national body edits them, and an edit is never overwritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deadlines.models import Kind, ResponseStandard, Urgency
from deadlines.working_time import Unit

if TYPE_CHECKING:
    from deadlines.working_time import Duration

H, WD, M = Unit.HOURS, Unit.WORKING_DAYS, Unit.MONTHS
ESCALATION = (Kind.ACKNOWLEDGE, Kind.DECIDE, Kind.UPDATE, Kind.ANSWER, Kind.CONFIRM)
BY_URGENCY: dict[Urgency, tuple[tuple[int, Unit], ...]] = {
    Urgency.IMMEDIATE: ((4, H), (1, WD), (5, WD), (10, WD), (20, WD)),
    Urgency.EXTREME: ((1, WD), (5, WD), (20, WD), (10, WD), (20, WD)),
    Urgency.HIGH: ((2, WD), (10, WD), (20, WD), (20, WD), (20, WD)),
    Urgency.MODERATE: ((5, WD), (20, WD), (40, WD), (40, WD), (20, WD)),
    Urgency.LOW: ((5, WD), (20, WD), (40, WD), (40, WD), (20, WD)),
}
REVIEW = {Urgency.EXTREME: (1, M), Urgency.HIGH: (3, M), Urgency.MODERATE: (6, M), Urgency.LOW: (12, M)}
AT_ANY_URGENCY = {
    Kind.INFORM: (5, WD),
    Kind.TRANSFER: (10, WD),
    Kind.POSITION: (10, WD),
    Kind.LINK: (10, WD),
    Kind.INTRODUCE: (10, WD),
}


def defaults() -> dict[tuple[Urgency, Kind], tuple[int, Unit]]:
    rows = {
        (urgency, kind): standard
        for urgency, standards in BY_URGENCY.items()
        for kind, standard in zip(ESCALATION, standards, strict=True)
    }
    rows |= {(urgency, Kind.REVIEW): standard for urgency, standard in REVIEW.items()}
    return rows | {(Urgency.ANY, kind): standard for kind, standard in AT_ANY_URGENCY.items()}


def ensure_defaults(**_signal: Any) -> None:
    """Add the standards that are missing. Runs after every migration."""
    ResponseStandard.objects.bulk_create(
        [
            ResponseStandard(urgency=urgency, kind=kind, amount=amount, unit=unit.value)
            for (urgency, kind), (amount, unit) in defaults().items()
        ],
        ignore_conflicts=True,
    )


def duration_for(kind: Kind, urgency: Urgency) -> Duration:
    """The time allowed for a kind of thing at an urgency, or at any urgency where it does not depend on it.

    Raises ResponseStandard.DoesNotExist.
    """
    wanted = Urgency.ANY if kind in AT_ANY_URGENCY else urgency
    return ResponseStandard.objects.get(kind=kind, urgency=wanted).duration
