"""Calendar months in London, written as in 2026-11."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MANY = 12


def month_of(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%Y-%m}"


def last_twelve(now: datetime) -> list[str]:
    """This month and the eleven before it, oldest first."""
    local = now.astimezone(LONDON)
    this = local.year * MANY + local.month - 1
    return [f"{number // MANY:04d}-{number % MANY + 1:02d}" for number in range(this - MANY + 1, this + 1)]


def bounds(month: str) -> tuple[datetime, datetime]:
    """The first moment of a month and that of the next. Raises ValueError for what is no month."""
    year, number = (int(part) for part in month.split("-"))
    then = year * MANY + number
    return _first(year * MANY + number - 1), _first(then)


def twelve_began(now: datetime) -> datetime:
    """The first moment of the oldest of the last twelve months."""
    return bounds(last_twelve(now)[0])[0]


def in_words(month: str) -> str:
    return f"{bounds(month)[0]:%B %Y}"


def _first(number: int) -> datetime:
    return datetime(number // MANY, number % MANY + 1, 1, tzinfo=LONDON)
