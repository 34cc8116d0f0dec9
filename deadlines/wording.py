"""A deadline in words: how much time is left, and how its due time came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from deadlines import working_time
from deadlines.calendar import proclaimed_days
from deadlines.working_time import Duration, Unit
from safetyreg.words import plural, span, when

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from accounts.models import Organisation
    from deadlines.models import Deadline

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """What a page shows of a deadline at one moment. `state` is running, soon, overdue, paused, met or cancelled."""

    deadline: Deadline
    state: str
    words: str
    explanation: str

    @property
    def what(self) -> str:
        return self.deadline.get_kind_display()

    @property
    def due_at(self) -> datetime:
        return self.deadline.due_at

    @property
    def owed_by(self) -> Organisation:
        return self.deadline.owed_by

    @property
    def owed_to(self) -> Organisation:
        return self.deadline.owed_to


def clocks(deadlines: Iterable[Deadline], now: datetime) -> list[Clock]:
    """Each deadline as a clock, in the order given. The bank holidays are asked for once."""
    extra = proclaimed_days()
    return [_clock(deadline, now, extra) for deadline in deadlines]


def _clock(deadline: Deadline, now: datetime, extra: frozenset[date]) -> Clock:
    state = state_of(deadline, now)
    return Clock(deadline, state, _words(deadline, state, now, extra), _explanation(deadline, extra))


def state_of(deadline: Deadline, now: datetime) -> str:
    if deadline.met_at:
        return "met"
    if deadline.cancelled_at:
        return "cancelled"
    if deadline.is_paused:
        return "paused"
    if deadline.due_at <= now:
        return "overdue"
    return "soon" if deadline.warned_at else "running"


def _words(deadline: Deadline, state: str, now: datetime, extra: frozenset[date]) -> str:
    if state == "met":
        return "Done, but late" if deadline.breached_at else "Done in time"
    if state == "cancelled":
        return "No longer owed"
    if state == "paused":
        return _paused_words(deadline)
    if state == "overdue":
        late = _length(deadline.due_at, now, deadline, extra)
        return f"Overdue by {late}" if late else "Overdue since just now"
    left = _length(now, deadline.due_at, deadline, extra)
    return f"Due in {left}" if left else "Due in less than a minute"


def _paused_words(deadline: Deadline) -> str:
    if deadline.breached_at or not deadline.remaining:
        return "Paused, overdue"
    if deadline.unit == Unit.WORKING_DAYS and deadline.remaining >= DAY:
        return f"Paused with {plural(deadline.remaining // DAY, 'working day')} left"
    return f"Paused with {span(deadline.remaining) or 'less than a minute'} left"


def _length(start: datetime, end: datetime, deadline: Deadline, extra: frozenset[date]) -> str:
    """The time between in whole working days; under one, and for other units, as it passes on the wall."""
    counted = working_time.elapsed(start, end, Unit(deadline.unit), extra=extra)
    if deadline.unit == Unit.WORKING_DAYS and counted >= DAY:
        return plural(counted // DAY, "working day")
    return span(end - start)


def _explanation(deadline: Deadline, extra: frozenset[date]) -> str:
    return " ".join(filter(None, [_how_it_came_about(deadline, extra), _pauses(deadline)]))


def _how_it_came_about(deadline: Deadline, extra: frozenset[date]) -> str:
    if deadline.amount is None:
        return f"A chosen date: it is owed by {when(deadline.due_at)}."
    duration = Duration(deadline.amount, Unit(deadline.unit))
    return working_time.explain(deadline.starts_at, duration, deadline.due_at, extra=extra)


def _pauses(deadline: Deadline) -> str:
    if deadline.paused_at and deadline.is_live:
        return f"It has been paused since {when(deadline.paused_at)}; what is left runs on once it resumes."
    total = span(deadline.paused_for)
    return f"In all it was paused for {total}." if total else ""
