"""Risks over HTTP: logging, editing, and every verb, by the services of the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from risks.models import Risk
from tests.api.conftest import Caller, answered, refused, wrong
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from tests.api.conftest import Clock
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider, name="Amina Yusuf"))


@pytest.fixture
def reference(lead: Caller) -> str:
    return lead.do("risks/", **FIELDS)["reference"]


def test_a_risk_is_logged_with_its_score_controls_and_the_organisations_involved(ladder: Ladder, lead: Caller) -> None:
    body = {**FIELDS, "controls": ["A daily check"], "involved": [ladder.neighbour.ods_code, str(ladder.icb.pk)]}
    risk = answered(lead.post("risks/", **body), 201)
    assert risk["status"] == "OPEN"
    assert (risk["score"], risk["band"]) == (16, "EXTREME")
    assert [organisation["id"] for organisation in risk["involved"]] == [str(ladder.neighbour.pk), str(ladder.icb.pk)]
    assert risk["owner"] == {"id": str(lead.actor.user.pk), "name": "Amina Yusuf"}
    assert [control["text"] for control in lead.list(f"risks/{risk['reference']}/controls/")] == ["A daily check"]
    assert [score["kind"] for score in lead.list(f"risks/{risk['reference']}/scores/")] == ["INITIAL"]


def test_a_draft_is_saved_twice_and_logged(lead: Caller) -> None:
    draft = answered(lead.post("risks/save-draft/", title="Letters"), 201)
    path = f"risks/{draft['reference']}"
    saved = lead.do(f"{path}/save-draft/", title="Letters arrive late", version=draft["version"])
    assert saved["title"] == "Letters arrive late"
    refused(lead.post(f"{path}/save-draft/", title="Older", version=draft["version"]), 409)
    refused(lead.patch(f"{path}/", title="No edit of a draft", version=saved["version"]), 409)
    logged = lead.do(f"{path}/log/", **FIELDS)
    assert logged["status"] == "OPEN"
    refused(lead.post(f"{path}/discard/"), 409)


def test_a_draft_is_discarded_and_gone(lead: Caller) -> None:
    reference = lead.do("risks/save-draft/", title="Letters")["reference"]
    assert lead.post(f"risks/{reference}/discard/").status_code == 204
    refused(lead.get(f"risks/{reference}/"), 404)


def test_an_edit_changes_what_was_sent_and_nothing_else(lead: Caller, reference: str) -> None:
    before = lead.read(f"risks/{reference}/")
    after = answered(lead.patch(f"risks/{reference}/", title="New words", version=before["version"]), 200)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"title", "version"}
    assert "version" in wrong(lead.patch(f"risks/{reference}/", title="Unseen"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("organisation", "T0001"),
        ("reference", "PSR-999999"),
        ("status", "CLOSED"),
        ("likelihood", 1),
        ("owner", "0b7e6f5e-0000-4000-8000-000000000000"),
        ("crosses_boundary", False),
        ("logged_by", "0b7e6f5e-0000-4000-8000-000000000000"),
        ("is_read_in_full", True),
        ("id", "0b7e6f5e-0000-4000-8000-000000000000"),
    ],
)
def test_an_edit_cannot_set_what_is_not_its_own_to_set(lead: Caller, reference: str, name: str, value: object) -> None:
    before = lead.read(f"risks/{reference}/")
    response = lead.patch(f"risks/{reference}/", version=before["version"], **{name: value})
    assert list(wrong(response)) == [name]
    assert lead.read(f"risks/{reference}/") == before


@pytest.mark.parametrize("name", ["organisation", "logged_by", "status", "version", "reference", "logged_at"])
def test_logging_cannot_say_who_logs_or_for_whom(lead: Caller, name: str) -> None:
    assert list(wrong(lead.post("risks/", **FIELDS, **{name: "x"}))) == [name]
    assert not Risk.objects.exists()


def test_a_score_is_given_and_becomes_current(lead: Caller, reference: str) -> None:
    given = {"kind": "CURRENT", "likelihood": 2, "consequence": 3, "rationale": "Fewer letters"}
    score = answered(lead.post(f"risks/{reference}/score/", **given), 201)
    assert (score["score"], score["band"], score["rationale"]) == (6, "MODERATE", "Fewer letters")
    assert lead.read(f"risks/{reference}/")["band"] == "MODERATE"
    assert list(wrong(lead.post(f"risks/{reference}/score/", **given | {"kind": "INITIAL"}))) == ["kind"]


def test_a_risk_is_reviewed_closed_and_opened_again(lead: Caller, reference: str) -> None:
    assert lead.do(f"risks/{reference}/review/", words="Looked at together")["reviewed_at"]
    closed = lead.do(f"risks/{reference}/close/", closure_reason="TOLERATED", words="Accepted")
    assert (closed["status"], closed["closure_reason"]) == ("CLOSED", "TOLERATED")
    refused(lead.post(f"risks/{reference}/review/", words="Again"), 409)
    assert lead.do(f"risks/{reference}/reopen/", why="It came back")["status"] == "OPEN"


def test_a_risk_is_handed_over_to_a_colleague_and_to_nobody_else(ladder: Ladder, lead: Caller, reference: str) -> None:
    colleague = ladder.actor(ladder.provider, Role.REPORTER)
    stranger = ladder.actor(ladder.neighbour)
    handed = lead.do(f"risks/{reference}/hand-over/", to=str(colleague.user.pk))
    assert handed["owner"]["id"] == str(colleague.user.pk)
    other = wrong(lead.post(f"risks/{reference}/hand-over/", to=str(stranger.user.pk)))
    nobody = wrong(lead.post(f"risks/{reference}/hand-over/", to="0b7e6f5e-0000-4000-8000-000000000000"))
    assert other == nobody == {"to": ["Choose a current member of your organisation"]}


def test_organisations_are_named_on_a_risk_and_taken_off_it(ladder: Ladder, lead: Caller, reference: str) -> None:
    named = lead.do(f"risks/{reference}/involve/", involved=[ladder.neighbour.ods_code])
    assert [organisation["name"] for organisation in named["involved"]] == [ladder.neighbour.name]
    again = lead.post(f"risks/{reference}/involve/", involved=[ladder.neighbour.ods_code])
    assert list(wrong(again)) == ["involved"]
    rows = lead.list(f"risks/{reference}/involvements/")
    assert [row["organisation"]["ods_code"] for row in rows] == [ladder.neighbour.ods_code]
    off = lead.do(f"risks/{reference}/stop-involving/", organisation=ladder.neighbour.ods_code)
    assert off["involved"] == []
    missing = lead.post(f"risks/{reference}/stop-involving/", organisation=ladder.neighbour.ods_code)
    assert "organisation" in wrong(missing)


def test_a_transfer_is_asked_for_withdrawn_declined_and_accepted(
    ladder: Ladder, lead: Caller, reference: str, clock: Clock
) -> None:
    neighbour = Caller(ladder.actor(ladder.neighbour))
    ask = {"to": ladder.neighbour.ods_code, "reason": "It arises with you"}
    answered(lead.post(f"risks/{reference}/transfer/", **ask), 201)
    assert lead.do(f"risks/{reference}/withdraw-transfer/")["status"] == "WITHDRAWN"
    refused(neighbour.get(f"risks/{reference}/"), 404)

    clock.now += timedelta(hours=1)
    lead.do(f"risks/{reference}/transfer/", **ask)
    assert neighbour.post(f"risks/{reference}/decline-transfer/", why="Not ours").status_code == 204
    assert lead.list(f"risks/{reference}/transfers/")[0]["decision_words"] == "Not ours"
    refused(neighbour.post(f"risks/{reference}/accept-transfer/", owner=str(neighbour.actor.user.pk)), 404)

    lead.do(f"risks/{reference}/transfer/", **ask)
    taken = neighbour.do(f"risks/{reference}/accept-transfer/", owner=str(neighbour.actor.user.pk))
    assert taken["organisation"]["name"] == ladder.neighbour.name
    assert lead.read(f"risks/{reference}/")["is_read_in_full"] is False


def test_a_transfer_that_nobody_asked_for_cannot_be_decided(lead: Caller, reference: str) -> None:
    refused(lead.post(f"risks/{reference}/accept-transfer/", owner=str(lead.actor.user.pk)), 404)


def test_a_control_is_added_and_ended(lead: Caller, reference: str) -> None:
    control = answered(lead.post(f"risks/{reference}/controls/", text="A second check"), 201)
    ended = lead.do(f"risks/{reference}/controls/{control['id']}/end/", why="Nobody does it")
    assert ended["ended_why"] == "Nobody does it"
    refused(lead.post(f"risks/{reference}/controls/{control['id']}/end/", why="Again"), 409)


def test_an_action_is_added_given_completed_and_dropped(ladder: Ladder, lead: Caller, reference: str) -> None:
    colleague = ladder.actor(ladder.provider, Role.REPORTER)
    due_on = (NOW + timedelta(days=30)).date().isoformat()
    ask = {"text": "Agree a form", "owner": str(lead.actor.user.pk), "due_on": due_on}
    first = answered(lead.post(f"risks/{reference}/actions/", **ask), 201)
    path = f"risks/{reference}/actions/{first['id']}"
    assert lead.do(f"{path}/give/", owner=str(colleague.user.pk))["owner"]["id"] == str(colleague.user.pk)
    assert Caller(colleague).do(f"{path}/complete/", words="Agreed")["done_words"] == "Agreed"
    second = lead.do(f"risks/{reference}/actions/", **ask)
    assert lead.do(f"risks/{reference}/actions/{second['id']}/drop/", why="Not needed")["dropped_at"]
    refused(lead.post(f"risks/{reference}/actions/{second['id']}/complete/", words="Late"), 409)
    assert [action["id"] for action in lead.list(f"risks/{reference}/actions/")]


def test_an_action_is_found_only_under_its_own_risk(lead: Caller, reference: str) -> None:
    other = lead.do("risks/", **FIELDS)["reference"]
    control = lead.do(f"risks/{other}/controls/", text="Elsewhere")["id"]
    refused(lead.post(f"risks/{reference}/controls/{control}/end/", why="Not here"), 404)


def test_a_comment_is_added_by_whoever_logs_risks_and_reads_it_in_full(
    ladder: Ladder, lead: Caller, reference: str
) -> None:
    icb = Caller(ladder.actor(ladder.icb, Role.REPORTER))
    answered(icb.post(f"risks/{reference}/comments/", text="We see this elsewhere"), 201)
    said = lead.list(f"risks/{reference}/comments/")
    assert [(comment["text"], comment["organisation"]["name"]) for comment in said] == [
        ("We see this elsewhere", ladder.icb.name)
    ]
    viewer = Caller(ladder.actor(ladder.icb, Role.VIEWER))
    refused(viewer.post(f"risks/{reference}/comments/", text="I only read"), 403)


def test_the_history_says_in_words_who_did_what_newest_first(lead: Caller, reference: str) -> None:
    lead.patch(f"risks/{reference}/", title="New words", version=1)
    lead.do(f"risks/{reference}/review/", words="All well")
    events = lead.list(f"risks/{reference}/history/")
    words = [(event["by"]["name"], event["words"]) for event in events]
    assert words == [
        ("Amina Yusuf", "reviewed the risk: All well"),
        ("Amina Yusuf", "changed: title"),
        ("Amina Yusuf", "logged the risk at 4 x 4 = 16"),
    ]
    assert events[1]["changes"] == [{"field": "title", "before": FIELDS["title"], "after": "New words"}]


def test_who_can_see_a_risk_and_why_is_listed(ladder: Ladder, lead: Caller, reference: str) -> None:
    shares = {(share["organisation"]["name"], share["basis"]) for share in lead.list(f"risks/{reference}/shares/")}
    assert shares == {(ladder.provider.name, "OWNER"), (ladder.icb.name, "OVERSIGHT")}


def test_an_escalation_goes_to_another_icb_only_with_a_reason(ladder: Ladder, lead: Caller, reference: str) -> None:
    ask = {"to": ladder.other_icb.ods_code, "reason": "Why", "ask": "What"}
    errors = wrong(lead.post(f"risks/{reference}/escalate/", **ask))
    assert list(errors) == ["why_this_body"]
    raised = lead.do(f"risks/{reference}/escalate/", **ask, why_this_body="It runs the service")
    assert raised["to_organisation"]["name"] == ladder.other_icb.name


def test_an_immediate_escalation_shows_the_duty_telephone_of_the_body_asked(
    ladder: Ladder, lead: Caller, reference: str
) -> None:
    ladder.icb.duty_phone = "020 7946 0000"
    ladder.icb.save()
    raised = lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What", immediate=True)
    assert raised["duty_phone"] == "020 7946 0000"


VERBS = ["score", "review", "close", "reopen", "hand-over", "transfer", "involve", "stop-involving", "escalate"]


def test_whoever_may_not_do_it_learns_so_before_what_they_left_out(ladder: Ladder, reference: str) -> None:
    for role in (Role.VIEWER, Role.REPORTER):
        caller = Caller(ladder.actor(ladder.provider, role))
        for verb in VERBS:
            refused(caller.post(f"risks/{reference}/{verb}/"), 403)


def test_a_risk_that_is_not_shared_has_no_verbs(ladder: Ladder, reference: str) -> None:
    neighbour = Caller(ladder.actor(ladder.neighbour))
    for verb in [*VERBS, "accept-transfer", "save-draft", "log", "discard", "controls", "comments", "read-feedback"]:
        refused(neighbour.post(f"risks/{reference}/{verb}/"), 404)
