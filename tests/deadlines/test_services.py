"""How a deadline starts, is replaced, paused, met and stopped, and how the standards behind it change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Role
from deadlines import services
from deadlines.models import Deadline, Kind, ProclaimedDay, ResponseStandard, Urgency
from deadlines.standards import duration_for, ensure_defaults
from safetyreg.audit.models import AuditEvent
from tests.deadlines.clockwork import fresh, start
from tests.factories import NOW
from tests.ladder import Ladder

DAY = timedelta(days=1)
STANDARDS = """
            ACKNOWLEDGE  DECIDE  UPDATE  ANSWER  CONFIRM  REVIEW
IMMEDIATE   4h           1wd     5wd     10wd    20wd     -
EXTREME     1wd          5wd     20wd    10wd    20wd     1m
HIGH        2wd          10wd    20wd    20wd    20wd     3m
MODERATE    5wd          20wd    40wd    40wd    20wd     6m
LOW         5wd          20wd    40wd    40wd    20wd     12m
"""
UNITS = {"h": "HOURS", "wd": "WORKING_DAYS", "m": "MONTHS"}


def written_standards() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in STANDARDS.strip().splitlines())
    return [(row[0], kind, cell) for row in rows for kind, cell in zip(head, row[1:], strict=True) if cell != "-"]


# Standards


@pytest.mark.django_db
@pytest.mark.parametrize(("urgency", "kind", "expected"), written_standards())
def test_the_register_starts_with_these_standards(urgency: str, kind: str, expected: str) -> None:
    duration = duration_for(Kind(kind), Urgency(urgency))
    amount = expected.rstrip("hwdm")
    assert (str(duration.amount), duration.unit) == (amount, UNITS[expected.removeprefix(amount)])


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "days"), [(Kind.INFORM, 5), (Kind.TRANSFER, 10)])
def test_some_things_take_as_long_at_any_urgency(kind: Kind, days: int) -> None:
    assert {str(duration_for(kind, urgency)) for urgency in Urgency} == {f"{days} working days"}


def test_an_edited_standard_is_not_put_back_by_the_next_migration(ladder: Ladder) -> None:
    ResponseStandard.objects.filter(kind=Kind.DECIDE, urgency=Urgency.HIGH).update(amount=7)
    ensure_defaults()
    assert str(duration_for(Kind.DECIDE, Urgency.HIGH)) == "7 working days"


def test_editing_a_standard_leaves_running_clocks_alone_and_counts_for_the_next(ladder: Ladder) -> None:
    running = start(ladder)
    standard = ResponseStandard.objects.get(kind=Kind.ACKNOWLEDGE, urgency=Urgency.HIGH)
    by = ladder.actor(ladder.national)
    services.set_standard(standard=standard, amount=4, unit="HOURS", by=by, now=NOW)

    after = fresh(running)
    assert (after.due_at, after.next_at, after.amount) == (running.due_at, running.next_at, 2)
    assert start(ladder, subject=ladder.neighbour).due_at == NOW + timedelta(hours=4)
    event = AuditEvent.objects.get(verb="set_standard")
    assert event.summary.endswith("from 2 working days to 4 hours")


def test_a_paused_clock_resumes_by_the_standard_it_started_with(ladder: Ladder) -> None:
    running = start(ladder)
    services.pause(subject=ladder.provider, kind=Kind.ACKNOWLEDGE, now=NOW)
    ResponseStandard.objects.update(amount=40)
    services.resume(subject=ladder.provider, kind=Kind.ACKNOWLEDGE, now=NOW + DAY)
    assert fresh(running).due_at == running.due_at + DAY


def test_only_a_safety_lead_of_the_national_body_edits_the_standards(ladder: Ladder) -> None:
    standard = ResponseStandard.objects.first()
    strangers = [ladder.actor(ladder.national, role) for role in (Role.VIEWER, Role.REPORTER, Role.ADMINISTRATOR)]
    for stranger in [*strangers, ladder.actor(ladder.region), ladder.actor(ladder.icb)]:
        with pytest.raises(PermissionDenied):
            services.set_standard(standard=standard, amount=1, unit="HOURS", by=stranger, now=NOW)
        with pytest.raises(PermissionDenied):
            services.proclaim_day(on=date(2027, 5, 10), name="A wedding", by=stranger, now=NOW)


@pytest.mark.parametrize(
    ("amount", "unit", "field"), [(0, "HOURS", "__all__"), (401, "MONTHS", "__all__"), (3, "WEEKS", "unit")]
)
def test_a_standard_that_makes_no_sense_is_refused(ladder: Ladder, amount: int, unit: str, field: str) -> None:
    standard = ResponseStandard.objects.first()
    with pytest.raises(ValidationError) as refusal:
        services.set_standard(standard=standard, amount=amount, unit=unit, by=ladder.actor(ladder.national), now=NOW)
    assert field in refusal.value.message_dict


def test_a_proclaimed_day_moves_the_clocks_that_start_from_then_on(ladder: Ladder) -> None:
    before = start(ladder)
    services.proclaim_day(on=date(2026, 11, 4), name="Day of thanks", by=ladder.actor(ladder.national), now=NOW)
    after = start(ladder, subject=ladder.neighbour)
    assert fresh(before).due_at == before.due_at
    assert after.due_at == before.due_at + DAY
    assert after.calendar_version != before.calendar_version
    assert ProclaimedDay.objects.get().name == "Day of thanks"


# Starting


def test_a_clock_says_by_which_standard_and_calendar_it_was_worked_out(ladder: Ladder) -> None:
    deadline = start(ladder, now=datetime(2026, 4, 2, 15, 10, tzinfo=UTC))
    assert deadline.due_at == datetime(2026, 4, 8, 15, 10, tzinfo=UTC)
    assert (deadline.amount, deadline.unit) == (2, "WORKING_DAYS")
    assert deadline.calendar_version


def test_starting_a_clock_that_runs_replaces_it(ladder: Ladder) -> None:
    first = start(ladder, Kind.UPDATE)
    second = start(ladder, Kind.UPDATE, now=NOW + DAY)
    assert fresh(first).cancelled_at == NOW + DAY
    assert list(Deadline.objects.live().of(ladder.provider)) == [second]


@pytest.mark.parametrize(("urgency", "is_replaced"), [(Urgency.EXTREME, True), (Urgency.LOW, False)])
def test_a_clock_can_be_replaced_only_by_a_sooner_one(ladder: Ladder, urgency: Urgency, is_replaced: bool) -> None:
    first = start(ladder, Kind.REVIEW)
    second = start(ladder, Kind.REVIEW, urgency=urgency, only_sooner=True)
    assert (first != second) is is_replaced
    assert fresh(first).is_live is not is_replaced


def test_the_database_itself_keeps_one_live_clock_of_a_kind_on_a_thing(ladder: Ladder) -> None:
    copy = fresh(start(ladder))
    copy.pk = None
    with pytest.raises(IntegrityError, match="deadline_one_live"), transaction.atomic():
        copy.save(force_insert=True)


def test_the_database_itself_gives_every_running_clock_a_next_thing_to_do(ladder: Ladder) -> None:
    deadline = start(ladder)
    with pytest.raises(IntegrityError, match="deadline_running_has_a_next"), transaction.atomic():
        Deadline.objects.filter(pk=deadline.pk).update(next_at=None)


@pytest.mark.parametrize(
    ("due_on", "due_at"),
    [
        (date(2026, 11, 10), datetime(2026, 11, 11, 0, 0, tzinfo=UTC)),
        (date(2027, 6, 1), datetime(2027, 6, 1, 23, 0, tzinfo=UTC)),
        (date(2026, 10, 1), NOW + timedelta(seconds=1)),
    ],
    ids=["winter", "summer", "gone by"],
)
def test_a_chosen_day_ends_at_its_midnight_in_london(ladder: Ladder, due_on: date, due_at: datetime) -> None:
    deadline = services.start_until(
        kind=Kind.ACTION,
        subject=ladder.provider,
        organisation=ladder.provider,
        holder=None,
        due_on=due_on,
        reference="PSR-000001",
        path="/",
        now=NOW,
    )
    assert deadline.due_at == due_at


# Pausing and resuming


def pause_and_resume(ladder: Ladder, *, started: datetime, paused: datetime, resumed: datetime) -> Deadline:
    deadline = start(ladder, Kind.DECIDE, urgency=Urgency.EXTREME, now=started)
    services.pause(subject=ladder.provider, kind=Kind.DECIDE, now=paused)
    services.resume(subject=ladder.provider, kind=Kind.DECIDE, now=resumed)
    return fresh(deadline)


def test_a_pause_across_easter_gives_back_what_was_left(ladder: Ladder) -> None:
    """Five working days from Wednesday 24 March 2027; paused after one; Easter is 26 to 29 March."""
    deadline = pause_and_resume(
        ladder,
        started=datetime(2027, 3, 24, 9, 0, tzinfo=UTC),
        paused=datetime(2027, 3, 25, 9, 0, tzinfo=UTC),
        resumed=datetime(2027, 3, 30, 8, 0, tzinfo=UTC),  # Tuesday 9am, by then in summer time
    )
    assert deadline.due_at == datetime(2027, 4, 5, 8, 0, tzinfo=UTC)


def test_a_pause_that_ends_in_a_weekend_runs_on_from_monday(ladder: Ladder) -> None:
    deadline = pause_and_resume(
        ladder,
        started=NOW,  # Tuesday 10am
        paused=NOW + DAY,
        resumed=datetime(2026, 11, 7, 15, 0, tzinfo=UTC),  # Saturday
    )
    assert deadline.due_at == datetime(2026, 11, 13, 0, 0, tzinfo=UTC)  # the end of Thursday


def test_hours_left_are_hours_left_over_a_change_of_the_clocks(ladder: Ladder) -> None:
    start(ladder, urgency=Urgency.IMMEDIATE, now=datetime(2026, 10, 24, 22, 0, tzinfo=UTC))
    services.pause(subject=ladder.provider, kind=Kind.ACKNOWLEDGE, now=datetime(2026, 10, 24, 23, 0, tzinfo=UTC))
    services.resume(subject=ladder.provider, kind=Kind.ACKNOWLEDGE, now=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert Deadline.objects.get().due_at == datetime(2026, 10, 25, 3, 30, tzinfo=UTC)


def test_two_pauses_add_up(ladder: Ladder) -> None:
    deadline = start(ladder, Kind.DECIDE)
    for day in (1, 3):
        services.pause(subject=ladder.provider, kind=Kind.DECIDE, now=NOW + day * DAY)
        services.resume(subject=ladder.provider, kind=Kind.DECIDE, now=NOW + day * DAY + timedelta(hours=6))
    assert fresh(deadline).paused_for == timedelta(hours=12)
    assert fresh(deadline).due_at == deadline.due_at + timedelta(hours=12)


def test_a_clock_that_ends_while_paused_counts_that_pause_too(ladder: Ladder) -> None:
    deadline = start(ladder, Kind.DECIDE)
    services.pause(subject=ladder.provider, kind=Kind.DECIDE, now=NOW)
    services.stop(subject=ladder.provider, now=NOW + 2 * DAY)
    assert fresh(deadline).paused_for == 2 * DAY


def test_pausing_twice_and_resuming_what_runs_change_nothing(ladder: Ladder) -> None:
    deadline = start(ladder, Kind.DECIDE)
    services.resume(subject=ladder.provider, kind=Kind.DECIDE, now=NOW + DAY)
    assert fresh(deadline).due_at == deadline.due_at
    services.pause(subject=ladder.provider, kind=Kind.DECIDE, now=NOW)
    services.pause(subject=ladder.provider, kind=Kind.DECIDE, now=NOW + 3 * DAY)
    assert fresh(deadline).paused_at == NOW


# Ending


@pytest.mark.parametrize("end", [services.meet, services.stop])
@pytest.mark.parametrize(("late_by", "is_breached"), [(timedelta(0), True), (timedelta(seconds=-1), False)])
def test_ending_late_marks_the_breach_at_its_due_time_though_no_sweep_saw_it(
    ladder: Ladder, end: object, late_by: timedelta, is_breached: bool
) -> None:
    deadline = start(ladder)
    end(subject=ladder.provider, kinds=[Kind.ACKNOWLEDGE], now=deadline.due_at + late_by)
    ended = fresh(deadline)
    assert ended.breached_at == (deadline.due_at if is_breached else None)
    assert (ended.next_at, ended.is_live) == (None, False)


def test_what_was_late_when_it_was_paused_is_late_when_it_ends(ladder: Ladder) -> None:
    deadline = start(ladder)
    services.pause(subject=ladder.provider, kind=Kind.ACKNOWLEDGE, now=deadline.due_at + DAY)
    services.meet(subject=ladder.provider, kinds=[Kind.ACKNOWLEDGE], now=deadline.due_at + 2 * DAY)
    assert fresh(deadline).breached_at == deadline.due_at


def test_meeting_one_kind_leaves_the_others_running(ladder: Ladder) -> None:
    start(ladder, Kind.UPDATE)
    start(ladder, Kind.ANSWER)
    services.meet(subject=ladder.provider, kinds=[Kind.UPDATE], now=NOW)
    assert not services.is_live(subject=ladder.provider, kind=Kind.UPDATE)
    assert services.is_live(subject=ladder.provider, kind=Kind.ANSWER)


# Seeing


def test_each_side_sees_what_it_owes_and_is_owed_and_nobody_else_does(ladder: Ladder) -> None:
    deadline = start(ladder)
    for body in (ladder.icb, ladder.provider):
        assert list(Deadline.objects.visible_to(ladder.actor(body))) == [deadline]
    for body in (ladder.neighbour, ladder.region, ladder.national):
        assert not Deadline.objects.visible_to(ladder.actor(body)).exists()
    assert not Deadline.objects.visible_to(ladder.actor(ladder.icb, Role.ADMINISTRATOR)).exists()
