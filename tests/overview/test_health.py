"""The answer to a monitor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection
from django.test import Client

from deadlines.models import Deadline
from deadlines.sweeping import sweep
from notifications.models import Kind, Notification, WebhookDelivery
from notifications.webhooks import services as webhooks
from overview import tasks
from overview.figures import snapshots
from overview.models import DataPackage, FigureSet, Report
from overview.reports import services as reports
from overview.whole_data import services as whole_data
from tests.factories import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Organisation
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
PARTS = ("database", "deadlines", "outbox", "webhooks", "figures", "reports", "whole_data")
WELL = {"status": "ok"} | dict.fromkeys(PARTS, "ok")


def healthz() -> tuple[int, dict[str, str]]:
    response = Client().get("/healthz")
    return response.status_code, response.json()


def told(ladder: Ladder, key: str, **fields: object) -> Notification:
    given = {"kind": Kind.ANSWERED, "created_at": NOW, "available_at": NOW} | fields
    return Notification.objects.create(
        organisation=ladder.icb, address="duty@test.example", reason="r", path="/", message="m", dedupe_key=key, **given
    )


def test_a_register_at_rest_is_well(ladder: Ladder) -> None:
    assert healthz() == (200, WELL)


def test_anybody_may_ask_and_nothing_is_said_of_what_the_register_holds(ladder: Ladder) -> None:
    ladder.risk()
    assert healthz()[1] == WELL
    assert Client().get("/healthz")["Cache-Control"].startswith("max-age=0")
    assert Client().post("/healthz").status_code == 405


@pytest.mark.parametrize(("late", "status"), [(59, 200), (61, 503)])
def test_deadlines_that_nobody_sweeps_are_found(ladder: Ladder, late: int, status: int) -> None:
    ladder.risk()
    Deadline.objects.update(next_at=NOW - timedelta(seconds=late))
    assert healthz() == (status, WELL if status == 200 else WELL | {"status": "unwell", "deadlines": "late"})


def test_a_sweep_makes_it_well_again(ladder: Ladder) -> None:
    ladder.risk(now=NOW - timedelta(days=400))
    assert healthz()[0] == 503
    sweep(now=NOW)
    Notification.objects.update(available_at=NOW)
    assert healthz() == (200, WELL)


@pytest.mark.parametrize(("late", "status"), [(14, 200), (16, 503)])
def test_an_outbox_that_nobody_empties_is_found(ladder: Ladder, late: int, status: int) -> None:
    told(ladder, "one", available_at=NOW - timedelta(minutes=late))
    assert healthz() == (status, WELL if status == 200 else WELL | {"status": "unwell", "outbox": "behind"})


def test_what_was_sent_or_given_up_does_not_wait(ladder: Ladder) -> None:
    long_ago = NOW - timedelta(days=9)
    told(ladder, "sent", available_at=long_ago, sent_at=long_ago)
    told(ladder, "dead", available_at=long_ago, dead_at=long_ago)
    assert healthz() == (200, WELL)


def test_mail_that_is_tried_and_never_goes_out_is_found(ladder: Ladder) -> None:
    """Each try puts the next one off, so nothing is ever due for long; and still nothing goes out."""
    told(ladder, "one", created_at=NOW - timedelta(hours=1), available_at=NOW + timedelta(hours=1), attempts=5)
    assert healthz()[1]["outbox"] == "behind"


def test_one_address_that_refuses_its_mail_makes_nothing_unwell(ladder: Ladder) -> None:
    told(ladder, "refused", created_at=NOW - timedelta(hours=1), available_at=NOW + timedelta(hours=1), attempts=5)
    told(ladder, "sent", created_at=NOW - timedelta(minutes=5), sent_at=NOW - timedelta(minutes=4))
    assert healthz() == (200, WELL)


def test_what_waits_for_the_digest_is_not_behind(ladder: Ladder) -> None:
    told(ladder, "one", kind=Kind.STEP, created_at=NOW - timedelta(hours=9), available_at=NOW + timedelta(hours=9))
    assert healthz() == (200, WELL)


def test_a_database_that_is_down_is_said_so(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_args: object, **_options: object) -> None:
        raise OperationalError("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", down)
        status, said = healthz()
    assert status == 503
    assert said == {"status": "unwell", "database": "down"} | dict.fromkeys(PARTS[1:], "unknown")


@pytest.mark.parametrize(("late", "is_failing", "status"), [(14, False, 200), (16, False, 503), (16, True, 200)])
def test_webhooks_that_nobody_sends_are_found(ladder: Ladder, late: int, is_failing: bool, status: int) -> None:
    """A system that takes nothing has a backlog, and the register is well all the same."""
    endpoint = webhooks.add_webhook(
        url="https://system.example/hook", description="Datix", event_types=["risk.changed"],
        by=ladder.actor(ladder.provider), now=NOW,
    )  # fmt: skip
    WebhookDelivery.objects.update(next_at=NOW - timedelta(minutes=late))
    type(endpoint).objects.update(failing_since=NOW if is_failing else None)
    assert healthz() == (status, WELL if status == 200 else WELL | {"status": "unwell", "webhooks": "behind"})


def test_a_sweep_that_fails_on_a_deadline_again_and_again_is_found(ladder: Ladder) -> None:
    ladder.risk()
    Deadline.objects.update(failures=2)
    assert healthz() == (200, WELL)
    Deadline.objects.update(failures=3)
    assert healthz()[0] == 503


@pytest.mark.parametrize(("late", "told"), [(6, {}), (6.1, {"status": "behind", "figures": "old"})])
def test_figures_that_nobody_makes_ahead_are_found(ladder: Ladder, late: float, told: dict[str, str]) -> None:
    snapshots.make_ahead(NOW - timedelta(minutes=late))
    assert healthz() == (200, WELL | told)
    tasks.make_figures()
    assert healthz() == (200, WELL)


def test_figures_that_are_made_when_somebody_looks_and_those_of_a_closed_body_may_be_old(ladder: Ladder) -> None:
    ago = NOW - timedelta(days=1)
    snapshots.make(ladder.provider, ago)
    snapshots.make(ladder.other_icb, ago)
    assert healthz()[1]["figures"] == "old"
    type(ladder.other_icb).objects.filter(pk=ladder.other_icb.pk).update(closed_on=ago.date())
    assert healthz() == (200, WELL)


def test_figures_of_one_body_that_fail_each_time_are_found(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    make = snapshots.make

    def fails_for_one(organisation: Organisation, now: datetime) -> FigureSet:
        if organisation == ladder.icb:
            raise RuntimeError("no room")
        return make(organisation, now)

    snapshots.make_ahead(NOW - timedelta(minutes=10))
    monkeypatch.setattr(snapshots, "make", fails_for_one)
    tasks.make_figures()
    assert [one.organisation for one in snapshots.old(NOW)] == [ladder.icb]
    assert healthz()[1]["figures"] == "old"


@pytest.mark.parametrize(("late", "told"), [(59, {}), (61, {"status": "behind", "reports": "late"})])
def test_reports_that_nobody_makes_are_found(ladder: Ladder, late: int, told: dict[str, str]) -> None:
    reports.ask_report(by=ladder.actor(ladder.icb), now=NOW - timedelta(minutes=late))
    assert healthz() == (200, WELL | told)
    tasks.make_reports()
    assert healthz() == (200, WELL)


def test_a_report_that_is_drawn_again_waits_since_then(ladder: Ladder) -> None:
    reports.ask_report(by=ladder.actor(ladder.icb), now=NOW - timedelta(days=9))
    Report.objects.update(redrawn_at=NOW - timedelta(minutes=59))
    assert healthz() == (200, WELL)
    Report.objects.update(redrawn_at=NOW - timedelta(minutes=61))
    assert healthz()[1]["reports"] == "late"
    Report.objects.update(status="FAILED")  # whoever asked was told
    assert healthz() == (200, WELL)


@pytest.mark.parametrize(("late", "told"), [(59, {}), (61, {"status": "behind", "whole_data": "late"})])
def test_whole_data_that_nobody_makes_is_found(ladder: Ladder, late: int, told: dict[str, str]) -> None:
    whole_data.ask(whole="MINE", by=ladder.actor(ladder.icb), now=NOW)
    DataPackage.objects.update(asked_at=NOW - timedelta(minutes=late))
    assert healthz() == (200, WELL | told)
