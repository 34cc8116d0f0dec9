"""Figures about escalations: what was asked of whom, how long it has stood, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Max
from django.db.models.functions import TruncMonth

from escalations.models import Status
from escalations.standing import BECAME, Age, Became, age_of, moves
from overview.figures.tables import Column, Figure, Holds, Row
from safetyreg.months import last_twelve, twelve_began
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from overview.figures.scope import Scope

DAY = 24 * 60 * 60  # seconds


def listed(**filters: object) -> str:
    """The list of all escalations that the reader sees, narrowed down."""
    return f"/escalations/all/?{urlencode(filters)}"


def by_stage(scope: Scope) -> list[Row]:
    """In the order of an escalation's life, those stages at which one stands, with how long they have stood there."""
    came = moves().filter(escalation__in=scope.escalations.open().values("pk"))
    standing: dict[str, list[timedelta]] = defaultdict(list)
    rows = came.order_by().values_list("escalation", "escalation__status").annotate(last=Max("at"))
    for _pk, status, last in rows.iterator(chunk_size=5000):
        standing[status].append(scope.now - last)
    return [_stage(status.value, standing[status]) for status in Status if status in standing]


def _stage(status: str, standing: list[timedelta]) -> Row:
    ages = [age_of(each) for each in standing]
    days = [each.total_seconds() / DAY for each in standing]
    return [
        status,
        len(standing),
        *(ages.count(age) for age in Age),
        round(median(days), 1),
        int(max(days)),
    ]


def loops(scope: Scope) -> list[Row]:
    """Each of the last twelve months in which one was raised, with what became of those."""
    raised = scope.escalations.filter(raised_at__gte=twelve_began(scope.now), raised_at__lte=scope.now)
    counts: dict[str, Any] = {
        became.value: Count("pk", filter=condition()) for became, condition in BECAME.items() if became != Became.READ
    }
    months = _by_month(raised, **counts)
    read = _by_month(raised.filter(BECAME[Became.READ]()))
    rows = []
    for month in last_twelve(scope.now):
        if found := months.get(month):
            found[Became.READ.value] = read.get(month, {"many": 0})["many"]
            closed, standing = found[Became.CONFIRMED.value], found["many"] - found[Became.WITHDRAWN.value]
            share = closed / standing if standing else None
            rows.append([month, found["many"], *(found[became.value] for became in Became), share])
    return rows


def _by_month(raised: Any, **counts: Any) -> dict[str, dict[str, Any]]:
    by_month = raised.annotate(month=TruncMonth("raised_at", tzinfo=LONDON)).order_by().values("month")
    return {f"{row['month']:%Y-%m}": row for row in by_month.annotate(many=Count("pk"), **counts)}


def _stands(**more: object) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: listed(status=row["stage"], **more)


def _raised(**more: object) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: listed(raised=row["month"], **more)


def _number(key: str, heading: str) -> Column:
    return Column(key, heading, Holds.NUMBER)


FIGURES = (
    Figure(
        "escalations_by_stage",
        "Open escalations by stage and age",
        "Escalations on risks that you read in full which are neither closed nor withdrawn, by their stage and by how "
        "many whole days they have stood there, since the last step that brought them to it.",
        (
            Column("stage", "Stage", Holds.STAGE),
            _number("escalations", "Escalations"),
            *(_number(age.value.lower(), age.label) for age in Age),
            Column("median", "Median days", Holds.DAYS),
            Column("oldest", "Oldest, in days", Holds.DAYS),
        ),
        by_stage,
        {
            **dict.fromkeys(("escalations", "median", "oldest"), _stands()),
            **{age.value.lower(): _stands(age=age.value) for age in Age},
        },
    ),
    Figure(
        "loops_closed",
        "What became of escalations, by the month they were raised",
        "Escalations raised in the last twelve months on risks that you read in full. One can be in several columns: "
        "answered, disputed and answered again. An answer is read once somebody of the organisation that asked has "
        "opened it. Loops closed are those whose answer was confirmed to help, of all that were not withdrawn.",
        (
            Column("month", "Raised in", Holds.MONTH),
            _number("raised", "Raised"),
            *(_number(became.value.lower(), became.label) for became in Became),
            Column("closed", "Loops closed", Holds.SHARE),
        ),
        loops,
        {
            "raised": _raised(),
            **{became.value.lower(): _raised(became=became.value) for became in Became},
            "closed": _raised(became=Became.CONFIRMED.value),
        },
    ),
)
