"""How a deadline runs: what it does next, pausing, resuming, meeting and cancelling it.

Every function here changes one locked row and saves it. Times come from `working_time`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deadlines import working_time
from deadlines.calendar import proclaimed_days
from deadlines.working_time import Duration, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from deadlines.models import Deadline

ASK_AGAIN_AFTER = Duration(5, Unit.WORKING_DAYS)


def next_moment(deadline: Deadline) -> datetime | None:
    """When to warn, breach or ask again; None once nothing more is to come of it."""
    if not deadline.is_live or deadline.is_paused:
        return None
    if deadline.breached_at:
        return working_time.due_at(deadline.asked_at or deadline.breached_at, ASK_AGAIN_AFTER, extra=proclaimed_days())
    if deadline.warned_at:
        return deadline.due_at
    return min(_warn_at(deadline), deadline.due_at)


def _warn_at(deadline: Deadline) -> datetime:
    """When three quarters of the time allowed have gone. What it was paused for comes on top."""
    unit, extra, due_at_first = Unit(deadline.unit), proclaimed_days(), deadline.due_at
    if deadline.amount is not None:
        due_at_first = working_time.due_at(deadline.starts_at, Duration(deadline.amount, unit), extra=extra)
    paused = working_time.elapsed(due_at_first, deadline.due_at, unit, extra=extra)
    return working_time.add(
        working_time.warn_at(deadline.starts_at, due_at_first, unit, extra=extra), paused, unit, extra=extra
    )


def warn(deadline: Deadline, now: datetime) -> None:
    deadline.warned_at = now
    _save(deadline)


def breach(deadline: Deadline, now: datetime) -> None:
    deadline.breached_at = now
    deadline.warned_at = deadline.warned_at or now
    _save(deadline)


def ask_again(deadline: Deadline, now: datetime) -> None:
    deadline.asked_at = now
    _save(deadline)


def meet(deadline: Deadline, now: datetime) -> None:
    """What was owed was done."""
    _end(deadline, now)
    deadline.met_at = now
    _save(deadline)


def cancel(deadline: Deadline, now: datetime) -> None:
    """It is owed no more."""
    _end(deadline, now)
    deadline.cancelled_at = now
    _save(deadline)


def _end(deadline: Deadline, now: datetime) -> None:
    """If it ends late, that shows even when no sweep had come by to say so."""
    if deadline.is_overdue(now) and not deadline.breached_at:
        deadline.breached_at = deadline.due_at
    _count_pause(deadline, now)


def pause(deadline: Deadline, now: datetime) -> None:
    """Stop the clock and keep what is left of it, in its own unit of time (nothing, if it is overdue)."""
    deadline.remaining = working_time.elapsed(now, deadline.due_at, Unit(deadline.unit), extra=proclaimed_days())
    deadline.paused_at = now
    _save(deadline)


def resume(deadline: Deadline, now: datetime) -> None:
    """Start the clock again with what was left. Where nothing was, it keeps its due time: overdue, and as long so."""
    _count_pause(deadline, now)
    if deadline.remaining:
        deadline.due_at = working_time.add(now, deadline.remaining, Unit(deadline.unit), extra=proclaimed_days())
    deadline.paused_at = None
    deadline.remaining = None
    _save(deadline)


def _count_pause(deadline: Deadline, now: datetime) -> None:
    if deadline.paused_at:
        deadline.paused_for += now - deadline.paused_at


def _save(deadline: Deadline) -> None:
    deadline.next_at = next_moment(deadline)
    deadline.save()
