"""Positions, links, introductions and look-alikes over HTTP, by the services of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from risks import indexing, look_alikes
from risks import services as risks
from risks.services.linking import NO_SUCH_RISK
from tests.api.conftest import Caller, answered, refused, wrong
from tests.api.test_budgets import costs_the_same
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from risks.models import Risk
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


@pytest.fixture
def neighbour(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.neighbour))


@pytest.fixture
def icb(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.icb))


@pytest.fixture
def risk(ladder: Ladder, lead: Caller) -> Risk:
    return ladder.risk(lead.actor, involved=[ladder.neighbour])


@pytest.fixture
def theirs(ladder: Ladder, neighbour: Caller) -> Risk:
    return ladder.risk(neighbour.actor, title="Doses are repeated")


def asked(caller: Caller) -> dict:
    (involvement,) = caller.list("involvements/", side="asked_of_us")
    return involvement


def test_a_question_comes_with_its_clock_and_is_answered_with_a_risk_of_ones_own(
    lead: Caller, neighbour: Caller, risk: Risk, theirs: Risk
) -> None:
    question = asked(neighbour)
    assert question["risk"] == risk.reference
    assert question["risk_title"] == risk.title
    assert question["clock"]["kind"] == "POSITION"
    answer = neighbour.do(f"involvements/{question['id']}/own-risk/", own_risk=theirs.reference, kind="CAUSES")
    assert (answer["position"], answer["own_risk"], answer["clock"]) == ("OWN_RISK", theirs.reference, None)
    assert lead.list("involvements/", side="asked_by_us")[0]["own_risk"] == theirs.reference
    (link,) = lead.list("links/", risk=risk.reference)
    assert (link["kind"], link["status"]) == ("CAUSES", "ACCEPTED")
    assert (link["from_risk"]["title"], link["to_risk"]["title"]) == (theirs.title, risk.title)


def test_whoever_is_not_affected_keeps_the_exchange_and_no_more(lead: Caller, neighbour: Caller, risk: Risk) -> None:
    path = f"involvements/{asked(neighbour)['id']}/"
    refused(neighbour.post(f"{path}not-affected/", words=""), 400)
    neighbour.do(f"{path}not-affected/", words="We send no letters")
    kept = neighbour.read(path)
    assert (kept["words"], kept["risk_title"]) == ("We send no letters", None)
    refused(neighbour.get(f"risks/{risk.reference}/"), 404)
    refused(neighbour.post(f"{path}not-affected/", words="Again"), 409)
    refused(lead.post(f"{path}not-affected/", words="In their name"), 403)


def test_a_risk_is_logged_as_the_answer(neighbour: Caller, risk: Risk) -> None:
    own = neighbour.do(f"involvements/{asked(neighbour)['id']}/log/", **{**FIELDS, "title": "Ours"})
    assert own["title"] == "Ours"
    assert asked(neighbour)["own_risk"] == own["reference"]


def test_an_icb_asks_all_its_providers_at_once(ladder: Ladder, icb: Caller, lead: Caller) -> None:
    own = ladder.risk(icb.actor, title="Letters across the system")
    body = {"all_providers_of": ladder.icb.ods_code, "question": "Do your letters wait too?"}
    icb.do(f"risks/{own.reference}/involve/", **body)
    found = icb.list("involvements/", side="asked_by_us", answered="false")
    assert {row["organisation"]["name"] for row in found} == {ladder.provider.name, ladder.neighbour.name}
    assert {row["question"] for row in found} == {"Do your letters wait too?"}
    refused(icb.post(f"risks/{own.reference}/involve/", **body), 400)
    mine = ladder.risk(lead.actor)
    assert "Only an ICB" in wrong(lead.post(f"risks/{mine.reference}/involve/", **body))["all_providers_of"][0]


def test_a_link_is_proposed_accepted_and_withdrawn(
    ladder: Ladder, lead: Caller, neighbour: Caller, risk: Risk, theirs: Risk
) -> None:
    body = {"to": risk.reference, "kind": "CONTRIBUTES_TO", "reason": "Doses are repeated from late letters"}
    link = answered(neighbour.post(f"risks/{theirs.reference}/link/", **body), 201)
    (seen,) = lead.list("links/", awaits_us="true")
    assert seen["from_risk"] | {"organisation": None} == {
        "organisation": None, "reference": "", "title": theirs.title, "path": "",
    }  # fmt: skip
    assert seen["consents"][0]["clock"]["kind"] == "LINK"
    refused(lead.get(f"risks/{theirs.reference}/"), 404)
    refused(neighbour.post(f"links/{link['id']}/accept/"), 403)
    assert lead.do(f"links/{link['id']}/accept/")["status"] == "ACCEPTED"
    assert lead.read(f"risks/{theirs.reference}/")["is_read_in_full"] is False
    refused(lead.post(f"links/{link['id']}/accept/"), 409)
    assert neighbour.do(f"links/{link['id']}/withdraw/", why="It has ended")["status"] == "WITHDRAWN"
    refused(lead.get(f"risks/{theirs.reference}/"), 404)


def test_what_cannot_be_linked_gets_one_answer(
    ladder: Ladder, lead: Caller, neighbour: Caller, risk: Risk, theirs: Risk
) -> None:
    own = ladder.risk(lead.actor)
    lead.do(f"risks/{risk.reference}/link/", to=own.reference, kind="RELATED", reason="Both are letters")
    for to in (risk.reference, own.reference, theirs.reference, "PSR-999999", "nothing", ""):
        body = {"to": to, "kind": "RELATED", "reason": "Both are letters"}
        assert wrong(lead.post(f"risks/{risk.reference}/link/", **body)) == {"to": [NO_SUCH_RISK]}, to


def test_a_declined_link_needs_a_new_reason(lead: Caller, neighbour: Caller, risk: Risk, theirs: Risk) -> None:
    body = {"to": risk.reference, "kind": "RELATED", "reason": "Both are about letters"}
    link = neighbour.do(f"risks/{theirs.reference}/link/", **body)
    lead.do(f"links/{link['id']}/decline/", why="Ours are letters to patients")
    again = neighbour.post(f"risks/{theirs.reference}/link/", **{**body, "reason": "both are about LETTERS."})
    assert "only with a new reason" in wrong(again)["reason"][0]
    neighbour.do(f"risks/{theirs.reference}/link/", **{**body, "reason": "Patients pass theirs on to us"})


def like(ladder: Ladder, number: int) -> list[Risk]:
    """The risk of each of so many other providers under the ICB."""
    return [ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.icb))) for _ in range(number)]


def test_look_alikes_are_listed_and_the_unseen_counted_from_three_on(ladder: Ladder, lead: Caller) -> None:
    own, second = ladder.risk(lead.actor), ladder.risk(lead.actor)
    path = f"risks/{own.reference}/look-alikes/"
    assert lead.read(path) == {"is_ready": False, "unseen_organisations": 0, "results": []}
    like(ladder, 2)
    indexing.index(now=NOW)
    found = lead.read(path)
    assert found["is_ready"] is True
    assert [row["risk"]["reference"] for row in found["results"]] == [second.reference]
    assert found["results"][0]["reason"].startswith("Both ")
    assert found["unseen_organisations"] == 0
    like(ladder, 1)
    indexing.index(now=NOW)
    assert lead.read(path)["unseen_organisations"] == 3


def test_what_is_being_written_is_compared(ladder: Ladder, lead: Caller, risk: Risk) -> None:
    indexing.index(now=NOW)
    found = answered(lead.post("look-alikes/", title=FIELDS["title"]), 200)
    assert [row["risk"]["reference"] for row in found["results"]] == [risk.reference]
    assert answered(lead.post("look-alikes/"), 200)["results"] == []
    refused(Caller(ladder.actor(ladder.provider, Role.VIEWER)).post("look-alikes/", title="Letters"), 403)
    refused(lead.post("look-alikes/", titel="Letters"), 400)


def test_an_introduction_is_asked_for_and_made(ladder: Ladder, lead: Caller, icb: Caller, neighbour: Caller) -> None:
    own = ladder.risk(lead.actor, reach="1")
    ask = f"risks/{own.reference}/ask-introduction/"
    assert "being worked out" in refused(lead.post(ask), 409)["detail"]
    indexing.index(now=NOW)
    assert "not enough similar risks" in refused(lead.post(ask), 409)["detail"]
    others = like(ladder, look_alikes.FEWEST_TOLD)
    indexing.index(now=NOW)
    introduction = answered(lead.post(ask, reason="We cannot mend it alone"), 201)
    refused(lead.post(ask), 409)
    assert icb.read(f"risks/{own.reference}/")["is_read_in_full"] is True
    (waiting,) = icb.list("introductions/", status="ASKED")
    assert waiting["clock"]["kind"] == "INTRODUCE"
    refused(neighbour.get(f"introductions/{introduction['id']}/"), 404)
    made = icb.do(
        f"introductions/{introduction['id']}/introduce/",
        to=[other.reference for other in others[:2]],
        kind="SAME_HAZARD",
        reason="You both wait for letters",
    )
    assert made["status"] == "MADE"
    proposed = lead.list("links/", awaits_us="true")
    assert {link["from_risk"]["reference"] or link["to_risk"]["reference"] for link in proposed} == {own.reference}
    assert not {link["from_risk"]["title"] for link in proposed} - {own.title, ""}


def test_likely_pairs_are_listed_dismissed_and_put_back(ladder: Ladder, lead: Caller, icb: Caller) -> None:
    own, (other,) = ladder.risk(lead.actor), like(ladder, 1)
    indexing.index(now=NOW)
    (pair,) = icb.list("pairs/")
    assert {pair["first"]["reference"], pair["second"]["reference"]} == {own.reference, other.reference}
    assert pair["reason"].startswith("Both ")
    assert lead.list("pairs/") == []
    both = {"risk": own.reference, "other": other.reference}
    refused(lead.post("pairs/dismiss/", **both), 403)
    icb.do("pairs/dismiss/", **both, reason="Other letters")
    icb.do("pairs/dismiss/", **both)  # twice is once
    assert icb.list("pairs/") == []
    other_icb = Caller(ladder.actor(ladder.other_icb))
    refused(other_icb.post("pairs/dismiss/", **both), 400)
    icb.do("pairs/restore/", **both)
    refused(icb.post("pairs/restore/", **both), 409)
    assert len(icb.list("pairs/")) == 1
    icb.do(f"risks/{own.reference}/link/", to=other.reference, kind="RELATED", reason="Both are letters")
    assert icb.list("pairs/") == []


def test_what_each_list_costs(ladder: Ladder, lead: Caller, icb: Caller) -> None:
    own = ladder.risk(lead.actor)

    def add() -> None:
        (other,) = like(ladder, 1)
        risks.involve(risk=own, organisations=[other.organisation], by=lead.actor, now=NOW)
        fields = {"kind": "RELATED", "reason": "Both are letters", "by": icb.actor, "now": NOW}
        risks.propose_link(risk=other, to=own.reference, **fields)

    costs_the_same(lead, ["involvements/", "links/"], add)
