"""What is owed, how long it may take, and what the caller was told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from deadlines.models import ResponseStandard
from tests.api.conftest import Caller, answered, refused, wrong
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from tests.api.conftest import Clock
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


@pytest.fixture
def icb(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.icb))


@pytest.fixture
def reference(lead: Caller, icb: Caller) -> str:
    """An escalated risk."""
    reference = lead.do("risks/", **FIELDS)["reference"]
    lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")
    return reference


def test_what_is_owed_is_listed_by_due_time_with_the_reason_in_words(
    ladder: Ladder, icb: Caller, reference: str
) -> None:
    (owed,) = icb.list("deadlines/", owed_by=str(ladder.icb.pk))
    assert (owed["kind"], owed["state"], owed["risk_reference"]) == ("ACKNOWLEDGE", "running", reference)
    assert owed["words"] == "Due in 1 working day"
    assert "1 working day from Tuesday 3 November 2026" in owed["explanation"]
    assert owed["owed_to"]["name"] == ladder.provider.name


def test_deadlines_are_narrowed_down_by_side_kind_state_and_risk(
    ladder: Ladder, lead: Caller, reference: str, clock: Clock
) -> None:
    def kinds(**query: object) -> list[str]:
        caller = Caller(lead.actor)  # signs in anew, since a session does not outlast the days that pass here
        return [row["kind"] for row in caller.list("deadlines/", **query)]

    assert kinds() == ["ACKNOWLEDGE", "REVIEW"]
    assert kinds(owed_to=str(ladder.provider.pk), owed_by=str(ladder.icb.pk)) == ["ACKNOWLEDGE"]
    assert kinds(kind="REVIEW") == ["REVIEW"]
    assert kinds(risk_reference="PSR-999999") == []
    assert kinds(is_live="false") == kinds(is_overdue="true") == []
    clock.now = NOW + timedelta(days=10)
    assert kinds(is_overdue="true") == ["ACKNOWLEDGE"]
    assert kinds(is_overdue="false") == ["REVIEW"]
    assert "owed_by" in wrong(Caller(lead.actor).get("deadlines/", owed_by="us"))


def test_whoever_reads_a_risk_in_full_sees_each_clock_on_it(ladder: Ladder, lead: Caller, icb: Caller) -> None:
    reference = lead.do("risks/", **FIELDS)["reference"]
    first = lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    icb.do(f"escalations/{first}/escalate-on/", reason="Why", ask="What")
    bodies = {(row["owed_by"]["name"], row["kind"]) for row in lead.list(f"risks/{reference}/deadlines/")}
    assert (ladder.region.name, "ACKNOWLEDGE") in bodies
    assert ladder.region.name not in {row["owed_by"]["name"] for row in lead.list("deadlines/")}


def test_the_standards_are_read_by_everybody_and_changed_by_the_national_body_alone(
    ladder: Ladder, lead: Caller
) -> None:
    national = Caller(ladder.actor(ladder.national))
    standards = lead.list("standards/", page_size=200)
    assert len(standards) == ResponseStandard.objects.count()
    path = f"standards/{standards[0]['id']}/"
    refused(lead.patch(path, amount=3, unit="HOURS"), 403)
    changed = answered(national.patch(path, amount=3, unit="HOURS"), 200)
    assert (changed["amount"], changed["unit"]) == (3, "HOURS")
    assert lead.read(path) == changed
    assert list(wrong(national.patch(path, amount=0, unit="YEARS"))) == ["amount", "unit"]
    assert list(wrong(national.patch(path, amount=3, unit="HOURS", kind="UPDATE"))) == ["kind"]


def test_a_bank_holiday_is_proclaimed_by_the_national_body_alone(ladder: Ladder, lead: Caller) -> None:
    national = Caller(ladder.actor(ladder.national))
    day = {"on": "2027-05-10", "name": "A day of its own"}
    refused(lead.post("proclaimed-days/", **day), 403)
    answered(national.post("proclaimed-days/", **day), 201)
    assert list(wrong(national.post("proclaimed-days/", **day))) == ["on"]
    assert [found["on"] for found in lead.list("proclaimed-days/")] == ["2027-05-10"]


def test_what_somebody_was_told_is_read_and_marked_as_read(ladder: Ladder, icb: Caller, reference: str) -> None:
    told = icb.list("notifications/", read="no")
    assert {notification["reference"] for notification in told} == {reference}
    icb.do(f"notifications/{told[0]['id']}/read/")
    assert icb.read("notifications/", read="no")["total"] == len(told) - 1
    icb.do("notifications/read/")
    assert icb.read("notifications/", read="no")["total"] == 0
    assert icb.read("notifications/")["total"] == len(told)


def test_nobody_reads_or_marks_what_another_was_told(ladder: Ladder, icb: Caller, reference: str) -> None:
    colleague = Caller(ladder.actor(ladder.icb))
    (told, *_rest) = icb.list("notifications/", read="no")
    assert colleague.read("notifications/")["total"] == 0
    refused(colleague.post(f"notifications/{told['id']}/read/"), 404)
    colleague.do("notifications/read/")
    assert told in icb.list("notifications/", read="no")
