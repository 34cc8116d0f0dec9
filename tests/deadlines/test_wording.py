"""How a deadline reads on a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deadlines import services, sweeping
from deadlines.models import Deadline, Kind, Urgency
from deadlines.wording import Clock, clocks
from tests.factories import NOW
from tests.ladder import Ladder

THURSDAY = datetime(2026, 4, 2, 15, 10, tzinfo=UTC)  # 4:10pm, the day before Good Friday


def started(ladder: Ladder, *, now: datetime = NOW, urgency: Urgency = Urgency.HIGH) -> Deadline:
    return services.start(
        kind=Kind.ACKNOWLEDGE,
        subject=ladder.provider,
        owed_by=ladder.icb,
        owed_to=ladder.provider,
        urgency=urgency,
        reference="PSR-000001",
        path="/",
        now=now,
    )


def read(deadline: Deadline, now: datetime) -> Clock:
    deadline.refresh_from_db()
    return clocks([deadline], now)[0]


def test_a_running_clock_counts_working_days_and_says_why(ladder: Ladder) -> None:
    clock = read(started(ladder, now=THURSDAY), THURSDAY + timedelta(minutes=1))
    assert (clock.state, clock.words) == ("running", "Due in 1 working day")
    assert clock.explanation.startswith("2 working days from Thursday 2 April 2026, 4:10pm, is Wednesday 8 April 2026")
    assert "Good Friday" in clock.explanation
    assert (clock.what, clock.owed_by, clock.owed_to) == (
        "Acknowledge the escalation",
        ladder.icb,
        ladder.provider,
    )


def test_under_a_working_day_the_time_on_the_wall_is_told(ladder: Ladder) -> None:
    deadline = started(ladder)
    assert read(deadline, deadline.due_at - timedelta(hours=3)).words == "Due in 3 hours"
    assert read(deadline, deadline.due_at - timedelta(seconds=3)).words == "Due in less than a minute"


def test_an_immediate_clock_counts_hours(ladder: Ladder) -> None:
    assert read(started(ladder, urgency=Urgency.IMMEDIATE), NOW).words == "Due in 4 hours"


def test_a_clock_that_was_warned_of_is_due_soon(ladder: Ladder) -> None:
    deadline = started(ladder)
    later = NOW + timedelta(days=1, hours=13)
    sweeping.sweep(now=later)
    assert read(deadline, later).state == "soon"


def test_an_overdue_clock_says_by_how_much(ladder: Ladder) -> None:
    deadline = started(ladder)
    clock = read(deadline, deadline.due_at + timedelta(days=7))
    assert (clock.state, clock.words) == ("overdue", "Overdue by 5 working days")
    assert read(deadline, deadline.due_at).words == "Overdue since just now"


def test_a_paused_clock_says_what_is_left(ladder: Ladder) -> None:
    deadline = started(ladder)
    services.pause(subject=ladder.provider, kind=Kind.ACKNOWLEDGE, now=NOW + timedelta(hours=3))
    clock = read(deadline, NOW + timedelta(days=9))
    assert (clock.state, clock.words) == ("paused", "Paused with 1 working day left")
    assert "It has been paused since Tuesday 3 November 2026, 1pm" in clock.explanation


def test_a_clock_that_was_paused_says_for_how_long(ladder: Ladder) -> None:
    deadline = started(ladder)
    services.pause(subject=ladder.provider, kind=Kind.ACKNOWLEDGE, now=NOW)
    services.resume(subject=ladder.provider, kind=Kind.ACKNOWLEDGE, now=NOW + timedelta(days=3))
    clock = read(deadline, NOW + timedelta(days=3))
    assert "In all it was paused for 3 days." in clock.explanation


@pytest.mark.parametrize(("after", "words"), [(1, "Done in time"), (72, "Done, but late")])
def test_what_was_done_says_whether_in_time(ladder: Ladder, after: int, words: str) -> None:
    deadline = started(ladder)
    services.meet(subject=ladder.provider, kinds=[Kind.ACKNOWLEDGE], now=NOW + timedelta(hours=after))
    assert read(deadline, NOW + timedelta(days=9)).words == words


def test_what_is_not_owed_any_more_says_so(ladder: Ladder) -> None:
    deadline = started(ladder)
    services.stop(subject=ladder.provider, now=NOW)
    assert read(deadline, NOW).words == "No longer owed"


def test_a_chosen_date_explains_itself(ladder: Ladder) -> None:
    deadline = services.start_until(
        kind=Kind.ACTION,
        subject=ladder.provider,
        organisation=ladder.provider,
        holder=None,
        due_on=NOW.date(),
        reference="PSR-000001",
        path="/",
        now=NOW,
    )
    assert read(deadline, NOW).explanation == "A chosen date: it is owed by the end of Tuesday 3 November 2026."


def test_many_clocks_ask_for_the_bank_holidays_once(ladder: Ladder, django_assert_num_queries) -> None:
    deadline = started(ladder)
    with django_assert_num_queries(1):
        clocks([deadline] * 25, NOW)
