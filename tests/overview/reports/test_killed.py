"""Workers that are really killed (SIGKILL) while they make a report: it is made once, and told of once."""

from __future__ import annotations

import signal
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from notifications import delivery
from notifications.models import Notification
from overview import tasks
from overview.models import Report
from overview.reports import scheduling, services
from safetyreg.audit.models import AuditEvent
from tests import processes
from tests.factories import NOW
from tests.overview.reports.reading import fetched
from tests.visiting import visitor

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_now")]
WORKER = "tests.overview.reports.dying"
NEXT_DAY = NOW + timedelta(days=1)


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    ladder.risk(ladder.actor(ladder.provider), involved=[ladder.neighbour])
    return ladder.actor(ladder.icb)


@pytest.fixture
def worker() -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts one that is killed at a moment."""
    running = []

    def start(moment: str) -> subprocess.Popen[str]:
        running.append(processes.started(WORKER, moment))
        return running[-1]

    yield start
    for process in running:
        processes.ended(process)


def killed(process: subprocess.Popen[str]) -> None:
    assert process.wait(timeout=60) == -signal.SIGKILL


def is_ready_once(by: Actor) -> None:
    """One report with its files, and one e-mail with the link to it, however often workers and senders go on."""
    for _ in range(2):
        tasks.make_reports()
        delivery.send(now=NEXT_DAY)
    report = Report.objects.get()
    assert (report.status, report.steps_done, report.moment) == ("READY", 4, NOW)
    assert fetched(report, "pdf", by).startswith(b"%PDF")
    assert fetched(report, "xlsx", by).startswith(b"PK")
    assert Notification.objects.filter(kind="REPORT").count() == 1
    letters = [letter for letter in mail.outbox if report.path in letter.body]
    assert [letter.to for letter in letters] == [[by.user.email]]


@pytest.mark.parametrize(
    ("moment", "status", "steps"),
    [
        ("counting", "WAITING", 0),
        ("drawing", "WAITING", 2),
        ("writing", "WAITING", 3),
        ("telling", "WAITING", 3),
        ("told", "READY", 4),
    ],
)
def test_a_worker_killed_at_any_moment_leaves_what_the_next_one_finishes(
    icb: Actor, worker: Callable[[str], subprocess.Popen[str]], moment: str, status: str, steps: int
) -> None:
    services.ask_report(by=icb, now=NOW)
    killed(worker(moment))
    report = Report.objects.get()
    assert (report.status, report.steps_done) == (status, steps)
    assert Notification.objects.filter(kind="REPORT").exists() == (status == "READY")
    is_ready_once(icb)


def test_a_worker_killed_as_it_begins_the_monthly_report_leaves_it_due(
    ladder: Ladder, icb: Actor, worker: Callable[[str], subprocess.Popen[str]]
) -> None:
    scheduling.set_report_schedule(is_on=True, day=1, by=icb, now=NOW - timedelta(days=40))
    scheduling.choose_report_link(wanted=True, by=icb, now=NOW)
    killed(worker("beginning"))
    assert not Report.objects.exists()
    is_ready_once(icb)
    assert AuditEvent.objects.filter(verb="sweep_report_schedule").count() == 1


def test_its_page_says_that_a_step_was_interrupted_and_goes_on(
    icb: Actor, worker: Callable[[str], subprocess.Popen[str]]
) -> None:
    report = services.ask_report(by=icb, now=NOW)
    browser = visitor(icb)
    killed(worker("drawing"))
    other = worker("waiting")
    assert other.stdout
    assert other.stdin
    assert other.stdout.readline() == "drawing\n"
    page = browser.get(report.path).content.decode()
    assert "<strong>2</strong> of 4 steps are done. Now: drawing the pdf" in page
    assert "This step was interrupted and has begun again: attempt 2" in page
    tasks.make_reports()  # one more at the same time, which leaves it to the other
    assert Report.objects.get().status == "WAITING"
    other.stdin.write("go on\n")
    other.stdin.flush()
    assert other.wait(timeout=60) == 0
    assert "Download the report" in browser.get(report.path).content.decode()
    is_ready_once(icb)


def test_one_that_kills_every_worker_is_given_up_after_three_and_told_of(
    icb: Actor, worker: Callable[[str], subprocess.Popen[str]]
) -> None:
    report = services.ask_report(by=icb, now=NOW)
    for _ in range(3):
        killed(worker("drawing"))
    tasks.make_reports()
    report.refresh_from_db()
    assert (report.status, report.attempts) == ("FAILED", 4)
    assert Notification.objects.get(kind="REPORT").message == "The report of Test Own ICB could not be made"
    assert "could not be made" in visitor(icb).get(report.path).content.decode()
