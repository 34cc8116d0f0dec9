"""The filters that the numbers of a dashboard lead to: what each finds, for whom, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from escalations import services as escalations
from risks import services as risks
from tests.api.conftest import Caller, wrong
from tests.factories import NOW
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def found(actor: Actor, **query: object) -> list[str]:
    return sorted(row["title"] for row in Caller(actor).list("risks/", **query))


def test_by_each_half_of_the_score(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Often", likelihood=5, consequence=1)
    ladder.risk(lead, title="Grave", likelihood=1, consequence=5)
    assert found(lead, likelihood=5) == ["Often"]
    assert found(lead, consequence=5) == ["Grave"]
    assert found(lead, likelihood=5, consequence=5) == []


def test_by_what_is_missing(ladder: Ladder, lead: Actor) -> None:
    bare = ladder.risk(lead, title="Bare", effect="Letters wait for sign-off before they are sent")
    ladder.risk(lead, title="Controlled", controls=["A check"])
    assert found(lead, missing="control") == ["Bare"]
    assert found(lead, missing="target") == ["Bare", "Controlled"]
    assert found(lead, missing="effect") == ["Bare"]
    control = risks.add_control(risk=bare, text="A check", by=lead, now=NOW)
    judged = {"likelihood": 1, "consequence": 1, "rationale": ""}
    risks.score_risk(risk=bare, kind="TARGET", by=lead, now=NOW, **judged)
    assert found(lead, missing="control") == []
    assert found(lead, missing="target") == ["Controlled"]
    risks.end_control(control=control, why="It went", by=lead, now=NOW)
    assert found(lead, missing="control") == ["Bare"]


def test_by_days_in_london(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="June", now=NOW.replace(month=5, day=31, hour=23, minute=30))
    ladder.risk(lead, title="May", now=NOW.replace(month=5, day=31, hour=22, minute=30))
    risks.save_draft(fields={"title": "Draft"}, by=lead, now=NOW)
    assert found(lead, logged_from="2026-06-01") == ["June"]
    assert found(lead, logged_to="2026-05-31") == ["May"]
    assert found(lead, logged_from="31/05/2026", logged_to="01/06/2026") == ["June", "May"]


def test_by_when_it_was_closed(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, title="Closed")
    ladder.risk(lead, title="Open")
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    assert found(lead, closed_from=NOW.date(), closed_to=NOW.date()) == ["Closed"]
    assert found(lead, closed_to=NOW.date() - timedelta(days=1)) == []


def test_by_late_actions(ladder: Ladder, lead: Actor) -> None:
    late = ladder.risk(lead, title="Late", now=NOW - timedelta(days=30))
    ladder.risk(lead, title="Nothing to do")
    given = {"text": "Mend it", "owner": lead.user, "by": lead, "now": NOW - timedelta(days=20)}
    action = risks.add_action(risk=late, due_on=date(2026, 10, 30), **given)
    assert found(lead, action_overdue="true") == ["Late"]
    assert found(lead, action_overdue="false") == ["Nothing to do"]
    risks.complete_action(action=action, words="Done", by=lead, now=NOW)
    assert found(lead, action_overdue="true") == []


def test_by_scores_that_went_up_or_down(ladder: Ladder, lead: Actor) -> None:
    """Of a risk that was given the score it had, neither."""
    changes = {"Up": (5, 5), "Down": (1, 1), "Same": (4, 4), "Turned": (2, 4)}
    for title, (likelihood, consequence) in changes.items():
        risk = ladder.risk(lead, title=title, now=NOW - timedelta(days=40))
        judged = {"kind": "CURRENT", "rationale": "", "likelihood": likelihood, "consequence": consequence}
        risks.score_risk(risk=risk, by=lead, now=NOW, **judged)
    assert found(lead, raised="2026-11") == ["Up"]
    assert found(lead, lowered="2026-11") == ["Down", "Turned"]
    assert found(lead, raised="2026-10") == []


def test_by_the_band_in_which_it_stood_at_the_end_of_a_month(ladder: Ladder, lead: Actor) -> None:
    """Also of what has closed since; what closed within the month no longer stood at its end."""
    september, october = (datetime(2026, month, 10, 10, tzinfo=UTC) for month in (9, 10))
    raised = ladder.risk(lead, title="Raised", now=september, likelihood=1, consequence=3)
    judged = {"kind": "CURRENT", "rationale": "", "likelihood": 5, "consequence": 5}
    risks.score_risk(risk=raised, by=lead, now=october, **judged)
    gone = ladder.risk(lead, title="Gone", now=september, likelihood=1, consequence=3)
    risks.close_risk(risk=gone, closure_reason="CONTROLLED", words="", by=lead, now=october)
    assert found(lead, stood="2026-08-LOW") == []
    assert found(lead, stood="2026-09-LOW") == ["Gone", "Raised"]
    assert found(lead, stood="2026-10-LOW") == []
    assert found(lead, stood="2026-10-EXTREME") == found(lead, stood="2026-11-EXTREME") == ["Raised"]


def test_by_what_a_risk_crosses_to(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Named", involved=[ladder.neighbour])
    abroad = ladder.risk(lead, title="Abroad", involved=[ladder.other_icb])
    escalations.escalate_risk(risk=abroad, reason="Why", ask="What", by=lead, now=NOW)
    assert found(lead, crosses_to=ladder.neighbour.ods_code) == ["Named"]
    assert found(lead, crosses_to=ladder.icb.ods_code) == ["Abroad"]
    assert found(lead, area=ladder.icb.ods_code) == ["Abroad", "Named"]
    assert found(lead, area=ladder.icb.ods_code, crosses_to_area=ladder.other_icb.ods_code) == ["Abroad"]
    assert found(lead, crosses_to_area=ladder.icb.ods_code) == []
    assert found(lead, area=ladder.provider.ods_code) == []
    assert found(lead, crosses_to="NOBODY") == []


def test_by_how_much_of_it_is_read(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Theirs", involved=[ladder.neighbour])
    neighbour = ladder.actor(ladder.neighbour)
    ladder.risk(neighbour, title="Ours")
    assert found(neighbour, in_full="true") == ["Ours"]
    assert found(neighbour, in_full="false") == ["Theirs"]


def test_no_filter_tells_a_reader_in_part_what_it_may_not_know(ladder: Ladder, lead: Actor) -> None:
    """Whether an action is late, when the risk was closed, and who else is named on it or was asked."""
    risk = ladder.risk(lead, involved=[ladder.neighbour, ladder.other_icb], now=NOW - timedelta(days=30))
    hop = escalations.escalate_risk(risk=risk, reason="Why", ask="What", by=lead, now=NOW)
    given = {"text": "Mend it", "owner": lead.user, "by": lead, "now": NOW - timedelta(days=20)}
    action = risks.add_action(risk=risk, due_on=date(2026, 10, 30), **given)
    neighbour = ladder.actor(ladder.neighbour)
    assert found(neighbour) == [risk.title]
    asked = [("action_overdue", "true"), ("action_overdue", "false"), ("crosses_to_area", ladder.other_icb.ods_code)]
    asked += [("stood", "2026-11-EXTREME")]
    asked += [("crosses_to", body.ods_code) for body in (ladder.icb, ladder.neighbour, ladder.other_icb)]
    assert {pair: found(neighbour, **dict([pair])) for pair in asked} == {pair: [] for pair in asked}
    assert found(lead, crosses_to=ladder.other_icb.ods_code) == [risk.title]
    risks.complete_action(action=action, words="Done", by=lead, now=NOW)
    escalations.withdraw(escalation=hop, why="Mended", by=lead, now=NOW)
    for body in (ladder.neighbour, ladder.other_icb):
        involvement = risk.involvements.get(organisation=body)
        own = ladder.risk(ladder.actor(body), title="Own", reach="1")
        given = {"own_risk": own.reference, "kind": ""}
        risks.answer_with_own_risk(involvement=involvement, by=ladder.actor(body), now=NOW, **given)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    assert risk.title in found(neighbour, status="CLOSED")
    assert found(neighbour, closed_to=NOW.date()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("likelihood", "6"),
        ("consequence", "x"),
        ("in_full", "yes"),
        ("missing", "everything"),
        ("action_overdue", "1"),
        ("logged_from", "yesterday"),
        ("logged_to", "9999-12-31"),
        ("closed_from", "0001-01-01"),
        ("closed_to", "2026-02-30"),
        ("crosses_to", "A" * 11),
        ("area", "\x00"),
        ("raised", "2026-13"),
        ("lowered", "November"),
        ("stood", "2026-10"),
        ("stood", "2026-10-WORST"),
        ("references", "1"),
        ("references", "PSR-000001,"),
        ("references", "PSR-000001 PSR-000002"),
        ("references", ",".join(["PSR-000001"] * 101)),
    ],
)
def test_what_makes_no_sense_is_refused_on_page_and_api(lead: Actor, name: str, value: str) -> None:
    assert list(wrong(Caller(lead).get("risks/", **{name: value}))) == [name]
    page = visitor(lead).get("/risks/", {name: value})
    assert page.status_code == 422
    assert "There is a problem" in words(page)


def test_filters_that_only_links_ask_for_can_be_taken_away(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead)
    page = visitor(lead).get(f"/risks/?raised=2026-11&area={ladder.icb.ods_code}&missing=target")
    shown = words(page)
    assert "Score raised in: 2026-11" in shown
    assert f"Owned in: {ladder.icb.ods_code}" in shown
    assert "Lacks: A target score" in shown
    assert 'type="hidden" name="raised" value="2026-11"' in page.content.decode()


def test_by_reference_what_is_hidden_is_not_found_as_what_does_not_exist(ladder: Ladder, lead: Actor) -> None:
    seen = [ladder.risk(lead, title=title).reference for title in ("First", "Second", "Third")]
    hidden = ladder.risk(ladder.actor(ladder.neighbour), title="Hidden").reference
    assert found(lead, references=",".join(seen[:2])) == ["First", "Second"]
    assert found(lead, references=f"{seen[0]},{hidden},PSR-999999") == ["First"]
    assert found(lead, references=hidden) == found(lead, references="PSR-999999") == []
