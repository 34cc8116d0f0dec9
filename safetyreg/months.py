"""Calendar months in London, written as in 2026-11."""

from __future__ import annotations

from datetime import date, datetime

from safetyreg.words import LONDON

MANY = 12


def number_of(day: date) -> int:
    """Months since the year 0, so that they can be compared and counted."""
    return day.year * MANY + day.month - 1


def written(number: int) -> str:
    return f"{number // MANY:04d}-{number % MANY + 1:02d}"


def twelve_until(day: date) -> range:
    """The numbers of the month of a day and of the eleven before it, oldest first."""
    this = number_of(day)
    return range(this - MANY + 1, this + 1)


def last_twelve(now: datetime) -> list[str]:
    """This month and the eleven before it, oldest first."""
    return [written(number) for number in twelve_until(now.astimezone(LONDON).date())]


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
