"""Making a report: step by step, once, whatever dies on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from notifications.models import Notification
from overview.models import Report
from overview.reports import pdf, services
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW
from tests.overview.reports.reading import fetched, made

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb)


def test_a_safety_lead_asks_and_everybody_who_reads_risks_there_fetches_it(ladder: Ladder, icb: Actor) -> None:
    report = made(icb)
    assert (report.status, report.steps_done, report.moment) == ("READY", 4, NOW)
    assert fetched(report, "pdf", ladder.actor(ladder.icb, Role.VIEWER)).startswith(b"%PDF")
    assert fetched(report, "xlsx", icb).startswith(b"PK")
    verbs = AuditEvent.objects.filter(subject_id=str(report.pk)).values_list("verb", flat=True)
    assert sorted(verbs) == ["ask_report", "fetch_report", "fetch_report"]


def test_it_is_for_nobody_else(ladder: Ladder, icb: Actor) -> None:
    for role in (Role.VIEWER, Role.REPORTER, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            services.ask_report(by=ladder.actor(ladder.icb, role), now=NOW)
    report = made(icb)
    for other in (ladder.actor(ladder.icb, Role.ADMINISTRATOR), ladder.actor(ladder.region)):
        assert not Report.objects.visible_to(other).exists()
        with pytest.raises(PermissionDenied):
            fetched(report, "pdf", other)


def test_asking_twice_is_asking_once(ladder: Ladder, icb: Actor) -> None:
    assert services.ask_report(by=icb, now=NOW) == services.ask_report(by=ladder.actor(ladder.icb), now=NOW)
    services.work(now=NOW)
    assert services.ask_report(by=icb, now=NOW) != Report.objects.earliest("asked_at")


def test_a_body_asks_for_no_more_than_a_day_has_room_for(icb: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_A_DAY", 1)
    made(icb)
    with pytest.raises(services.EnoughForToday):
        services.ask_report(by=icb, now=NOW + timedelta(hours=23))
    assert services.ask_report(by=icb, now=NOW + timedelta(days=1, seconds=1))


def test_whoever_asked_is_told_that_it_is_ready_and_nothing_of_what_it_says(ladder: Ladder, icb: Actor) -> None:
    risk = ladder.risk(ladder.actor(ladder.provider), involved=[ladder.neighbour])
    report = made(icb)
    told = Notification.objects.get(kind="REPORT")
    assert (told.recipient, told.path) == (icb.user, report.path)
    assert told.message == "The report of Test Own ICB is ready"
    assert risk.title not in told.message


def test_a_worker_killed_in_the_middle_loses_no_step(icb: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """It dies while it draws: what was counted stays, and the next one goes on from there."""
    report = services.ask_report(by=icb, now=NOW)

    def dies(*_: object) -> bytes:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "drawn", dies)
        with pytest.raises(SystemExit):
            services.work(now=NOW)
    report.refresh_from_db()
    assert (report.status, report.steps_done, report.moment) == ("WAITING", 2, NOW)
    assert report.doing == "Drawing the PDF"
    services.work(now=NOW + timedelta(minutes=5))
    report.refresh_from_db()
    assert (report.status, report.moment) == ("READY", NOW)


def test_one_that_cannot_be_made_is_given_up_and_told_of_and_asked_for_again(
    icb: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = services.ask_report(by=icb, now=NOW)

    def fails(*_: object) -> bytes:
        raise RuntimeError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "drawn", fails)
        for _ in range(5):  # the first of them also counts and lists, which is getting further
            services.work(now=NOW)
    report.refresh_from_db()
    assert report.status == "FAILED"
    assert Notification.objects.get(kind="REPORT").message == "The report of Test Own ICB could not be made"
    with pytest.raises(services.NotReady, match="could not be made"):
        fetched(report, "pdf", icb)
    assert made(icb).status == "READY"


def test_it_is_kept_for_a_stated_time_and_then_nothing_of_it_is_left(icb: Actor) -> None:
    report = made(icb)
    services.work(now=NOW + services.KEPT_FOR)
    report.refresh_from_db()
    assert report.status == "EXPIRED"
    assert (report.pdf, report.xlsx, report.tables, report.contents, report.names) == (None, None, None, None, {})


def test_the_dashboard_shows_the_figures_of_the_report_from_its_moment_on(icb: Actor) -> None:
    from overview.figures import snapshots

    report = made(icb)
    assert snapshots.current(icb.organisation, NOW + timedelta(minutes=4)).tables == report.tables
