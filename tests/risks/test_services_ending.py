"""Closing a risk and opening it again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from escalations import services as escalations
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Risk, Status
from risks.services.ending import StillOwed
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def close(risk: Risk, by: Actor, reason: str = "CONTROLLED", words: str = "Replaced") -> Risk:
    return risks.close_risk(risk=risk, closure_reason=reason, words=words, by=by, now=NOW)


def test_a_risk_is_closed_with_a_reason(ladder: Ladder, lead: Actor) -> None:
    risk = close(ladder.risk(lead), lead)
    risk.refresh_from_db()
    assert (risk.status, risk.closed_at, risk.closure_reason, risk.closure_words) == (
        Status.CLOSED,
        NOW,
        "CONTROLLED",
        "Replaced",
    )
    assert not Deadline.objects.live().exists()
    assert AuditEvent.objects.get(verb="close_risk").summary == (
        "closed the risk. Controlled: the target score has been reached. Replaced"
    )


def test_a_risk_is_not_closed_for_an_unknown_reason_or_twice(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    with pytest.raises(ValidationError) as error:
        close(risk, lead, reason="BORED")
    assert list(error.value.message_dict) == ["closure_reason"]
    close(risk, lead)
    with pytest.raises(WrongStatus):
        close(risk, lead)


def test_a_risk_waits_for_everything_that_is_owed_on_it(ladder: Ladder, lead: Actor) -> None:
    """Everything at once, so that nobody comes back to be told the next thing."""
    risk = ladder.risk(lead)
    hop = escalations.escalate_risk(risk=risk, reason="We cannot change it", ask="Act", by=lead, now=NOW)
    for _ in range(2):
        risks.add_action(risk=risk, text="Do it", owner=lead.user, due_on=date(2026, 12, 1), by=lead, now=NOW)
    waits = [
        f"{ladder.icb.name} has yet to acknowledge the escalation",
        "2 actions are not done: complete or drop what is left",
    ]
    assert risks.closing_waits_for(risk) == waits
    with pytest.raises(StillOwed, match=f"{risk.reference} cannot be closed yet. {'. '.join(waits)}"):
        close(risk, lead)
    escalations.withdraw(escalation=hop, why="Solved here", by=lead, now=NOW)
    for action in risk.actions.all():
        risks.complete_action(action=action, words="", by=lead, now=NOW)
    assert risks.closing_waits_for(risk) == []
    assert close(risk, lead).is_closed


def test_a_risk_waits_for_the_answer_to_a_transfer(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="Theirs", by=lead, now=NOW)
    with pytest.raises(StillOwed, match=f"{ladder.neighbour.name} has yet to accept or decline the transfer"):
        close(risk, lead)


def test_what_the_organisation_owes_itself_holds_nothing_up(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    assert Deadline.objects.live().get().kind == DeadlineKind.REVIEW
    assert risks.closing_waits_for(risk) == []


def test_a_closed_risk_is_opened_again_with_a_review_to_come(ladder: Ladder, lead: Actor) -> None:
    risk = close(ladder.risk(lead), lead)
    with pytest.raises(ValidationError) as error:
        risks.reopen_risk(risk=risk, why=" ", by=lead, now=NOW)
    assert error.value.message_dict == {"why": ["Enter why it is opened again"]}
    risk = risks.reopen_risk(risk=risk, why="It is back", by=lead, now=NOW)
    assert (risk.status, risk.closed_at, risk.closure_reason, risk.closure_words) == (Status.OPEN, None, "", "")
    assert Deadline.objects.live().get().kind == DeadlineKind.REVIEW
    assert AuditEvent.objects.get(verb="reopen_risk").summary == "opened the risk again: It is back"
    with pytest.raises(WrongStatus, match="is not closed"):
        risks.reopen_risk(risk=risk, why="Again", by=lead, now=NOW)


def test_a_risk_whose_owner_has_left_is_opened_again_by_its_new_owner(ladder: Ladder, lead: Actor) -> None:
    leaver = ladder.actor(ladder.provider, Role.REPORTER)
    risk = close(ladder.risk(leaver), lead)
    leaver.membership.ended_at = NOW
    leaver.membership.save()
    assert risks.reopen_risk(risk=risk, why="It is back", by=lead, now=NOW).owner == lead.user


def test_only_safety_leads_of_its_organisation_open_it_again(ladder: Ladder, lead: Actor) -> None:
    risk = close(ladder.risk(lead), lead)
    for by in (ladder.actor(ladder.provider, Role.REPORTER), ladder.actor(ladder.icb)):
        with pytest.raises(PermissionDenied):
            risks.reopen_risk(risk=risk, why="It is back", by=by, now=NOW)
