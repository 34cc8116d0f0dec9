"""The pages on which people work on one risk: who may open them, what they say, and what they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from accounts.models import Role
from escalations import services as escalations
from risks import services as risks
from risks.models import Action, Control, Involvement, Risk, ScoreKind, Transfer
from tests.factories import NOW, OrganisationFactory
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor
    from accounts.models import Organisation
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


@dataclass
class Scene:
    """A risk that names the neighbour, with one control and one action, and another in other states."""

    ladder: Ladder
    lead: Actor
    risk: Risk
    control: Control
    action: Action
    involvement: Involvement
    closed: Risk

    def address(self, page: str) -> str:
        """`score/`, `control/<control>/end/`, `closed:reopen/`."""
        whose, _, page = page.rpartition(":")
        risk = self.closed if whose else self.risk
        ids = {name: str(getattr(self, name).pk) for name in ("control", "action", "involvement")}
        for name, pk in ids.items():
            page = page.replace(f"<{name}>", pk)
        return f"/risks/{risk.reference}/{page}"

    def get(self, page: str, actor: Actor | None = None) -> HttpResponse:
        return visitor(actor or self.lead).get(self.address(page))

    def post(self, page: str, actor: Actor | None = None, **typed: Any) -> HttpResponse:
        return visitor(actor or self.lead).post(self.address(page), typed)


@pytest.fixture
def scene(ladder: Ladder) -> Scene:
    lead = ladder.actor(ladder.provider, name="Amina Yusuf")
    risk = ladder.risk(lead, involved=[ladder.neighbour], controls=["The pharmacist rings"])
    action = risks.add_action(
        risk=risk, text="Agree who is told", owner=lead.user, due_on=date(2026, 12, 1), by=lead, now=NOW
    )
    closed = ladder.risk(lead, title="Old bed rails", reach="1")
    risks.close_risk(risk=closed, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    return Scene(ladder, lead, risk, risk.controls.get(), action, risk.involvements.get(), closed)


PAGES = {
    "edit/": "Change what this risk says",
    "score/": "Score this risk",
    "review/": "Review this risk",
    "control/": "Add a control",
    "control/<control>/end/": "End a control",
    "comment/": "Comment on this risk",
    "hand-over/": "Hand this risk over",
    "action/": "Add an action",
    "action/<action>/complete/": "Complete an action",
    "action/<action>/drop/": "Drop an action",
    "action/<action>/give/": "Give an action to somebody else",
    "close/": "Close this risk",
    "closed:reopen/": "Open this risk again",
    "involve/": "Name other organisations on this risk",
    "involve/<involvement>/remove/": "Take Test Neighbour Hospital off this risk",
    "transfer/": "Ask another organisation to take this risk over",
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_a_heading_says_which_risk_it_is_about_and_leads_back(scene: Scene, page: str) -> None:
    answer = scene.get(page)
    assert answer.status_code == 200
    risk = scene.closed if page.startswith("closed:") else scene.risk
    assert f"{risk.reference} {risk.title} {PAGES[page]}" in words(answer)
    assert f'class="nhsuk-back-link" href="/risks/{risk.reference}/"' in answer.content.decode().replace("\n", "")


@pytest.mark.parametrize("page", PAGES)
def test_who_may_open_each_page(scene: Scene, page: str) -> None:
    """Unseen is 404, seen but not permitted 403. What only full readers read does not exist for the neighbour."""
    ladder = scene.ladder
    for_all_readers_in_full = page == "comment/"
    hidden_from_the_involved = "<action>" in page or "<involvement>" in page or page.startswith("closed:")
    expected = {
        ladder.actor(ladder.provider): 200,
        ladder.actor(ladder.provider, Role.REPORTER): 200 if for_all_readers_in_full else 403,
        ladder.actor(ladder.provider, Role.VIEWER): 403,
        ladder.actor(ladder.provider, Role.ADMINISTRATOR): 404,
        ladder.actor(ladder.neighbour): 404 if hidden_from_the_involved else 403,
        ladder.actor(ladder.icb): 404 if page.startswith("closed:") else 200 if for_all_readers_in_full else 403,
        ladder.actor(ladder.other_icb): 404,
        ladder.actor(ladder.national): 404,
    }
    answers = {actor: scene.get(page, actor) for actor in expected}
    assert {actor: answer.status_code for actor, answer in answers.items()} == expected


@pytest.mark.parametrize("page", [page for page in PAGES if "<" in page])
def test_a_part_of_another_risk_or_of_none_is_not_found(scene: Scene, page: str) -> None:
    other = scene.ladder.risk(scene.lead)
    assert (
        visitor(scene.lead).get(scene.address(page).replace(scene.risk.reference, other.reference)).status_code == 404
    )
    part = page.partition("<")[2].partition(">")[0]
    assert scene.get(page.replace(f"<{part}>", str(uuid4()))).status_code == 404


@pytest.mark.parametrize("page", [page for page in PAGES if not set(page) & set("<:")])
def test_a_closed_risk_cannot_be_worked_on_but_for_a_comment(scene: Scene, page: str) -> None:
    answer = scene.get(f"closed:{page}")
    if page == "comment/":
        assert answer.status_code == 200
    else:
        assert answer.status_code == 409
        assert f"{scene.closed.reference} is closed" in words(answer)


def test_scoring_shows_the_scores_so_far_and_adds_one(scene: Scene) -> None:
    said = words(scene.get("score/"))
    assert "I Initial 16 Extreme likelihood 4, consequence 4" in said
    assert "C Current 16 Extreme likelihood 4, consequence 4" in said
    assert "2 Unlikely Not expected to happen, but it could" in said
    answer = scene.post("score/", kind="TARGET", likelihood="1", consequence="3", rationale="Once letters are sent")
    assert (answer.status_code, answer["Location"]) == (303, f"/risks/{scene.risk.reference}/")
    target = scene.risk.scores.get(kind=ScoreKind.TARGET)
    assert (target.score, target.rationale) == (3, "Once letters are sent")
    scene.risk.refresh_from_db()
    assert scene.risk.score == 16


def test_the_page_can_be_opened_for_the_target(scene: Scene) -> None:
    page = visitor(scene.lead).get(scene.address("score/"), {"kind": "TARGET"}).content.decode()
    target = page.partition('value="TARGET"')[2].partition(">")[0]
    assert "checked" in target


def test_a_score_that_was_not_chosen_is_asked_for(scene: Scene) -> None:
    answer = scene.post("score/", kind="CURRENT", rationale="Typed already")
    assert answer.status_code == 422
    assert words(answer).count("Select how likely it is") == 2
    assert words(answer).count("Select how serious it would be") == 2
    assert "Typed already" in words(answer)


def test_a_review_says_when_the_next_is_due(scene: Scene) -> None:
    assert (
        "Extreme risks are reviewed every month. If you review it now, the next review is due on 3 December 2026"
        in words(scene.get("review/"))
    )
    assert scene.post("review/", words="All holds").status_code == 303
    scene.risk.refresh_from_db()
    assert scene.risk.reviewed_at == NOW


def test_a_control_is_added_and_ended(scene: Scene) -> None:
    assert scene.post("control/", text="A nurse rings").status_code == 303
    assert scene.risk.controls.count() == 2
    page = "control/<control>/end/"
    assert "The pharmacist rings" in words(scene.get(page))
    assert scene.post(page, why="Nobody rings").status_code == 303
    scene.control.refresh_from_db()
    assert (scene.control.ended_at, scene.control.ended_why) == (NOW, "Nobody rings")
    assert "This control has been ended already" in words(scene.get(page))


def test_an_action_is_added(scene: Scene) -> None:
    other = scene.ladder.actor(scene.ladder.provider, Role.REPORTER, name="Ben Carter")
    typed = {"text": "Write to all practices", "due_on_day": "1", "due_on_month": "2", "due_on_year": "2027"}
    assert scene.post("action/", **typed, owner=other.user.pk).status_code == 303
    added = scene.risk.actions.get(owner=other.user)
    assert (added.text, added.due_on) == ("Write to all practices", date(2027, 2, 1))


def test_an_action_that_cannot_be_is_refused_beside_its_fields(scene: Scene) -> None:
    stranger = scene.ladder.actor(scene.ladder.neighbour)
    typed = {"due_on_day": "1", "due_on_month": "2", "due_on_year": "2026"}
    answer = scene.post("action/", **typed, owner=stranger.user.pk)
    said = words(answer)
    assert answer.status_code == 422
    assert "Enter what will be done" in said
    assert "Choose somebody who works for your organisation" in said
    past = scene.post("action/", text="Write", **typed, owner=scene.lead.user.pk)
    assert (past.status_code, words(past).count("Enter a date that is today or later")) == (422, 2)
    assert scene.risk.actions.count() == 1


def test_an_action_is_completed_by_the_reporter_who_owns_it(scene: Scene) -> None:
    reporter = scene.ladder.actor(scene.ladder.provider, Role.REPORTER, name="Ben Carter")
    assert scene.post("action/<action>/give/", owner=reporter.user.pk).status_code == 303
    page = "action/<action>/complete/"
    assert "Agree who is told Ben Carter is to do it by 1 December 2026" in words(scene.get(page, reporter))
    assert scene.post(page, reporter, words="All agreed").status_code == 303
    scene.action.refresh_from_db()
    assert (scene.action.done_at, scene.action.done_words) == (NOW, "All agreed")
    late = scene.post("action/<action>/drop/", why="Typed while it was being completed")
    assert late.status_code == 409
    assert "completed or dropped already" in words(late)
    assert "Typed while it was being completed" in words(late)


def test_an_action_is_dropped_with_a_reason(scene: Scene) -> None:
    assert "Enter why it will not be done" in words(scene.post("action/<action>/drop/"))
    assert scene.post("action/<action>/drop/", why="Done elsewhere").status_code == 303
    scene.action.refresh_from_db()
    assert scene.action.dropped_at == NOW


def test_comments_are_added_by_the_icb_too(scene: Scene) -> None:
    icb = scene.ladder.actor(scene.ladder.icb, Role.REPORTER)
    assert scene.post("comment/", icb, text="Seen at two other trusts").status_code == 303
    assert scene.risk.comments.get().organisation == scene.ladder.icb


def test_a_comment_that_may_identify_a_patient_is_asked_about(scene: Scene) -> None:
    asked = scene.post("comment/", text="Ring 0191 498 0123")
    assert (asked.status_code, scene.risk.comments.count()) == (409, 0)
    assert "Ring 0191 498 0123" in words(asked)
    assert scene.post("comment/", text="Ring 0191 498 0123", personal_data_checked="on").status_code == 303


def test_a_draft_cannot_be_reviewed(scene: Scene) -> None:
    draft = risks.save_draft(fields={"title": "Begun"}, by=scene.lead, now=NOW)
    for answer in (visitor(scene.lead).get, visitor(scene.lead).post):
        assert answer(f"/risks/{draft.reference}/review/").status_code == 409


def test_a_draft_cannot_be_commented_on_yet(scene: Scene) -> None:
    draft = risks.save_draft(fields={"title": "Begun"}, by=scene.lead, now=NOW)
    answer = visitor(scene.lead).get(f"/risks/{draft.reference}/comment/")
    assert (answer.status_code, "once it is logged" in words(answer)) == (409, True)


def test_a_risk_is_handed_over(scene: Scene) -> None:
    reporter = scene.ladder.actor(scene.ladder.provider, Role.REPORTER, name="Ben Carter")
    scene.ladder.actor(scene.ladder.provider, Role.VIEWER, name="Vera Viewer")
    asked = words(scene.get("hand-over/"))
    assert "Amina Yusuf owns it now" in asked
    assert "Vera Viewer" not in asked
    assert scene.post("hand-over/", to=reporter.user.pk).status_code == 303
    scene.risk.refresh_from_db()
    assert scene.risk.owner == reporter.user
    assert scene.get("hand-over/", reporter).status_code == 200  # who owns it may hand it on


def test_closing_says_what_is_waited_for_and_offers_no_button(scene: Scene) -> None:
    escalations.escalate_risk(risk=scene.risk, reason="We cannot change it", ask="Act", by=scene.lead, now=NOW)
    answer = scene.get("close/")
    said = words(answer)
    assert f"{scene.ladder.icb.name} has yet to acknowledge the escalation" in said
    assert "1 action is not done" in said
    assert "Close the risk" not in said
    late = scene.post("close/", closure_reason="CONTROLLED", words="Typed before the escalation")
    assert late.status_code == 409
    assert "cannot be closed yet" in words(late)
    assert "Typed before the escalation" in words(late)


def test_a_risk_is_closed_and_opened_again(scene: Scene) -> None:
    risks.complete_action(action=scene.action, words="", by=scene.lead, now=NOW)
    asked, answers = scene.involvement, scene.ladder.actor(scene.ladder.neighbour)
    assert "Test Neighbour Hospital has yet to give a position on the risk" in words(scene.get("close/"))
    risks.answer_not_affected(involvement=asked, words="We use another form", by=answers, now=NOW)
    assert "Select why it is closed" in words(scene.post("close/"))
    assert scene.post("close/", closure_reason="TOLERATED", words="Agreed in March").status_code == 303
    scene.risk.refresh_from_db()
    assert (scene.risk.closure_reason, scene.risk.closure_words) == ("TOLERATED", "Agreed in March")
    assert scene.get("reopen/").status_code == 200
    assert scene.post("reopen/", why="It is back").status_code == 303
    scene.risk.refresh_from_db()
    assert scene.risk.is_open
    assert "is not closed" in words(scene.get("reopen/"))


def test_organisations_are_named_and_taken_off(scene: Scene) -> None:
    across = OrganisationFactory(name="Far Hospital", ods_code="FAR1", parent=scene.ladder.other_icb)
    named = words(scene.get("involve/")).split("Named already")[1]
    assert "Test Neighbour Hospital Due in 10 working days, by Tuesday 17 November 2026, 10am Take off" in named
    assert scene.post("involve/", involved=["FAR1", "", ""]).status_code == 303
    assert [risk_is_seen_by(body, scene) for body in (across, scene.ladder.other_icb)] == [True, True]
    scene.involvement = scene.risk.involvements.get(organisation=across)
    page = "involve/<involvement>/remove/"
    assert "stop seeing the risk at once" in words(scene.get(page))
    assert scene.post(page).status_code == 303
    assert [risk_is_seen_by(body, scene) for body in (across, scene.ladder.other_icb)] == [False, False]


def risk_is_seen_by(organisation: Organisation, scene: Scene) -> bool:
    return Risk.objects.visible_to(scene.ladder.actor(organisation)).filter(pk=scene.risk.pk).exists()


def test_organisations_that_cannot_be_named_or_asked_say_why(scene: Scene) -> None:
    OrganisationFactory(name="Old Trust", ods_code="OLD1", parent=scene.ladder.icb, closed_on=NOW.date())
    for page, typed, said in (
        ("involve/", {"involved": "OLD1"}, "Old Trust has closed and cannot be involved"),
        ("involve/", {"involved": scene.ladder.neighbour.ods_code}, "already named on this risk"),
        ("involve/", {}, "Enter an organisation"),
        ("transfer/", {"to": "OLD1", "reason": "Theirs"}, "Old Trust has closed and cannot take a risk over"),
        ("transfer/", {"to": "Nowhere", "reason": "Theirs"}, "We could not find “Nowhere”"),
        ("transfer/", {"to": scene.ladder.provider.ods_code, "reason": "Ours"}, "the risk is already yours"),
    ):
        answer = scene.post(page, **typed)
        assert answer.status_code == 422
        assert said in words(answer)
    assert not Transfer.objects.exists()


@pytest.fixture
def taker(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.neighbour, name="Nadia Rahman")


def asked(scene: Scene) -> Transfer:
    answer = scene.post("transfer/", to=scene.ladder.neighbour.ods_code, reason="Their system sends it")
    assert answer.status_code == 303
    return Transfer.objects.get()


def test_a_transfer_is_asked_for_and_accepted_naming_an_owner(scene: Scene, taker: Actor) -> None:
    transfer = asked(scene)
    page = f"transfer/{transfer.pk}/accept/"
    said = words(scene.get(page, taker))
    assert f"{scene.ladder.provider.name} asks {scene.ladder.neighbour.name} to take this risk over" in said
    assert "Their system sends it" in said
    refused = scene.post(page, taker, owner=scene.lead.user.pk)
    assert (refused.status_code, scene.get(page, scene.lead).status_code) == (422, 403)
    assert scene.post(page, taker, owner=taker.user.pk).status_code == 303
    scene.risk.refresh_from_db()
    assert (scene.risk.organisation, scene.risk.owner) == (scene.ladder.neighbour, taker.user)
    again = scene.get(page, taker)
    assert again.status_code == 409
    assert "This was accepted by Nadia Rahman on 3 November 2026" in words(again)


def test_a_transfer_is_declined_and_the_risk_is_seen_no_more(scene: Scene, taker: Actor) -> None:
    risks.stop_involving(involvement=scene.involvement, by=scene.lead, now=NOW)
    transfer = asked(scene)
    page = f"transfer/{transfer.pk}/decline/"
    assert "Enter why you decline it" in words(scene.post(page, taker))
    answer = scene.post(page, taker, why="Not our letters")
    assert (answer.status_code, answer["Location"]) == (303, "/risks/")
    assert scene.get(page, taker).status_code == 404
    late = scene.post(f"transfer/{transfer.pk}/withdraw/")
    assert "This was declined by Nadia Rahman" in words(late)


def test_whoever_sees_the_risk_anyway_goes_back_to_it_after_declining(scene: Scene, taker: Actor) -> None:
    answer = scene.post(f"transfer/{asked(scene).pk}/decline/", taker, why="Not our letters")
    assert answer["Location"] == f"/risks/{scene.risk.reference}/"


def test_a_transfer_is_taken_back_and_only_one_waits_at_a_time(scene: Scene) -> None:
    transfer = asked(scene)
    assert f"{scene.ladder.neighbour.name} was asked on 3 November 2026" in words(scene.get("transfer/"))
    assert scene.post(f"transfer/{transfer.pk}/withdraw/").status_code == 303
    assert scene.get("transfer/").status_code == 200


def test_an_escalated_risk_is_not_transferred(scene: Scene) -> None:
    escalations.escalate_risk(risk=scene.risk, reason="We cannot change it", ask="Act", by=scene.lead, now=NOW)
    answer = scene.get("transfer/")
    assert answer.status_code == 409
    assert "is escalated. It can change hands once" in words(answer)
