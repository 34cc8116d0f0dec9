"""Working on a logged risk: scores, reviews, controls, actions, comments, and whose it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from notifications.models import Notification
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Action, Control, Risk
from safetyreg.audit.models import AuditEvent
from safetyreg.errors import ConfirmationNeeded
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.actors import Actor
    from tests.ladder import Ladder

IN_A_MONTH = date(2026, 12, 3)


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def reporter(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.REPORTER)


@pytest.fixture
def risk(ladder: Ladder, lead: Actor) -> Risk:
    return ladder.risk(lead)


def score(risk: Risk, by: Actor, kind: str = "CURRENT", likelihood: int = 2, consequence: int = 2) -> None:
    risks.score_risk(risk=risk, kind=kind, likelihood=likelihood, consequence=consequence, rationale="", by=by, now=NOW)


def action(risk: Risk, by: Actor, **changes: object) -> Action:
    asked = {"text": "Agree who is told", "owner": by.user, "due_on": IN_A_MONTH} | changes
    return risks.add_action(risk=risk, by=by, now=NOW, **asked)


def review_due(risk: Risk) -> date:
    return Deadline.objects.live().get(kind=DeadlineKind.REVIEW, risk_reference=risk.reference).due_at.date()


WORK: dict[str, Callable[[Risk, Actor], object]] = {
    "score": score,
    "review": lambda risk, by: risks.review_risk(risk=risk, words="", by=by, now=NOW),
    "control": lambda risk, by: risks.add_control(risk=risk, text="Ring", by=by, now=NOW),
    "action": action,
    "involve": lambda risk, by: risks.involve(
        risk=risk, organisations=[risk.organisation.parent.parent], by=by, now=NOW
    ),
    "transfer": lambda risk, by: risks.propose_transfer(
        risk=risk, to=risk.organisation.parent, reason="Theirs", by=by, now=NOW
    ),
    "close": lambda risk, by: risks.close_risk(risk=risk, closure_reason="TOLERATED", words="", by=by, now=NOW),
}


@pytest.mark.parametrize("verb", WORK)
def test_only_safety_leads_of_its_organisation_work_on_a_risk(
    ladder: Ladder, risk: Risk, reporter: Actor, verb: str
) -> None:
    strangers = [ladder.actor(body) for body in (ladder.icb, ladder.neighbour, ladder.region, ladder.national)]
    viewers = [ladder.actor(ladder.provider, role) for role in (Role.VIEWER, Role.ADMINISTRATOR)]
    before = AuditEvent.objects.count()
    for by in (reporter, *strangers, *viewers):
        with pytest.raises(PermissionDenied):
            WORK[verb](risk, by)
    assert AuditEvent.objects.count() == before
    WORK[verb](risk, ladder.actor(ladder.provider))
    assert AuditEvent.objects.count() == before + 1


@pytest.mark.parametrize("verb", list(WORK))
def test_only_an_open_risk_is_worked_on(ladder: Ladder, lead: Actor, verb: str) -> None:
    closed = ladder.risk(lead)
    risks.close_risk(risk=closed, closure_reason="TOLERATED", words="", by=lead, now=NOW)
    draft = risks.save_draft(fields={"title": "Begun"}, by=lead, now=NOW)
    for risk in (closed, draft):
        with pytest.raises(WrongStatus, match="only an open risk"):
            WORK[verb](risk, lead)


@pytest.mark.parametrize("verb", WORK)
def test_a_risk_that_has_changed_hands_meanwhile_is_out_of_reach(
    ladder: Ladder, risk: Risk, lead: Actor, verb: str
) -> None:
    """Whoever still holds the page of a risk that another organisation took over may do nothing with it."""
    as_it_was = Risk.objects.select_related("organisation__parent__parent").get(pk=risk.pk)
    taker = ladder.actor(ladder.neighbour)
    transfer = risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="Theirs", by=lead, now=NOW)
    risks.accept_transfer(transfer=transfer, owner=taker.user, by=taker, now=NOW)
    with pytest.raises(PermissionDenied):
        WORK[verb](as_it_was, lead)


def test_a_current_score_becomes_the_score_of_the_risk(risk: Risk, lead: Actor) -> None:
    score(risk, lead, "CURRENT", 2, 3)
    score(risk, lead, "TARGET", 1, 2)
    risk.refresh_from_db()
    assert (risk.score, risk.band) == (6, "MODERATE")
    assert [(row.kind, row.score) for row in risks.standing_scores(risk)] == [
        ("INITIAL", 16),
        ("CURRENT", 6),
        ("TARGET", 2),
    ]


def test_until_it_is_judged_again_the_current_score_is_the_initial_one(risk: Risk) -> None:
    assert [(row.kind, row.score) for row in risks.standing_scores(risk)] == [("INITIAL", 16), ("CURRENT", 16)]


@pytest.mark.parametrize(
    ("kind", "likelihood", "consequence", "field"),
    [
        ("INITIAL", 1, 1, "kind"),
        ("OTHER", 1, 1, "kind"),
        ("CURRENT", 0, 1, "likelihood"),
        ("CURRENT", 1, 6, "consequence"),
    ],
)
def test_a_score_is_one_of_the_matrix(
    risk: Risk, lead: Actor, kind: str, likelihood: int, consequence: int, field: str
) -> None:
    with pytest.raises(ValidationError) as error:
        score(risk, lead, kind, likelihood, consequence)
    assert field in error.value.message_dict


def test_a_risk_that_became_worse_is_reviewed_sooner_and_one_that_became_better_keeps_its_date(
    ladder: Ladder, lead: Actor
) -> None:
    risk = ladder.risk(lead, likelihood=2, consequence=4)
    assert review_due(risk) == date(2027, 2, 3)
    score(risk, lead, "CURRENT", 5, 5)
    assert review_due(risk) == date(2026, 12, 3)
    score(risk, lead, "CURRENT", 1, 1)
    assert review_due(risk) == date(2026, 12, 3)


def test_a_review_sets_the_next_by_band(risk: Risk, lead: Actor) -> None:
    score(risk, lead, "CURRENT", 1, 3)
    later = NOW + timedelta(days=20)
    duration, at = risks.next_review(Risk.objects.get(pk=risk.pk), later)
    risks.review_risk(risk=risk, words=" All well ", by=lead, now=later)
    assert str(duration) == "12 months"
    assert review_due(risk) == at.date() == date(2027, 11, 23)
    assert AuditEvent.objects.get(verb="review_risk").summary == "reviewed the risk: All well"


def test_a_control_is_ended_once_and_stays_in_the_history(risk: Risk, lead: Actor) -> None:
    control = risks.add_control(risk=risk, text=" Ring ", by=lead, now=NOW)
    risks.end_control(control=control, why="Nobody rings", by=lead, now=NOW)
    with pytest.raises(WrongStatus, match="ended already"):
        risks.end_control(control=Control.objects.get(pk=control.pk), why="", by=lead, now=NOW)
    assert list(risk.controls.values_list("text", "ended_why")) == [("Ring", "Nobody rings")]


def test_an_action_is_due_at_the_end_of_its_day_in_london(risk: Risk, lead: Actor, reporter: Actor) -> None:
    given = action(risk, lead, owner=reporter.user)
    owed = Deadline.objects.of(given).live().get()
    assert owed.due_at.isoformat() == "2026-12-04T00:00:00+00:00"
    assert (owed.holder, owed.owed_by) == (reporter.user, lead.organisation)
    assert Notification.objects.get(recipient=reporter.user).message == (
        f"{risk.reference}: an action has been given to you"
    )


@pytest.mark.parametrize("due_on", [date(2026, 11, 2), date(1999, 1, 1), date(2036, 11, 5), date(9999, 12, 31)])
def test_an_action_is_due_within_ten_years(risk: Risk, lead: Actor, due_on: date) -> None:
    with pytest.raises(ValidationError) as error:
        action(risk, lead, due_on=due_on)
    assert list(error.value.message_dict) == ["due_on"]


def test_an_action_may_be_due_today(risk: Risk, lead: Actor) -> None:
    assert action(risk, lead, due_on=NOW.date()).due_on == NOW.date()


def test_an_action_is_completed_dropped_or_given_by_its_owner_or_a_lead(
    ladder: Ladder, risk: Risk, lead: Actor, reporter: Actor
) -> None:
    other = ladder.actor(ladder.provider, Role.REPORTER)
    done = action(risk, lead, owner=reporter.user)
    with pytest.raises(PermissionDenied):
        risks.complete_action(action=done, words="", by=other, now=NOW)
    risks.give_action_to(action=done, owner=other.user, by=reporter, now=NOW)
    assert Deadline.objects.of(done).live().get().holder == other.user
    risks.complete_action(action=Action.objects.get(pk=done.pk), words=" Agreed ", by=other, now=NOW)
    done.refresh_from_db()
    assert (done.done_at, done.done_words) == (NOW, "Agreed")
    assert not Deadline.objects.of(done).live().exists()


def test_an_action_ends_once(risk: Risk, lead: Actor) -> None:
    dropped = action(risk, lead)
    with pytest.raises(ValidationError):
        risks.drop_action(action=dropped, why=" ", by=lead, now=NOW)
    risks.drop_action(action=dropped, why="No longer needed", by=lead, now=NOW)
    for again in (
        lambda: risks.drop_action(action=dropped, why="Again", by=lead, now=NOW),
        lambda: risks.complete_action(action=dropped, words="", by=lead, now=NOW),
        lambda: risks.give_action_to(action=dropped, owner=lead.user, by=lead, now=NOW),
    ):
        with pytest.raises(WrongStatus, match="completed or dropped already"):
            again()


def test_giving_an_action_to_whoever_has_it_changes_nothing(risk: Risk, lead: Actor) -> None:
    risks.give_action_to(action=action(risk, lead), owner=lead.user, by=lead, now=NOW)
    assert not AuditEvent.objects.filter(verb="give_action_to").exists()


def test_whoever_reads_a_risk_in_full_and_logs_risks_comments(ladder: Ladder, lead: Actor, reporter: Actor) -> None:
    risk = ladder.risk(lead, involved=[ladder.neighbour])
    for by in (reporter, ladder.actor(ladder.icb, Role.REPORTER)):
        risks.add_comment(risk=risk, text="Seen here too", by=by, now=NOW)
    for by in (
        ladder.actor(ladder.neighbour),  # involved: reads it in part
        ladder.actor(ladder.other_icb),
        ladder.actor(ladder.provider, Role.VIEWER),
    ):
        with pytest.raises(PermissionDenied):
            risks.add_comment(risk=risk, text="Seen here too", by=by, now=NOW)
    assert risk.comments.count() == 2


def test_a_closed_risk_can_still_be_commented_on(risk: Risk, lead: Actor) -> None:
    risks.close_risk(risk=risk, closure_reason="TOLERATED", words="", by=lead, now=NOW)
    assert risks.add_comment(risk=risk, text="It is back", by=lead, now=NOW).text == "It is back"


def test_text_that_may_identify_a_patient_is_asked_about_everywhere(risk: Risk, lead: Actor) -> None:
    doubtful = "Ring 0191 498 0123"
    for service, given in (
        (risks.add_control, {"text": doubtful}),
        (risks.add_comment, {"text": doubtful}),
        (risks.add_action, {"text": doubtful, "owner": lead.user, "due_on": IN_A_MONTH}),
        (risks.review_risk, {"words": doubtful}),
        (risks.close_risk, {"closure_reason": "TOLERATED", "words": doubtful}),
        (risks.score_risk, {"kind": "CURRENT", "likelihood": 1, "consequence": 1, "rationale": doubtful}),
    ):
        with pytest.raises(ConfirmationNeeded):
            service(risk=risk, by=lead, now=NOW, **given)
    assert risks.add_comment(risk=risk, text=doubtful, by=lead, now=NOW, personal_data_checked=True)


def test_a_reporter_hands_over_what_they_own_and_nothing_else(ladder: Ladder, reporter: Actor) -> None:
    own = ladder.risk(reporter)
    other = ladder.actor(ladder.provider, Role.REPORTER)
    risks.hand_over_risk(risk=own, to=other.user, by=reporter, now=NOW)
    own.refresh_from_db()
    assert own.owner == other.user
    assert Deadline.objects.live().get(kind=DeadlineKind.REVIEW).holder == other.user
    with pytest.raises(PermissionDenied):
        risks.hand_over_risk(risk=own, to=reporter.user, by=reporter, now=NOW)


def test_a_risk_is_handed_over_only_to_a_member_who_can_act_on_it(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    for body, role in ((ladder.provider, Role.VIEWER), (ladder.icb, Role.SAFETY_LEAD)):
        with pytest.raises(ValidationError) as error:
            risks.hand_over_risk(risk=risk, to=ladder.actor(body, role).user, by=lead, now=NOW)
        assert list(error.value.message_dict) == ["to"]
