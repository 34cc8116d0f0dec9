"""Nobody reads over HTTP what is not shared with them: not in lists, counts, filters, bodies or what is nested."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from risks.api.serializers import READ_BY_ALL
from tests.api.conftest import Caller, refused, wrong
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from tests.api.conftest import Clock
    from tests.ladder import Ladder

PARTS_IN_FULL = ["actions", "comments", "involvements", "transfers", "shares", "history", "deadlines"]
SECRET = "Wording that only full readers may know"


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


@pytest.fixture
def reference(ladder: Ladder, lead: Caller) -> str:
    """A risk that names the neighbour, so that the neighbour reads a part of it."""
    body = {**FIELDS, "involved": [ladder.neighbour.ods_code], "other_bodies": SECRET, "population": SECRET}
    reference = lead.do("risks/", **body)["reference"]
    lead.do(f"risks/{reference}/comments/", text=SECRET)
    due_on = (NOW + timedelta(days=30)).date().isoformat()
    lead.do(f"risks/{reference}/actions/", text=SECRET, owner=str(lead.actor.user.pk), due_on=due_on)
    lead.do(f"risks/{reference}/controls/", text="A control that all readers see")
    return reference


@pytest.fixture
def neighbour(ladder: Ladder, reference: str) -> Caller:
    return Caller(ladder.actor(ladder.neighbour))


def test_each_list_holds_what_is_shared_and_nothing_else(ladder: Ladder, lead: Caller, reference: str) -> None:
    lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")
    for organisation, count in [(ladder.provider, 1), (ladder.icb, 1), (ladder.other_icb, 0), (ladder.region, 0)]:
        caller = Caller(ladder.actor(organisation))
        assert caller.read("risks/")["total"] == count
        assert caller.read("escalations/")["total"] == count
    assert Caller(ladder.actor(ladder.region)).read("deadlines/")["total"] == 0


def test_an_administrator_reads_no_risk(ladder: Ladder, reference: str) -> None:
    administrator = Caller(ladder.actor(ladder.provider, Role.ADMINISTRATOR))
    for path in ("risks/", "escalations/", "feedback/", "deadlines/", "deadlines/late-below/"):
        assert administrator.read(path)["total"] == 0
    refused(administrator.get(f"risks/{reference}/"), 404)


def test_a_draft_is_seen_by_its_own_organisation_alone(ladder: Ladder, lead: Caller) -> None:
    draft = lead.do("risks/save-draft/", **FIELDS, involved=[ladder.neighbour.ods_code])["reference"]
    for organisation in (ladder.neighbour, ladder.icb, ladder.national):
        refused(Caller(ladder.actor(organisation)).get(f"risks/{draft}/"), 404)


def test_an_involved_organisation_reads_what_may_happen_and_how_it_is_scored_and_no_more(
    neighbour: Caller, reference: str
) -> None:
    risk = neighbour.read(f"risks/{reference}/")
    assert risk["is_read_in_full"] is False
    told_by_a_search = {"searched_for", "found_in"}
    assert {name for name, value in risk.items() if value is not None} == READ_BY_ALL - told_by_a_search
    assert risk["cause"] == FIELDS["cause"]
    assert risk["score"] == 16
    assert neighbour.list("risks/") == [risk]


def test_nothing_else_of_the_risk_exists_for_an_involved_organisation(neighbour: Caller, reference: str) -> None:
    assert [score["kind"] for score in neighbour.list(f"risks/{reference}/scores/")] == ["INITIAL"]
    assert [control["text"] for control in neighbour.list(f"risks/{reference}/controls/")] == [
        "A control that all readers see"
    ]
    for part in PARTS_IN_FULL:
        refused(neighbour.get(f"risks/{reference}/{part}/"), 404)
    refused(neighbour.post(f"risks/{reference}/comments/", text="May I?"), 404)


def test_what_an_involved_organisation_may_not_read_is_in_no_answer_that_it_gets(
    lead: Caller, neighbour: Caller, reference: str
) -> None:
    lead.do(f"risks/{reference}/escalate/", reason=SECRET, ask=SECRET)
    for path in ("risks/", f"risks/{reference}/", "escalations/", "feedback/", "deadlines/", "notifications/"):
        assert SECRET not in neighbour.get(path).content.decode()


def test_an_involved_organisation_may_do_nothing_to_the_risk(neighbour: Caller, reference: str) -> None:
    for verb in ("score", "review", "close", "transfer", "involve", "escalate", "controls"):
        refused(neighbour.post(f"risks/{reference}/{verb}/"), 403)
    refused(neighbour.patch(f"risks/{reference}/", version=1, title="Ours now"), 403)


def test_an_organisation_taken_off_a_risk_reads_nothing_at_its_next_request(
    ladder: Ladder, lead: Caller, neighbour: Caller, reference: str
) -> None:
    lead.do(f"risks/{reference}/stop-involving/", organisation=ladder.neighbour.ods_code)
    refused(neighbour.get(f"risks/{reference}/"), 404)
    refused(neighbour.get(f"risks/{reference}/scores/"), 404)
    assert neighbour.read("risks/")["total"] == 0


def test_an_escalation_and_its_steps_exist_only_for_those_who_read_the_risk_in_full(
    ladder: Ladder, lead: Caller, neighbour: Caller, reference: str
) -> None:
    escalation = lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    for caller in (neighbour, Caller(ladder.actor(ladder.region)), Caller(ladder.actor(ladder.other_icb))):
        refused(caller.get(f"escalations/{escalation}/"), 404)
        refused(caller.get(f"escalations/{escalation}/steps/"), 404)
        refused(caller.post(f"escalations/{escalation}/answer/", outcome="ADVICE", text="x"), 404)
        assert caller.read("escalations/", risk=reference)["total"] == 0


def test_feedback_that_may_not_be_read_cannot_be_passed_on(ladder: Ladder, lead: Caller, reference: str) -> None:
    icb, elsewhere = Caller(ladder.actor(ladder.icb)), Caller(ladder.actor(ladder.other_icb))
    unseen = elsewhere.do("risks/", **{**FIELDS, "reach": "1"})["reference"]
    hop = elsewhere.do(f"risks/{unseen}/escalate/", reason="Why", ask="What")["id"]
    region = Caller(ladder.actor(ladder.region))
    hidden = region.do(f"escalations/{hop}/update/", text="Soon")["id"]
    own = lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    body = {"outcome": "ADVICE", "text": "Passed on"}
    answers = [
        wrong(icb.post(f"escalations/{own}/answer/", **body, passed_on_from=pk))
        for pk in (hidden, "0b7e6f5e-0000-4000-8000-000000000000")
    ]
    assert answers[0] == answers[1] == {"passed_on_from": ["Choose an answer from the level above this escalation"]}


def test_the_level_above_sees_a_late_clock_and_nothing_of_what_it_is_about(
    ladder: Ladder, lead: Caller, reference: str, clock: Clock
) -> None:
    from deadlines.sweeping import sweep

    lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")
    clock.now = NOW + timedelta(days=10)
    sweep(now=clock.now)
    region = Caller(ladder.actor(ladder.region))
    (late,) = region.list("deadlines/late-below/")
    assert late["owed_by"]["name"] == ladder.icb.name
    assert set(late) == {"id", "kind", "owed_by", "owed_to", "starts_at", "due_at", "breached_at"}
    assert reference not in str(late)


def test_a_membership_that_ended_has_no_answer_at_the_next_request(lead: Caller, reference: str, clock: Clock) -> None:
    membership = lead.actor.membership
    membership.ended_at = clock.now
    membership.save()
    refused(lead.get(f"risks/{reference}/"), 403)
