"""The response standards: read by everybody, changed by the national body."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from deadlines import services
from deadlines.calendar import bank_holidays_from
from deadlines.models import Deadline, Kind, ProclaimedDay, ResponseStandard, Urgency
from safetyreg.audit.models import AuditEvent
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.test import Client

    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def national(ladder: Ladder) -> Client:
    return visitor(ladder.actor(ladder.national))


@pytest.fixture
def standard(ladder: Ladder) -> ResponseStandard:
    return ResponseStandard.objects.get(urgency=Urgency.HIGH, kind=Kind.ACKNOWLEDGE)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_acts_for_an_organisation_reads_them(ladder: Ladder, role: Role) -> None:
    page = words(visitor(ladder.actor(ladder.provider, role)).get("/standards/"))
    assert "Immediate: harm is imminent Acknowledge 4 hours Decide 1 working day Update 5 working days" in page
    assert "Urgency High Acknowledge 2 working days Decide 10 working days" in page
    assert "Review 12 months" in page
    assert "Give the information asked for How long 5 working days" in page
    assert "A clock that is running keeps the standard it started with" in page
    assert "Add a bank holiday" not in page


def test_only_the_national_bodys_safety_leads_change_them(ladder: Ladder, standard: ResponseStandard) -> None:
    others = [
        ladder.actor(ladder.national, Role.REPORTER),
        ladder.actor(ladder.national, Role.ADMINISTRATOR),
        ladder.actor(ladder.region),
        ladder.actor(ladder.provider),
    ]
    for actor in others:
        client = visitor(actor)
        for address in (f"/standards/{standard.pk}/", "/standards/bank-holidays/add/"):
            assert client.get(address).status_code == 403
            assert client.post(address, {"amount": 9, "unit": "HOURS"}).status_code == 403
        assert f"/standards/{standard.pk}/" not in client.get("/standards/").content.decode()


def test_the_national_body_changes_a_standard(national: Client, standard: ResponseStandard) -> None:
    assert f"/standards/{standard.pk}/" in national.get("/standards/").content.decode()
    page = words(national.get(f"/standards/{standard.pk}/"))
    assert "Acknowledge the escalation (high) Change a standard" in page
    assert "keep the time they started with, 2 working days" in page
    saved = national.post(f"/standards/{standard.pk}/", {"amount": "3", "unit": "HOURS"}, follow=True)
    assert "The standard is changed for clocks that start from now on" in words(saved)
    assert "Urgency High Acknowledge 3 hours" in words(saved)
    event = AuditEvent.objects.get(verb="set_standard")
    assert event.details == {"duration": ["2 working days", "3 hours"]}


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        ("", "HOURS", "Enter a whole number from 1 to 400"),
        ("0", "HOURS", "Enter a whole number from 1 to 400"),
        ("401", "HOURS", "Enter a whole number from 1 to 400"),
        ("two", "HOURS", "Enter a whole number from 1 to 400"),
        ("1.5", "HOURS", "Enter a whole number from 1 to 400"),
        ("2", "", "Select hours, working days or months"),
        ("2", "FORTNIGHTS", "Select hours, working days or months"),
    ],
)
def test_mistakes_are_said_beside_the_field_and_kept(
    national: Client, standard: ResponseStandard, amount: str, unit: str, said: str
) -> None:
    refused = national.post(f"/standards/{standard.pk}/", {"amount": amount, "unit": unit})
    assert refused.status_code == 422
    assert said in words(refused)
    assert f'value="{amount}"' in refused.content.decode()
    standard.refresh_from_db()
    assert str(standard.duration) == "2 working days"


def test_a_clock_that_runs_keeps_its_standard(ladder: Ladder, national: Client) -> None:
    ladder.risk(now=timezone.now())
    running = Deadline.objects.live().get(kind=Kind.REVIEW)
    review = ResponseStandard.objects.get(kind=Kind.REVIEW, urgency=Urgency.EXTREME)
    national.post(f"/standards/{review.pk}/", {"amount": "9", "unit": "MONTHS"})
    due_at, running = running.due_at, Deadline.objects.get(pk=running.pk)
    assert running.due_at == due_at
    assert running.amount == 1


def test_the_national_body_adds_a_proclaimed_bank_holiday(national: Client) -> None:
    day = {"on_day": "8", "on_month": "5", "on_year": "2028", "name": "Jubilee"}
    saved = national.post("/standards/bank-holidays/add/", day, follow=True)
    assert "The bank holiday is added for clocks that start from now on" in words(saved)
    assert ProclaimedDay.objects.get().on == date(2028, 5, 8)
    again = national.post("/standards/bank-holidays/add/", day)
    assert again.status_code == 422
    assert "This day is already a proclaimed bank holiday" in words(again)


def test_a_day_that_does_not_exist_is_refused(national: Client) -> None:
    day = {"on_day": "31", "on_month": "2", "on_year": "2028", "name": "Nonsense"}
    assert "Enter a real date" in words(national.post("/standards/bank-holidays/add/", day))
    empty = words(national.post("/standards/bank-holidays/add/", {}))
    assert "Enter the date of the bank holiday" in empty
    assert "Enter the name of the bank holiday" in empty


def test_the_bank_holidays_to_come_are_listed_with_proclaimed_ones(ladder: Ladder) -> None:
    services.proclaim_day(on=date(2027, 1, 5), name="Jubilee", by=ladder.actor(ladder.national), now=timezone.now())
    assert bank_holidays_from(date(2026, 12, 26), count=4) == [
        (date(2026, 12, 26), "Boxing Day"),
        (date(2026, 12, 28), "Boxing Day, substitute day"),
        (date(2027, 1, 1), "New Year's Day"),
        (date(2027, 1, 5), "Jubilee"),
    ]


def test_the_page_asks_few_things_of_the_database(national: Client) -> None:
    with CaptureQueriesContext(connection) as counted:
        national.get("/standards/")
    assert len(counted) <= 7
