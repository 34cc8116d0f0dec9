"""Dates, spans and counts in words, as pages, e-mails and refusals say them. Times are those of Europe/London."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# From how many seconds on a unit is used, and its size. Under two days, hours say more than "1 day".
UNITS = (
    ("month", 60 * DAY, 30 * DAY),
    ("day", 2 * DAY, DAY),
    ("hour", HOUR, HOUR),
    ("minute", MINUTE, MINUTE),
)


def when(moment: datetime | None) -> str:
    """Wednesday 8 April 2026, 4:10pm. The stroke of midnight is the end of the day before, for whoever has until then.

    What happened a moment after it happened on the new day.
    """
    if moment is None:
        return ""
    local = moment.astimezone(LONDON)
    if local.time() == time(0):
        before = local.date() - timedelta(days=1)
        return f"the end of {before:%A} {day(before)}"
    return f"{local:%A} {day(local)}, {clock_time(local)}"


def clock_time(moment: datetime) -> str:
    """4:10pm, 4pm, midday."""
    local = moment.astimezone(LONDON)
    if (local.hour, local.minute) == (12, 0):
        return "midday"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{local:%p}".lower()


def day(moment: date | datetime | None) -> str:
    """8 April 2026."""
    if moment is None:
        return ""
    local = moment.astimezone(LONDON) if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B %Y}"


def ago(moment: datetime, now: datetime) -> str:
    """3 days ago, or just now."""
    words = span(now - moment)
    return f"{words} ago" if words else "just now"


def until(moment: datetime, now: datetime) -> str:
    """in 3 days, or now."""
    words = span(moment - now)
    return f"in {words}" if words else "now"


def span(length: timedelta) -> str:
    """The largest fitting unit of a length of time, counted whole; empty below a minute. A month is 30 days here."""
    seconds = abs(length.total_seconds())
    for unit, at_least, size in UNITS:
        if seconds >= at_least:
            return plural(int(seconds // size), unit)
    return ""


def plural(count: int, one: str, many: str = "") -> str:
    """1 risk, 3 risks, no risks."""
    noun = one if count == 1 else many or f"{one}s"
    return f"{count or 'no'} {noun}"


def listed(items: list[str], joiner: str = "and") -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joiner} {items[-1]}"
