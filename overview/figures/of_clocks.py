"""Figures about clocks: how long bodies took against the standard, and who is late now."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.db.models.functions import TruncMonth

from accounts.models import Level
from deadlines.models import Kind
from deadlines.taken import Taken, taken
from overview.clocks import late_between
from overview.figures.tables import Column, Figure, Holds, Row
from safetyreg.months import last_twelve, twelve_began
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from overview.figures.scope import Scope

KINDS = (Kind.ACKNOWLEDGE, Kind.DECIDE, Kind.ANSWER)
MOST_BODIES = 50
IN_TIME = (Taken.HALF, Taken.WHOLE)


def listed(**filters: object) -> str:
    """The list of clocks that the reader sees, narrowed down."""
    return f"/deadlines/?{urlencode(filters, doseq=True)}"


def by_level(scope: Scope) -> list[Row]:
    """By kind and by level of the body asked."""
    found = _by(scope, lambda level, _month: level)
    keys = [(kind.value, level.value) for kind in KINDS for level in Level]
    return [[*key, *_shares(found[key])] for key in keys if key in found]


def by_month(scope: Scope) -> list[Row]:
    """By kind and by the month in which they fell due, oldest first."""
    found = _by(scope, lambda _level, month: month)
    keys = [(kind.value, month) for kind in KINDS for month in last_twelve(scope.now)]
    return [[*key, *_shares(found[key])] for key in keys if key in found]


def _by(scope: Scope, side: Callable[[str, str], str]) -> dict[tuple[str, str], Counter[str]]:
    """How many there are, by kind and by the level or the month, and by what was taken of them."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for kind, level, month, how, many in scope.once(_fell_due):
        found[kind, side(level, month)][how] += many
    return found


def _fell_due(scope: Scope) -> list[tuple[str, str, str, str, int]]:
    """The clocks that fell due in the last twelve months: kind, level of who owed them, month, what was taken, many."""
    fell_due = scope.escalations.filter(
        deadlines__kind__in=KINDS, deadlines__due_at__gte=twelve_began(scope.now), deadlines__due_at__lte=scope.now
    )
    classed = fell_due.annotate(
        taken=taken(scope.now, "deadlines__"), month=TruncMonth("deadlines__due_at", tzinfo=LONDON)
    )
    by = ("deadlines__kind", "deadlines__owed_by__level", "month", "taken")
    rows = classed.order_by().values_list(*by).annotate(many=Count("deadlines__pk"))
    return [(kind, level, f"{month:%Y-%m}", how, many) for kind, level, month, how, many in rows if how]


def _shares(counts: Counter[str]) -> Iterable[Any]:
    all_of_them = sum(counts.values())
    in_time = sum(counts[how] for how in IN_TIME)
    return [all_of_them, *(counts[how] for how in Taken), in_time / all_of_them if all_of_them else None]


def overdue_by_body(scope: Scope) -> list[Row]:
    """Those that owe most first."""
    late = late_between(scope.organisation, scope.now).values_list("owed_by")
    counted = late.annotate(many=Count("pk"), oldest=Min("due_at")).order_by("-many", "oldest", "owed_by")
    return [[str(body), many, (scope.now - oldest).days] for body, many, oldest in counted[:MOST_BODIES]]


def _due(key: str, **more: object) -> Callable[[Mapping[str, Any]], str]:
    """`key` names the column that the row is about besides the kind: the level or the month."""
    return lambda row: listed(
        kind=row["kind"], in_full="true", **({"due": "YEAR", FILTERS[key]: row[key], "taken": Taken.values} | more)
    )


FILTERS = {"level": "level", "month": "due"}


def _late(row: Mapping[str, Any]) -> str:
    """What has been overdue longest is first in this list."""
    return listed(owed_by=row["organisation"].ods_code, overdue="true", between="true")


def _links(key: str) -> dict[str, Callable[[Mapping[str, Any]], str]]:
    each = {how.value.lower(): _due(key, taken=how.value) for how in Taken}
    return {"clocks": _due(key), **each, "in_time": _due(key, taken=[how.value for how in IN_TIME])}


KIND = Column("kind", "To do", Holds.CLOCK)
COUNTS = (
    Column("clocks", "Clocks", Holds.NUMBER),
    *(Column(how.value.lower(), how.label, Holds.NUMBER) for how in Taken),
    Column("in_time", "In time", Holds.SHARE),
)
SAYS = (
    "The clocks to acknowledge, decide on and answer escalations, on risks that you read in full, that fell due in the "
    "last twelve months: this month and the eleven before it. Time is counted as the standard counts it (working time "
    "for working days), and a pause for information is left out. A clock that was stopped because the escalation was "
    "withdrawn or escalated on is not counted. "
)
FIGURES = (
    Figure(
        "times_by_level",
        "Time taken against the standard, by level of the body asked",
        SAYS + "By the level of the body that owed it.",
        (KIND, Column("level", "Level", Holds.LEVEL), *COUNTS),
        by_level,
        _links("level"),
    ),
    Figure(
        "times_by_month",
        "Time taken against the standard, by month",
        SAYS + "By the month in which it fell due.",
        (KIND, Column("month", "Fell due in", Holds.MONTH), *COUNTS),
        by_month,
        _links("month"),
    ),
    Figure(
        "overdue_by_body",
        "Overdue by organisation",
        "Clocks between two organisations that run, are past their due time and are not met: those that you owe or "
        "are owed, those on risks that you read in full, and those of organisations that answer to you. The "
        f"{MOST_BODIES} organisations with most are shown.",
        (
            Column("organisation", "Owed by", Holds.ORGANISATION),
            Column("late", "Overdue", Holds.NUMBER),
            Column("oldest", "Longest overdue, in days", Holds.DAYS),
        ),
        overdue_by_body,
        {"late": _late, "oldest": _late},
    ),
)
