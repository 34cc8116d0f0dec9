"""One risk over HTTP alone: from a provider through its ICB and the region to the national body, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import Caller, refused
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from tests.ladder import Ladder


@pytest.fixture
def provider(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


@pytest.fixture
def icb(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.icb))


@pytest.fixture
def region(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.region))


@pytest.fixture
def national(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.national))


def test_a_national_answer_reaches_the_provider_at_once_and_is_passed_on_and_confirmed(
    provider: Caller, icb: Caller, region: Caller, national: Caller
) -> None:
    reference = provider.do("risks/", **FIELDS)["reference"]
    first = provider.do(f"risks/{reference}/escalate/", reason="It happens everywhere", ask="Agree one form")
    assert first["status"] == "RAISED"

    icb.do(f"escalations/{first['id']}/acknowledge/")
    second = icb.do(f"escalations/{first['id']}/escalate-on/", reason="So it does", ask="Agree one form")
    third = region.do(f"escalations/{second['id']}/escalate-on/", reason="All of us", ask="Agree one form")
    assert third["previous"] == second["id"]
    national.do(f"escalations/{third['id']}/accept/", plan="A national form")
    national.do(f"escalations/{third['id']}/update/", text="A draft is out")
    answer = national.do(f"escalations/{third['id']}/answer/", outcome="ADVICE", text="Use the national form")

    unread = provider.list("feedback/", is_read="false", kind="ANSWER")
    assert [found["text"] for found in unread] == ["Use the national form"]
    provider.do(f"risks/{reference}/read-feedback/")
    assert provider.list("feedback/", is_read="false") == []

    passed_on = region.do(
        f"escalations/{second['id']}/answer/",
        outcome="ADVICE",
        text="Use the national form",
        passed_on_from=answer["id"],
    )
    assert passed_on["passed_on_from"] == answer["id"]
    icb.do(f"escalations/{first['id']}/answer/", outcome="ADVICE", text="Use it", passed_on_from=passed_on["id"])
    assert provider.do(f"escalations/{first['id']}/confirm/")["status"] == "CLOSED"
    icb.do(f"escalations/{second['id']}/confirm/")
    region.do(f"escalations/{third['id']}/confirm/", text="It helps us all")

    chain = provider.list("escalations/", risk=reference)
    assert [hop["status"] for hop in chain] == ["CLOSED"] * 3
    assert {hop["verdict"] for hop in chain} == {"HELPS"}
    provider.do(f"risks/{reference}/close/", closure_reason="CONTROLLED", words="The form is in use")
    assert provider.read(f"risks/{reference}/")["status"] == "CLOSED"


def test_information_is_asked_for_and_given_while_the_decision_waits(provider: Caller, icb: Caller) -> None:
    reference = provider.do("risks/", **FIELDS)["reference"]
    escalation = provider.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    icb.do(f"escalations/{escalation}/request-information/", question="How often?")
    states = {clock["kind"]: clock["state"] for clock in provider.list(f"risks/{reference}/deadlines/")}
    assert states["DECIDE"] == "paused"
    assert states["INFORM"] == "running"
    on_it = {clock["kind"]: clock["words"] for clock in icb.read(f"escalations/{escalation}/")["clocks"]}
    assert on_it["DECIDE"] == "Paused with 5 working days left"
    given = provider.do(f"escalations/{escalation}/give-information/", information="Weekly")
    assert given["status"] == "ACKNOWLEDGED"
    verbs = [step["verb"] for step in icb.list(f"escalations/{escalation}/steps/")]
    assert verbs == ["ESCALATE", "ACKNOWLEDGE", "REQUEST_INFORMATION", "GIVE_INFORMATION"]


def test_an_answer_that_does_not_help_comes_back_twice_and_then_the_body_is_passed_by(
    provider: Caller, icb: Caller, region: Caller
) -> None:
    reference = provider.do("risks/", **FIELDS)["reference"]
    escalation = provider.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    for _ in range(2):
        icb.do(f"escalations/{escalation}/answer/", outcome="NO_ACTION", text="There is nothing we can do")
        provider.do(f"escalations/{escalation}/dispute/", why="It still happens")
    hop = provider.do(f"escalations/{escalation}/bypass/", reason="Twice no help", ask="Please act")
    assert hop["bypasses"] == escalation
    assert hop["id"] in {found["id"] for found in region.list("escalations/", side="received")}
    assert provider.do(f"escalations/{escalation}/withdraw/", why="The region has it now")["status"] == "WITHDRAWN"


def test_a_handler_is_named_and_changed(ladder: Ladder, provider: Caller, icb: Caller) -> None:
    colleague = ladder.actor(ladder.icb, name="Priya Shah")
    reference = provider.do("risks/", **FIELDS)["reference"]
    escalation = provider.do(f"risks/{reference}/escalate/", reason="Why", ask="What", immediate=True)["id"]
    icb.do(f"escalations/{escalation}/acknowledge/", handler=str(colleague.user.pk))
    assert icb.read(f"escalations/{escalation}/")["handler"]["name"] == "Priya Shah"
    changed = icb.do(f"escalations/{escalation}/reassign/", handler=str(icb.actor.user.pk))
    assert changed["handler"]["name"] == icb.actor.user.name


def test_a_second_decision_is_told_who_decided_first(provider: Caller, icb: Caller) -> None:
    reference = provider.do("risks/", **FIELDS)["reference"]
    escalation = provider.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    icb.do(f"escalations/{escalation}/answer/", outcome="ADVICE", text="Use the form")
    problem = refused(icb.post(f"escalations/{escalation}/answer/", outcome="ADVICE", text="Or not"), 409)
    assert icb.actor.user.name in problem["detail"]
    assert "answered it" in problem["detail"]


def test_a_body_that_withdraws_the_last_that_it_had_to_do_with_a_risk_is_shown_it_no_more(
    provider: Caller, icb: Caller, region: Caller
) -> None:
    reference = provider.do("risks/", **FIELDS)["reference"]
    first = provider.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    second = icb.do(f"escalations/{first}/escalate-on/", reason="Why", ask="What")["id"]
    third = region.do(f"escalations/{second}/escalate-on/", reason="Why", ask="What")["id"]
    icb.do(f"escalations/{second}/withdraw/", why="Not for you after all")
    assert region.post(f"escalations/{third}/withdraw/", why="Nor for you").status_code == 204
    refused(region.get(f"escalations/{third}/"), 404)
