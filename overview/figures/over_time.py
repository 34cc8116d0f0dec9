"""Figures about risks over the last twelve months, worked out from when each was logged, closed and judged again.

Months are those of Europe/London; the last one ends now. A risk that was closed and opened again counts as never
closed, since the register keeps only when a risk was closed last.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F
from django.db.models.functions import TruncMonth

from overview.figures.listing import days, logged_risks
from overview.figures.tables import Column, Figure, Holds, Row
from risks import counting
from risks.scoring import Band, band
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from overview.figures.scope import Scope

MONTHS = 12
Month = int  # since the year 0, so that months can be compared and counted


class Lives(NamedTuple):
    """How many risks were logged in one month and closed in another (None: open), with one score since."""

    logged: Month
    closed: Month | None
    score: int
    many: int

    def stood_at_the_end_of(self, month: Month) -> bool:
        return self.logged <= month and (self.closed is None or self.closed > month)


class Moves(NamedTuple):
    """How many scores were given in one month, to risks of such a life, instead of another score."""

    month: Month
    before: int
    lives: Lives


def open_by_month(scope: Scope) -> list[Row]:
    """Back from what each risk is scored at now: what was given later is taken back."""
    lives, moves = list(_lives(scope)), list(_moves(scope))
    return [[_key(month), *(_standing(lives, moves, month)[name] for name in Band)] for month in _months(scope.today)]


def _standing(lives: list[Lives], moves: list[Moves], month: Month) -> Counter[Band]:
    found: Counter[Band] = Counter()
    for life in lives:
        if life.stood_at_the_end_of(month):
            found[band(life.score)] += life.many
    for move in moves:
        if move.month > month and move.lives.stood_at_the_end_of(month):
            found[band(move.lives.score)] -= move.lives.many
            found[band(move.before)] += move.lives.many
    return found


def changes_by_month(scope: Scope) -> list[Row]:
    lives = list(_lives(scope))
    logged, closed = Counter[Month](), Counter[Month]()
    for life in lives:
        logged[life.logged] += life.many
        if life.closed is not None:
            closed[life.closed] += life.many
    raised = _judged(scope, value__gt=F("before"))
    lowered = _judged(scope, value__lt=F("before"))
    counted = (logged, closed, raised, lowered)
    return [[_key(month), *(some[month] for some in counted)] for month in _months(scope.today)]


def _lives(scope: Scope) -> Iterator[Lives]:
    months = {"logged": _month("logged_at"), "closed": _month("closed_at")}
    rows = scope.logged_risks.annotate(**months).values_list("logged", "closed", "score").annotate(many=Count("pk"))
    for logged, closed, score, many in rows.order_by():
        yield Lives(_number(logged), closed and _number(closed), score, many)


def _moves(scope: Scope) -> Iterator[Moves]:
    months = {"logged": _month("risk__logged_at"), "closed": _month("risk__closed_at"), "given": _month("created_at")}
    since = counting.begins(_first_of(_months(scope.today)[0]))
    rows = counting.judged_again().filter(risk__in=scope.logged_risks, created_at__gte=since).exclude(value=F("before"))
    keys = ("given", "before", "logged", "closed", "value")
    for given, before, logged, closed, value, many in (
        rows.annotate(**months).values_list(*keys).annotate(many=Count("pk")).order_by()
    ):
        yield Moves(_number(given), before, Lives(_number(logged), closed and _number(closed), value, many))


def _judged(scope: Scope, **compared: object) -> Counter[Month]:
    """Risks, each once for each month in which a score of it was given that compares so with the one before."""
    since = counting.begins(_first_of(_months(scope.today)[0]))
    rows = counting.judged_again().filter(risk__in=scope.logged_risks, created_at__gte=since, **compared)
    counted = rows.annotate(given=_month("created_at")).values_list("given").annotate(many=Count("risk", distinct=True))
    return Counter({_number(given): many for given, many in counted.order_by()})


def _month(moment: str) -> TruncMonth:
    return TruncMonth(moment, tzinfo=LONDON)


def _number(moment: datetime | date) -> Month:
    return moment.year * 12 + moment.month - 1


def _months(today: date) -> range:
    """The last twelve, the one of today included."""
    return range(_number(today) - MONTHS + 1, _number(today) + 1)


def _key(month: Month) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _first_of(month: Month) -> date:
    return counting.first_day(_key(month))


def _moved(how: str) -> Any:
    return lambda row: logged_risks(**{how: row["month"]})


MONTH = Column("month", "Month", Holds.MONTH)
FIGURES = (
    Figure(
        "open_by_month",
        "Open risks month by month",
        "Risks that you read in full now, by the band they were in at the end of each of the last 12 months (of this "
        "month: now). One that was closed and opened again counts as open throughout.",
        (MONTH, *(Column(name.value.lower(), name.label, Holds.NUMBER) for name in Band)),
        open_by_month,
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
