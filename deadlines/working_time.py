"""Working time: when something is due, how much time is left, and both explained in words.

A working day is the 24 hours of a Europe/London weekday that is no bank holiday in England; n working days are n such
days of time. Hours are elapsed hours, months are calendar months in London. The clocks only ever change on a Sunday,
so every working day has 24 hours. Instants are aware datetimes, and come back in UTC.

`extra` is the set of proclaimed bank holidays that the `holidays` package does not know yet.
"""

import hashlib
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
FIRST_YEAR, LAST_YEAR = 2010, 2069
BANK_HOLIDAYS: dict[date, str] = dict(
    holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 2))
)
DAY = timedelta(days=1)
NO_TIME = timedelta(0)
SATURDAY = 5


class Unit(StrEnum):
    HOURS = "HOURS"
    WORKING_DAYS = "WORKING_DAYS"
    MONTHS = "MONTHS"


@dataclass(frozen=True)
class Duration:
    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError("A duration is at least 1")

    def __str__(self) -> str:
        words = self.unit.lower().replace("_", " ")
        return f"{self.amount} {words[:-1] if self.amount == 1 else words}"


def due_at(start: datetime, duration: Duration, *, extra: frozenset[date] = frozenset()) -> datetime:
    """The earliest instant at which the duration has passed since `start`. Raises ValueError if `start` is naive."""
    _refuse_naive(start)
    if duration.unit == Unit.MONTHS:
        return _months_after(start, duration.amount)
    one = DAY if duration.unit == Unit.WORKING_DAYS else timedelta(hours=1)
    return add(start, duration.amount * one, duration.unit, extra=extra)


def elapsed(start: datetime, end: datetime, unit: Unit, *, extra: frozenset[date] = frozenset()) -> timedelta:
    """The time between two instants that counts in this unit: working time for working days, else all of it."""
    _refuse_naive(start, end)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return NO_TIME
    if unit == Unit.WORKING_DAYS:
        return _position(end, extra) - _position(start, extra)
    return end - start


def add(start: datetime, counted: timedelta, unit: Unit, *, extra: frozenset[date] = frozenset()) -> datetime:
    """The earliest instant by which `counted` has passed since `start`: the inverse of `elapsed`."""
    _refuse_naive(start)
    if unit == Unit.WORKING_DAYS and counted > NO_TIME:
        return _instant(_position(start, extra) + counted, extra)
    return start.astimezone(UTC) + max(counted, NO_TIME)


def warn_at(start: datetime, due: datetime, unit: Unit, *, extra: frozenset[date] = frozenset()) -> datetime:
    """The moment at which three quarters of the time have gone."""
    return add(start, elapsed(start, due, unit, extra=extra) * 3 / 4, unit, extra=extra)


def working_days_before(first: date, last: date, *, extra: frozenset[date] = frozenset()) -> list[int]:
    """For each day from the first to the day after the last, how many working days went before it, from the first."""
    counted = [0]
    for day in range(first.toordinal(), last.toordinal() + 1):
        counted.append(counted[-1] + _works(date.fromordinal(day), extra))
    return counted


def explain(start: datetime, duration: Duration, due: datetime, *, extra: frozenset[date] = frozenset()) -> str:
    """Why it is due then, in words for the page. Where the clock was paused, what it was before is said too."""
    expected = due_at(start, duration, extra=extra)
    moved = expected != due.astimezone(UTC)
    sentences = [
        f"{duration} from {_moment(start)} {'would be' if moved else 'is'} {_end(expected)}.",
        _what_counts(start, duration, expected, extra),
        f"It is now {_end(due)}, because the clock was paused or the calendar has changed." if moved else "",
    ]
    return " ".join(filter(None, sentences))


@lru_cache(maxsize=16)
def calendar_version(extra: frozenset[date] = frozenset()) -> str:
    """A short name of the calendar in use, which changes when any bank holiday in it does."""
    days = ",".join(day.isoformat() for day in sorted(BANK_HOLIDAYS.keys() | extra))
    return f"{version('holidays')}-{hashlib.sha256(days.encode()).hexdigest()[:8]}"


def _position(instant: datetime, extra: frozenset[date]) -> timedelta:
    """How much working time went before this instant, counted from the first year of the calendar."""
    local = instant.astimezone(LONDON)
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise ValueError(f"Working days are known from {FIRST_YEAR} to {LAST_YEAR}, not in {local.year}")
    working_days = _working_days(extra)
    today = local.toordinal()
    before = bisect_left(working_days, today)
    if working_days[before] != today:
        return before * DAY
    return before * DAY + timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )


def _instant(position: timedelta, extra: frozenset[date]) -> datetime:
    """The earliest instant at a position: the end of one working day rather than the beginning of the next."""
    days, rest = divmod(position, DAY)
    if not rest:
        days, rest = days - 1, DAY
    midnight = datetime.combine(date.fromordinal(_working_days(extra)[days]), time())
    return (midnight + rest).replace(tzinfo=LONDON).astimezone(UTC)


@lru_cache(maxsize=16)
def _working_days(extra: frozenset[date]) -> list[int]:
    """Every working day as an ordinal, in order, to a year beyond the last in which a duration may start."""
    days = range(date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR + 2, 1, 1).toordinal())
    return [day for day in days if _works(date.fromordinal(day), extra)]


def _works(day: date, extra: frozenset[date]) -> bool:
    return day.weekday() < SATURDAY and day not in BANK_HOLIDAYS and day not in extra


def _months_after(start: datetime, months: int) -> datetime:
    """The same time on the same day of a later month, or on the last day of a month that is shorter."""
    local = start.astimezone(LONDON)
    years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month + 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day, fold=0).astimezone(UTC)


def _refuse_naive(*instants: datetime) -> None:
    if any(instant.utcoffset() is None for instant in instants):
        raise ValueError("Working time needs datetimes that know their time zone")


def _what_counts(start: datetime, duration: Duration, due: datetime, extra: frozenset[date]) -> str:
    if duration.unit == Unit.WORKING_DAYS:
        return _days_off_in_words(start, due, extra)
    if duration.unit == Unit.HOURS:
        return "Nights, weekends and bank holidays count." + _clock_change(start, due)
    wanted, got = start.astimezone(LONDON).day, due.astimezone(LONDON)
    return "" if got.day == wanted else f"{got:%B} has no day {wanted}, so its last day counts."


def _clock_change(start: datetime, due: datetime) -> str:
    before, after = (instant.astimezone(LONDON).utcoffset() or NO_TIME for instant in (start, due))
    if before == after:
        return ""
    return f" The clocks go {'forward' if after > before else 'back'} in that time."


def _days_off_in_words(start: datetime, due: datetime, extra: frozenset[date]) -> str:
    """Which days between the two do not count. One weekend stands in its place; more are only numbered, and first."""
    days = list(_days_off(start, due, extra))
    saturdays = {day - (day.weekday() - SATURDAY) * DAY for day in days if day.weekday() >= SATURDAY}
    named = {day: f"{_day(day)} ({_holiday_name(day)})" for day in days if day.weekday() < SATURDAY}
    if len(saturdays) == 1:
        named |= dict.fromkeys(saturdays, "the weekend")
    parts = [named[day] for day in sorted(named)]
    if len(saturdays) > 1:
        parts.insert(0, f"{len(saturdays)} weekends")
    if not parts:
        return "No weekend or bank holiday comes between."
    many = len(parts) > 1 or len(saturdays) > 1
    sentence = f"{_in_a_row(parts)} {'do' if many else 'does'} not count."
    return sentence[0].upper() + sentence[1:]


def _days_off(start: datetime, due: datetime, extra: frozenset[date]) -> Iterator[date]:
    """The days of which at least a part lies between the two and that do not work."""
    day = start.astimezone(LONDON).date()
    last = (due.astimezone(LONDON) - timedelta.resolution).date()
    while day <= last:
        if not _works(day, extra):
            yield day
        day += DAY


def _holiday_name(day: date) -> str:
    return BANK_HOLIDAYS.get(day, "proclaimed bank holiday").replace(" (observed)", ", substitute day")


def _in_a_row(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _moment(instant: datetime) -> str:
    """As in "Thursday 2 April 2026, 4:10pm," in the middle of a sentence; midnight belongs to the day that begins."""
    local = instant.astimezone(LONDON)
    if local.time() == time():
        return f"the start of {_day(local)} {local.year}"
    return f"{_day(local)} {local.year}, {_clock_time(local)},"


def _end(instant: datetime) -> str:
    """As in "Wednesday 8 April 2026, 4:10pm" at the end of a sentence; midnight belongs to the day that ends."""
    local = instant.astimezone(LONDON)
    if local.time() == time():
        ended = local.date() - DAY
        return f"the end of {_day(ended)} {ended.year}"
    return f"{_day(local)} {local.year}, {_clock_time(local)}"


def _clock_time(local: datetime) -> str:
    """As in "4:10pm", "4pm" and "midday": the NHS style for times."""
    if (local.hour, local.minute) == (12, 0):
        return "midday"
    minutes = f":{local:%M}" if local.minute or not local.hour else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"
