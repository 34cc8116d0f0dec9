"""How much of the time allowed was taken, worked out by the database for many deadlines at once.

What is left or over is counted in the unit of the deadline, as `working_time` counts it: working time for working
days, else all of it. A pause moves the due time by as much as it lasted, so that what was left when it was done is
what was allowed less what was used, and no pause has to be taken out. After the due time a pause moves nothing: then
it is late all the while, as it is shown elsewhere.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    Q,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Extract

from deadlines import working_time
from deadlines.calendar import proclaimed_days
from deadlines.working_time import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Expression
    from django.db.models.expressions import Combinable

YEARS_BACK, YEARS_ON = 6, 1  # of the calendar that is sent along; nothing that counts is further away
DAY = 24 * 60 * 60  # seconds
HOUR = 60 * 60


class Taken(TextChoices):
    HALF = "HALF", "Done within half the time allowed"
    WHOLE = "WHOLE", "Done in time, after half of it"
    DOUBLE = "DOUBLE", "Late by no more than the time allowed"
    LATER = "LATER", "Later than that"
    STILL_LATE = "STILL_LATE", "Late, and not done yet"


class Position(Func):
    """The working time that went before an instant, in seconds, counted from the first day of a calendar."""

    output_field = FloatField()

    def __init__(self, instant: Any, first: date, before: str) -> None:
        super().__init__(instant)
        self.first, self.before = first, before

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        instant, params = compiler.compile(self.source_expressions[0])
        local = f"({instant} AT TIME ZONE 'Europe/London')"
        place = f"{local}::date - '{self.first.isoformat()}'::date"
        days = f"('{self.before}'::int[])"
        sql = (
            f"({days}[{place} + 1] * {DAY}::float8 + ({days}[{place} + 2] - {days}[{place} + 1])"
            f" * EXTRACT(EPOCH FROM {local}::time)::float8)"
        )
        return sql, tuple(params) * 4


class MonthsLong(Func):
    """How many seconds a number of calendar months from an instant are, in London."""

    output_field = FloatField()
    template = (
        "EXTRACT(EPOCH FROM (%(start)s AT TIME ZONE 'Europe/London' + %(amount)s * interval '1 month')"
        " AT TIME ZONE 'Europe/London' - %(start)s)::float8"
    )

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        (start, first), (amount, second) = (compiler.compile(each) for each in self.source_expressions)
        return self.template % {"start": start, "amount": amount}, (*first, *second, *first)


@lru_cache(maxsize=4)
def _calendar(year: int, extra: frozenset[date]) -> tuple[date, str]:
    first = date(max(year - YEARS_BACK, working_time.FIRST_YEAR), 1, 1)
    last = date(min(year + YEARS_ON, working_time.LAST_YEAR), 12, 31)
    return first, "{" + ",".join(map(str, working_time.working_days_before(first, last, extra=extra))) + "}"


def over(now: datetime, prefix: str = "") -> Expression:
    """How late it was done, in seconds of its own unit; less than nothing if it was done in time."""
    calendar = _calendar(now.year, proclaimed_days())
    until, due = _until(prefix), F(f"{prefix}due_at")
    return Case(
        When(
            **{f"{prefix}unit": Unit.WORKING_DAYS.value},
            then=Position(until, *calendar) - Position(due, *calendar),
        ),
        default=_seconds(until, due),
        output_field=FloatField(),
    )


def allowed(prefix: str = "") -> Expression:
    """How long it might take, in seconds of its own unit: what the standard said when it began."""
    amount, start = F(f"{prefix}amount"), F(f"{prefix}starts_at")
    return Case(
        When(**{f"{prefix}amount": None}, then=_seconds(F(f"{prefix}due_at"), start)),
        When(**{f"{prefix}unit": Unit.WORKING_DAYS.value}, then=amount * Value(float(DAY))),
        When(**{f"{prefix}unit": Unit.HOURS.value}, then=amount * Value(float(HOUR))),
        default=MonthsLong(start, amount),
        output_field=FloatField(),
    )


def days_taken(now: datetime, prefix: str = "") -> Expression:
    """Of what was done: how long it took, in days of its own unit, without the pauses."""
    return ExpressionWrapper((allowed(prefix) + over(now, prefix)) / Value(float(DAY)), output_field=FloatField())


class Named(Func):
    """Which of `Taken` something done is, by how late it was done, as a share of the time allowed, and its two times.

    The share is long as SQL, so it is asked for once: its negative falls below -1, between, or from half on.
    """

    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        (late, one), (until, two), (due, three) = (compiler.compile(each) for each in self.source_expressions)
        sql = (
            f"(CASE WHEN {until} < {due} THEN ARRAY['WHOLE', 'WHOLE', 'HALF'] ELSE ARRAY['LATER', 'DOUBLE', 'DOUBLE']"
            f" END)[1 + width_bucket(-{late}, ARRAY[-1, 0.5]::float8[])]"
        )
        return sql, (*two, *three, *one)


def taken(now: datetime, prefix: str = "") -> Expression:
    """Which of `Taken`; nothing of what was cancelled, and of what is owed and not late.

    Done at the very moment that it was due is late, as for the sweep.
    """
    share = ExpressionWrapper(over(now, prefix) / allowed(prefix), output_field=FloatField())
    return Case(
        When(is_late(now, prefix), then=Value(Taken.STILL_LATE.value)),
        When(**{f"{prefix}met_at": None}, then=Value("")),
        default=Named(share, _until(prefix), F(f"{prefix}due_at")),
        output_field=CharField(),
    )


def is_late(now: datetime, prefix: str = "") -> Q:
    """Owed and late; of a paused one, whether it was late when it was paused."""
    live = Q(**{f"{prefix}met_at": None, f"{prefix}cancelled_at": None})
    return live & (
        Q(**{f"{prefix}paused_at": None, f"{prefix}due_at__lte": now})
        | Q(**{f"{prefix}due_at__lte": F(f"{prefix}paused_at")})
    )


def _until(prefix: str) -> Coalesce:
    """When it was done; when it was paused, if it never ran on."""
    return Coalesce(F(f"{prefix}paused_at"), F(f"{prefix}met_at"), output_field=DateTimeField())


def _seconds(end: Combinable, start: Combinable) -> Expression:
    return Cast(Extract(ExpressionWrapper(end - start, output_field=DurationField()), "epoch"), FloatField())
