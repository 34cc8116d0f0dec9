"""Monthly reports: the right day of every month, once, and told to those who are still there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from notifications.models import Notification
from overview.models import Report, ReportSchedule
from overview.reports import scheduling, services
from overview.reports.models import recipients_at
from safetyreg.audit.models import AuditEvent
from safetyreg.words import LONDON
from tests.factories import NOW

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (15, (2026, 11, 3), (2026, 11, 15, 5)),
        (3, (2026, 11, 3, 4, 59), (2026, 11, 3, 5)),
        (3, (2026, 11, 3, 5), (2026, 12, 3, 5)),  # not twice
        (31, (2026, 11, 3), (2026, 11, 30, 5)),
        (31, (2026, 11, 30, 5), (2026, 12, 31, 5)),
        (31, (2027, 1, 31, 5), (2027, 2, 28, 5)),
        (29, (2028, 2, 1), (2028, 2, 29, 5)),
        (1, (2026, 12, 31, 23), (2027, 1, 1, 5)),
        (25, (2026, 10, 24, 12), (2026, 10, 25, 5)),  # the clocks go back that night
        (28, (2027, 3, 27, 12), (2027, 3, 28, 5)),  # and forward that one
    ],
)
def test_the_next_one_is_on_that_day_or_on_the_last_of_a_shorter_month(
    day: int, after: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert scheduling.next_run(day, london(*after)) == london(*expected)


def test_in_summer_it_is_five_in_london_and_four_in_greenwich() -> None:
    assert scheduling.next_run(1, london(2026, 6, 30)).astimezone(UTC) == datetime(2026, 7, 1, 4, tzinfo=UTC)


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb)


def monthly(by: Actor, day: int = 15) -> ReportSchedule:
    return scheduling.set_report_schedule(is_on=True, day=day, by=by, now=NOW)


def test_however_often_it_is_swept_one_report_is_made(icb: Actor) -> None:
    schedule = monthly(icb)
    assert scheduling.sweep(now=london(2026, 11, 15, 4)) == 0
    for minutes in range(3):
        scheduling.sweep(now=london(2026, 11, 15, 5, minutes))
    report = Report.objects.get()
    assert (report.scheduled_for, report.asked_by) == (london(2026, 11, 15, 5), None)
    schedule.refresh_from_db()
    assert schedule.next_at == london(2026, 12, 15, 5)
    services.work(now=london(2026, 11, 15, 5, 3))
    report.refresh_from_db()
    assert report.status == "READY"


def test_after_two_months_without_a_scheduler_there_is_one_report_and_not_three(icb: Actor) -> None:
    schedule = monthly(icb)
    assert scheduling.sweep(now=london(2027, 1, 20)) == 1
    schedule.refresh_from_db()
    assert (Report.objects.count(), schedule.next_at) == (1, london(2027, 2, 15, 5))


def test_one_that_is_off_is_not_made(icb: Actor) -> None:
    monthly(icb)
    scheduling.set_report_schedule(is_on=False, day=15, by=icb, now=NOW)
    assert scheduling.sweep(now=NOW + timedelta(days=90)) == 0
    summaries = AuditEvent.objects.filter(verb="set_report_schedule").order_by("written_at")
    assert [event.summary for event in summaries] == [
        "set the monthly report to day 15", "switched the monthly report off",
    ]  # fmt: skip


def test_only_a_safety_lead_sets_it_and_only_to_a_day(ladder: Ladder, icb: Actor) -> None:
    for role in (Role.VIEWER, Role.REPORTER, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            monthly(ladder.actor(ladder.icb, role))
    for day in (0, 32):
        with pytest.raises(ValidationError, match="from 1 to 31"):
            monthly(icb, day)


def made_for(by: Actor) -> list[tuple[str, str]]:
    """Who is told, and why, once the next monthly report of a body is made."""
    monthly(by)
    scheduling.sweep(now=london(2026, 11, 15, 5))
    services.work(now=london(2026, 11, 15, 5))
    told = Notification.objects.filter(kind="REPORT").select_related("recipient")
    return sorted((row.recipient.name, row.reason) for row in told if row.recipient)


def test_those_who_chose_it_are_sent_the_link_with_the_digest_of_that_morning(ladder: Ladder, icb: Actor) -> None:
    reader = ladder.actor(ladder.icb, Role.VIEWER, name="Reader")
    scheduling.choose_report_link(wanted=True, by=reader, now=NOW)
    assert made_for(icb) == [("Reader", "You chose to be told of each monthly report")]
    told = Notification.objects.get(kind="REPORT")
    assert told.message == "The monthly report of Test Own ICB is ready"
    assert told.path == Report.objects.get().path
    assert told.available_at == london(2026, 11, 15, 7)


def test_whoever_left_or_no_longer_reads_risks_is_not_told(ladder: Ladder, icb: Actor) -> None:
    left, changed = (ladder.actor(ladder.icb, Role.VIEWER) for _ in range(2))
    for reader in (left, changed):
        scheduling.choose_report_link(wanted=True, by=reader, now=NOW)
    left.membership.ended_at = NOW
    changed.membership.role = Role.ADMINISTRATOR
    for reader in (left, changed):
        reader.membership.save()
    assert not recipients_at(ladder.icb).exists()
    told = made_for(icb)  # it does not stop in silence: where nobody is left who chose it, the safety leads are told
    assert [name for name, _reason in told] == [icb.user.name]


def test_it_is_made_after_whoever_set_it_has_left(ladder: Ladder, icb: Actor) -> None:
    other = ladder.actor(ladder.icb)
    icb.membership.ended_at = None
    monthly(icb)
    icb.membership.ended_at = NOW
    icb.membership.save()
    scheduling.sweep(now=london(2026, 11, 15, 5))
    services.work(now=london(2026, 11, 15, 5))
    assert Report.objects.get().status == "READY"
    assert Notification.objects.get(kind="REPORT").recipient == other.user


def test_a_closed_body_has_no_more_reports(ladder: Ladder, icb: Actor) -> None:
    schedule = monthly(icb)
    ladder.icb.closed_on = NOW.date()
    ladder.icb.save()
    scheduling.sweep(now=NOW + timedelta(days=30))
    schedule.refresh_from_db()
    assert (schedule.is_on, schedule.next_at, Report.objects.count()) == (False, None, 0)


def test_choosing_is_undone_and_recorded_once(ladder: Ladder, icb: Actor) -> None:
    for wanted in (True, True, False, False):
        scheduling.choose_report_link(wanted=wanted, by=icb, now=NOW)
    assert not scheduling.is_chosen(icb)
    assert AuditEvent.objects.filter(verb="choose_report_link").count() == 2
    with pytest.raises(PermissionDenied):
        scheduling.choose_report_link(wanted=True, by=ladder.actor(ladder.icb, Role.ADMINISTRATOR), now=NOW)
