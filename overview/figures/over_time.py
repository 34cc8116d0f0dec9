"""Figures about risks over the last twelve months, worked out from when each was logged, closed and judged again.

Months are those of Europe/London; the last one ends now. A risk that was closed and opened again counts as never
closed, since the register keeps only when a risk was closed last.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count
from django.db.models.functions import ExtractMonth, ExtractYear

from overview.figures.listing import days, logged_risks
from overview.figures.tables import Column, Figure, Holds, Row
from risks import counting
from risks.scoring import Band, band
from safetyreg import months
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models.expressions import CombinedExpression

    from overview.figures.scope import Scope

Month = int  # as `months.number_of` counts them


class Lives(NamedTuple):
    """How many risks were logged in one month and closed in another (None: open), with one score now."""

    logged: Month
    closed: Month | None
    score: int
    many: int


class Move(NamedTuple):
    """A score that was given in a month, and the one before it."""

    risk: UUID
    month: Month
    before: int
    after: int
    logged: Month
    closed: Month | None


def open_by_month(scope: Scope) -> list[Row]:
    """Back from what each risk is scored at now: what was given later is taken back."""
    twelve = months.twelve_until(scope.today)
    standing: dict[Month, Counter[Band]] = {month: Counter() for month in twelve}
    for life in _lives(scope):
        for month in _open_in(twelve, life.logged, life.closed):
            standing[month][band(life.score)] += life.many
    for move in _moves(scope):
        for month in _open_in(range(twelve.start, min(move.month, twelve.stop)), move.logged, move.closed):
            standing[month][band(move.after)] -= 1
            standing[month][band(move.before)] += 1
    return [[months.written(month), *(standing[month][name] for name in Band)] for month in twelve]


def changes_by_month(scope: Scope) -> list[Row]:
    logged, closed = Counter[Month](), Counter[Month | None]()
    for life in _lives(scope):
        logged[life.logged] += life.many
        closed[life.closed] += life.many
    moves = list(_moves(scope))
    raised = Counter(month for _risk, month in {move[:2] for move in moves if move.after > move.before})
    lowered = Counter(month for _risk, month in {move[:2] for move in moves if move.after < move.before})
    counted = (logged, closed, raised, lowered)
    twelve = months.twelve_until(scope.today)
    return [[months.written(month), *(some[month] for some in counted)] for month in twelve]


def _open_in(some: range, logged: Month, closed: Month | None) -> range:
    """Those of some months at whose end a risk was open."""
    return range(max(some.start, logged), some.stop if closed is None else min(some.stop, closed))


def _lives(scope: Scope) -> Iterator[Lives]:
    lived = {"logged": _month("logged_at"), "closed": _month("closed_at")}
    rows = scope.logged_risks.annotate(**lived).values_list("logged", "closed", "score").annotate(many=Count("pk"))
    return (Lives(*row) for row in rows.order_by())


def _moves(scope: Scope) -> Iterator[Move]:
    """Of the last twelve months."""
    since = months.twelve_began(scope.now)
    rows = counting.judged_again().filter(risk__in=scope.logged_risks, created_at__gte=since)
    given, logged, closed = map(_month, ("created_at", "risk__logged_at", "risk__closed_at"))
    moves = (Move(*row) for row in rows.values_list("risk", given, "before", "value", logged, closed))
    return (move for move in moves if move.before is not None)


def _month(moment: str) -> CombinedExpression:
    return ExtractYear(moment, tzinfo=LONDON) * 12 + ExtractMonth(moment, tzinfo=LONDON) - 1


def _moved(how: str) -> Any:
    return lambda row: logged_risks(**{how: row["month"]})


def _stood(band: Band) -> Any:
    return lambda row: logged_risks(stood=f"{row['month']}-{band.value}")


MONTH = Column("month", "Month", Holds.MONTH)
FIGURES = (
    Figure(
        "open_by_month",
        "Open risks month by month",
        "Risks that you read in full now, by the band they were in at the end of each of the last 12 months (of this "
        "month: now). One that was closed and opened again counts as open throughout.",
        (MONTH, *(Column(name.value.lower(), name.label, Holds.NUMBER) for name in Band)),
        open_by_month,
        {name.value.lower(): _stood(name) for name in Band},
    ),
    Figure(
        "changes_by_month",
        "What changed month by month",
        "Risks that you read in full now, by the month in which they were logged, last closed, or given a score above "
        "or below the one before. A risk whose score went both ways in a month counts in both columns.",
        (
            MONTH,
            Column("logged", "Logged", Holds.NUMBER),
            Column("closed", "Closed", Holds.NUMBER),
            Column("raised", "Score raised", Holds.NUMBER),
            Column("lowered", "Score lowered", Holds.NUMBER),
        ),
        changes_by_month,
        {
            "logged": lambda row: logged_risks(**days("logged", row["month"])),
            "closed": lambda row: logged_risks(**days("closed", row["month"])),
            "raised": _moved("raised"),
            "lowered": _moved("lowered"),
        },
    ),
)
