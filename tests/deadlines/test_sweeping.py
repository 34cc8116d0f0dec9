"""The sweep: it warns, breaches and keeps asking, each once, whatever else fails or runs at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connection

from deadlines import services, sweeping, working_time
from deadlines.models import Deadline, Kind, Urgency
from deadlines.working_time import Duration, Unit
from notifications.models import Kind as Told
from notifications.models import Notification
from safetyreg.audit.models import AuditEvent
from tests import ladder as ladder_module
from tests.deadlines.clockwork import fresh, start, told
from tests.factories import NOW, OrganisationFactory
from tests.ladder import Ladder

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def counts(swept: sweeping.Swept) -> tuple[int, int, int, int]:
    return swept.warned, swept.breached, swept.asked, swept.failed


def staffed(ladder: Ladder) -> Ladder:
    """Somebody to tell in every body that matters here."""
    for body in (ladder.provider, ladder.icb, ladder.region, ladder.neighbour):
        ladder.actor(body)
    return ladder


# Warning


@pytest.mark.parametrize(
    ("kind", "urgency", "after"),
    [
        (Kind.ACKNOWLEDGE, Urgency.IMMEDIATE, timedelta(hours=3)),
        (Kind.ACKNOWLEDGE, Urgency.HIGH, timedelta(hours=36)),
        (Kind.DECIDE, Urgency.HIGH, timedelta(days=9, hours=12)),  # seven and a half working days, one weekend
    ],
)
def test_it_warns_once_three_quarters_of_the_time_have_gone(
    ladder: Ladder, kind: Kind, urgency: Urgency, after: timedelta
) -> None:
    deadline = start(staffed(ladder), kind, urgency=urgency)
    assert counts(sweeping.sweep(now=NOW + after - SECOND)) == (0, 0, 0, 0)
    assert counts(sweeping.sweep(now=NOW + after)) == (1, 0, 0, 0)
    assert counts(sweeping.sweep(now=NOW + after + SECOND)) == (0, 0, 0, 0)
    assert fresh(deadline).warned_at == NOW + after
    assert [body for body, _, _ in told(kind=Told.DUE_SOON)] == ["Test Own ICB"]


def test_it_warns_after_three_quarters_of_the_time_allowed_however_long_the_pause_was(ladder: Ladder) -> None:
    deadline = start(ladder, Kind.DECIDE)
    services.pause(subject=ladder.provider, kind=Kind.DECIDE, now=NOW + DAY)
    services.resume(subject=ladder.provider, kind=Kind.DECIDE, now=NOW + 49 * DAY)
    ten_days = Duration(10, Unit.WORKING_DAYS)
    due_at = working_time.due_at(NOW + 48 * DAY, ten_days)  # as if it had started a day before it resumed
    assert fresh(deadline).due_at == due_at
    assert fresh(deadline).next_at == working_time.warn_at(NOW + 48 * DAY, due_at, Unit.WORKING_DAYS)


# Breaching


def test_it_breaches_once_at_the_due_time_and_tells_both_sides(ladder: Ladder) -> None:
    deadline = start(staffed(ladder))
    sweeping.sweep(now=deadline.due_at - SECOND)
    assert counts(sweeping.sweep(now=deadline.due_at)) == (0, 1, 0, 0)
    assert counts(sweeping.sweep(now=deadline.due_at + SECOND)) == (0, 0, 0, 0)
    words = "PSR-000001: Test Own ICB is overdue: acknowledge the escalation"
    both = {(body, message) for body, message, _ in told(kind=Told.BREACHED, reference="PSR-000001")}
    assert both == {("Test Own ICB", words), ("Test Royal Hospital", words)}
    assert AuditEvent.objects.get(verb="breach").at == deadline.due_at


def test_a_breach_cannot_wait_for_the_digest(ladder: Ladder) -> None:
    deadline = start(staffed(ladder))
    sweeping.sweep(now=deadline.due_at)
    late = Notification.objects.filter(kind=Told.BREACHED)
    assert {notification.available_at for notification in late} == {deadline.due_at}


def test_the_person_named_for_it_is_told_too(ladder: Ladder) -> None:
    reporter = ladder.actor(ladder.icb, ladder_module.Role.REPORTER)
    deadline = start(staffed(ladder), holder=reporter.user)
    sweeping.sweep(now=deadline.due_at)
    assert Notification.objects.filter(recipient=reporter.user, kind=Told.BREACHED).count() == 1


def test_the_level_above_learns_of_the_bodies_and_the_clock_alone(ladder: Ladder) -> None:
    deadline = start(staffed(ladder))
    sweeping.sweep(now=deadline.due_at)
    notification = Notification.objects.get(organisation=ladder.region)
    assert notification.message == (
        "Test Own ICB is overdue towards Test Royal Hospital: acknowledge the escalation "
        "(it was due by Thursday 5 November 2026, 10am)"
    )
    assert (notification.reference, notification.path) == ("", "/")
    region = ladder.actor(ladder.region)
    assert list(Deadline.objects.late_below(region)) == [deadline]
    assert not Deadline.objects.visible_to(region).exists()


def test_the_level_above_is_not_told_twice_when_it_is_one_of_the_two(ladder: Ladder) -> None:
    deadline = start(staffed(ladder), Kind.CONFIRM, owed_by=ladder.provider, owed_to=ladder.icb)
    sweeping.sweep(now=deadline.due_at)
    assert len(told(kind=Told.BREACHED, organisation=ladder.icb)) == 1
    assert told(organisation=ladder.region) == []


def test_what_an_organisation_owes_itself_is_no_business_of_the_level_above(ladder: Ladder) -> None:
    deadline = start(staffed(ladder), Kind.REVIEW, owed_by=ladder.icb, owed_to=ladder.icb)
    sweeping.sweep(now=deadline.due_at)
    assert {body for body, _, _ in told()} == {"Test Own ICB"}


# Keeping on asking


def test_it_asks_again_every_five_working_days_and_never_closes_anything(ladder: Ladder) -> None:
    deadline = start(staffed(ladder))
    sweeping.sweep(now=deadline.due_at)
    asked_at, five_days = deadline.due_at, Duration(5, Unit.WORKING_DAYS)
    for _ in range(12):  # past Christmas
        asked_at = working_time.due_at(asked_at, five_days)
        assert counts(sweeping.sweep(now=asked_at - SECOND)) == (0, 0, 0, 0)
        assert counts(sweeping.sweep(now=asked_at)) == (0, 0, 1, 0)
    assert fresh(deadline).is_live
    assert fresh(deadline).due_at == deadline.due_at
    assert len(told(kind=Told.BREACHED, organisation=ladder.icb)) == 13


def test_it_asks_again_where_neither_body_has_anybody_to_tell_but_the_region_has(ladder: Ladder) -> None:
    """At a time as a clock gives it, with its microseconds."""
    ladder.actor(ladder.region)
    deadline = start(ladder)
    breached_at = deadline.due_at + timedelta(microseconds=123456)
    sweeping.sweep(now=breached_at)
    assert counts(sweeping.sweep(now=breached_at + 14 * DAY)) == (0, 0, 1, 0)
    assert fresh(deadline).failures == 0
    assert len(told(organisation=ladder.region, created_at=breached_at + 14 * DAY)) == 3


def test_nothing_is_asked_about_once_it_is_done(ladder: Ladder) -> None:
    deadline = start(staffed(ladder))
    sweeping.sweep(now=deadline.due_at)
    services.meet(subject=ladder.provider, kinds=[Kind.ACKNOWLEDGE], now=deadline.due_at + DAY)
    assert counts(sweeping.sweep(now=deadline.due_at + 400 * DAY)) == (0, 0, 0, 0)


# Nothing is missed


def test_nothing_is_too_old_to_be_swept(ladder: Ladder) -> None:
    deadline = start(staffed(ladder), now=datetime(2016, 1, 4, 9, 0, tzinfo=UTC))
    assert counts(sweeping.sweep(now=NOW)) == (0, 1, 0, 0)
    assert fresh(deadline).breached_at == NOW
    assert fresh(deadline).warned_at == NOW


def several(ladder: Ladder, count: int) -> list[Deadline]:
    bodies = OrganisationFactory.create_batch(count, parent=ladder.icb)
    return [start(ladder, subject=body, now=NOW + number * SECOND) for number, body in enumerate(bodies)]


def test_a_row_that_fails_is_set_back_and_counted_and_does_not_block_the_rest(
    ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadlines = several(staffed(ladder), 5)
    poisoned, now = deadlines[1], NOW + 10 * DAY
    fail_for(monkeypatch, poisoned, RuntimeError("cannot be told"))

    assert counts(sweeping.sweep(now=now, batch=2)) == (0, 4, 0, 1)

    assert fresh(poisoned).next_at == now + timedelta(minutes=5)
    assert (fresh(poisoned).due_at, fresh(poisoned).failures) == (poisoned.due_at, 1)
    assert fresh(poisoned).breached_at is None
    monkeypatch.undo()
    assert counts(sweeping.sweep(now=now + timedelta(minutes=5))) == (0, 1, 0, 0)


def fail_for(monkeypatch: pytest.MonkeyPatch, poisoned: Deadline, error: BaseException) -> None:
    """Let the sweep fail at one row after everything about it has been written."""
    tell = sweeping._tell_it_is_late

    def tell_and_fail(deadline: Deadline, now: datetime) -> None:
        tell(deadline, now)
        if deadline.pk == poisoned.pk:
            raise error

    monkeypatch.setattr(sweeping, "_tell_it_is_late", tell_and_fail)


def test_a_row_that_fails_leaves_no_half_of_it_behind(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = start(staffed(ladder))
    fail_for(monkeypatch, deadline, RuntimeError("after it was told"))
    assert counts(sweeping.sweep(now=deadline.due_at)) == (0, 0, 0, 1)
    assert told() == []
    assert not AuditEvent.objects.filter(verb="breach").exists()


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_is_killed_in_the_middle_of_a_batch_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    deadlines = several(staffed(ladder_module.build()), 6)
    now = NOW + 10 * DAY
    fail_for(monkeypatch, deadlines[4], Killed())
    with pytest.raises(Killed):
        sweeping.sweep(now=now, batch=3)
    assert Deadline.objects.filter(breached_at__isnull=False).count() == 3  # the first batch was done and stays done
    monkeypatch.undo()

    assert counts(sweeping.sweep(now=now, batch=3)) == (0, 3, 0, 0)
    each_once(deadlines)


def each_once(deadlines: list[Deadline]) -> None:
    """Every deadline breached once, with one notification to each side and one to the level above."""
    assert AuditEvent.objects.filter(verb="breach").count() == len(deadlines)
    for body in ("Test Own ICB", "Test Royal Hospital", "Test Region North"):
        assert len(told(kind=Told.BREACHED, organisation__name=body)) == len(deadlines)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_each_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first holds its batch until the second has been round."""
    deadlines = several(staffed(ladder_module.build()), 6)
    now = NOW + 10 * DAY
    first_holds, second_is_done = threading.Event(), threading.Event()
    handle = sweeping._handle

    def handle_slowly(deadline: Deadline, now: datetime, swept: sweeping.Swept) -> None:
        if deadline.pk == deadlines[0].pk:
            first_holds.set()
            assert second_is_done.wait(timeout=30)
        handle(deadline, now, swept)

    monkeypatch.setattr(sweeping, "_handle", handle_slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(in_a_thread, lambda: sweeping.sweep(now=now, batch=3))
        assert first_holds.wait(timeout=30)
        second = pool.submit(in_a_thread, lambda: sweeping.sweep(now=now, batch=3))
        assert counts(second.result(timeout=30)) == (0, 3, 0, 0)
        second_is_done.set()
        assert counts(first.result(timeout=30)) == (0, 3, 0, 0)
    each_once(deadlines)


@pytest.mark.django_db(transaction=True)
def test_many_sweeps_at_once_do_each_row_once() -> None:
    deadlines = several(staffed(ladder_module.build()), 30)
    now, ready = NOW + 10 * DAY, threading.Barrier(4)

    def sweep() -> sweeping.Swept:
        ready.wait(timeout=30)
        return sweeping.sweep(now=now, batch=4)

    with ThreadPoolExecutor(4) as pool:
        swept = [future.result(timeout=60) for future in [pool.submit(in_a_thread, sweep) for _ in range(4)]]
    assert sum(one.breached for one in swept) == len(deadlines)
    each_once(deadlines)


def in_a_thread(work: Callable[[], sweeping.Swept]) -> sweeping.Swept:
    """With a connection of the thread's own, closed again."""
    try:
        return work()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_is_done_while_a_sweep_goes_by_is_either_in_time_or_late_never_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The body does what it owes while the sweep holds the row: it waits, and the breach stands."""
    ladder = staffed(ladder_module.build())
    deadline = start(ladder)
    holding, meeting = threading.Event(), threading.Event()
    handle = sweeping._handle

    def handle_slowly(deadline: Deadline, now: datetime, swept: sweeping.Swept) -> None:
        holding.set()
        assert meeting.wait(timeout=30)
        handle(deadline, now, swept)

    def meet() -> None:
        meeting.set()
        services.meet(subject=ladder.provider, kinds=[Kind.ACKNOWLEDGE], now=deadline.due_at + SECOND)

    monkeypatch.setattr(sweeping, "_handle", handle_slowly)
    with ThreadPoolExecutor(2) as pool:
        swept = pool.submit(in_a_thread, lambda: sweeping.sweep(now=deadline.due_at))
        assert holding.wait(timeout=30)
        met = pool.submit(in_a_thread, meet)
        assert counts(swept.result(timeout=30)) == (0, 1, 0, 0)
        met.result(timeout=30)
    after = fresh(deadline)
    assert (after.breached_at, after.met_at, after.next_at) == (deadline.due_at, deadline.due_at + SECOND, None)


# By hand


def test_the_sweep_command_sweeps_and_sends_without_celery(
    ladder: Ladder, capsys: pytest.CaptureFixture[str], mailoutbox: list[object]
) -> None:
    deadline = start(staffed(ladder), now=datetime(2016, 1, 4, 9, 0, tzinfo=UTC))
    call_command("sweep")
    assert fresh(deadline).breached_at
    said = capsys.readouterr().out
    assert "breached 1" in said
    assert "Sent 3 e-mails" in said
    assert len(mailoutbox) == 3
    call_command("sweep")
    assert "breached 0" in capsys.readouterr().out
    assert len(mailoutbox) == 3
