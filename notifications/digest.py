"""When the daily digest goes out: at seven in the morning, London time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
AT = time(7, 0)


def next_digest(now: datetime) -> datetime:
    """The first digest time after a moment."""
    local = now.astimezone(LONDON)
    day = local.date() if local.time() < AT else local.date() + timedelta(days=1)
    return datetime.combine(day, AT, tzinfo=LONDON)
