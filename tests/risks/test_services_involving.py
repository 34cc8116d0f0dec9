"""Other organisations on a risk: named on it, or asked to take it over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.changes import follow_move
from accounts.models import Role
from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from escalations import services as escalations
from notifications.models import Notification
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Action, Basis, Risk, RiskShare, TransferStatus
from risks.services.involving import NotNamed
from risks.services.transferring import STILL_AFFECTED, CannotTransfer
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW, OrganisationFactory

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Transfer
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def taker(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.neighbour)


@pytest.fixture
def risk(ladder: Ladder, lead: Actor) -> Risk:
    return ladder.risk(lead, reach="1")


def sees(organisation: Organisation, risk: Risk) -> list[str]:
    shares = RiskShare.objects.live().filter(organisation=organisation, risk=risk)
    return sorted(shares.values_list("basis", flat=True))


def involve(risk: Risk, by: Actor, *organisations: Organisation) -> None:
    risks.involve(risk=risk, organisations=list(organisations), by=by, now=NOW)


def propose(risk: Risk, by: Actor, to: Organisation) -> Transfer:
    return risks.propose_transfer(risk=risk, to=to, reason="Their system sends it", by=by, now=NOW)


def test_naming_an_organisation_shows_it_the_risk_and_makes_it_cross_a_boundary(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    named = ladder.actor(ladder.neighbour)
    assert sees(ladder.icb, risk) == []
    involve(risk, lead, ladder.neighbour, ladder.neighbour)
    risk.refresh_from_db()
    assert risk.crosses_boundary
    assert sees(ladder.neighbour, risk) == [Basis.INVOLVEMENT]
    assert sees(ladder.icb, risk) == [Basis.OVERSIGHT]
    assert risk.involvements.count() == 1
    assert risk.title not in Notification.objects.get(recipient=named.user).message


def test_an_organisation_is_named_once(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    involve(risk, lead, ladder.neighbour)
    with pytest.raises(ValidationError, match=f"{ladder.neighbour.name}: already named"):
        involve(risk, lead, ladder.neighbour)
    with pytest.raises(ValidationError, match="Enter an organisation"):
        involve(risk, lead)


def test_an_organisation_taken_off_sees_the_risk_no_more_nor_does_its_icb(
    ladder: Ladder, risk: Risk, lead: Actor
) -> None:
    across = OrganisationFactory(parent=ladder.other_icb)
    involve(risk, lead, across)
    assert sees(ladder.other_icb, risk) == [Basis.OVERSIGHT]
    involvement, same = risk.involvements.get(), risk.involvements.get()
    risks.stop_involving(involvement=involvement, by=lead, now=NOW)
    assert sees(across, risk) == sees(ladder.other_icb, risk) == []
    assert sees(ladder.icb, risk) == [Basis.OVERSIGHT]  # what it has seen stays seen
    with pytest.raises(NotNamed, match=f"{across.name} has been taken off {risk.reference} already"):
        risks.stop_involving(involvement=same, by=lead, now=NOW)


def test_a_transfer_shows_the_whole_risk_to_the_body_asked_and_starts_its_clock(
    ladder: Ladder, risk: Risk, lead: Actor, taker: Actor
) -> None:
    transfer = propose(risk, lead, ladder.neighbour)
    assert sees(ladder.neighbour, risk) == [Basis.TRANSFER]
    owed = Deadline.objects.of(transfer).live().get()
    assert (owed.kind, owed.owed_by, owed.owed_to) == (DeadlineKind.TRANSFER, ladder.neighbour, ladder.provider)
    assert Notification.objects.filter(recipient=taker.user).exists()


def test_an_accepted_transfer_moves_the_risk_with_all_that_is_owed(
    ladder: Ladder, risk: Risk, lead: Actor, taker: Actor
) -> None:
    action = risks.add_action(risk=risk, text="Do it", owner=lead.user, due_on=date(2026, 12, 1), by=lead, now=NOW)
    transfer = propose(risk, lead, ladder.neighbour)
    owner = ladder.actor(ladder.neighbour, Role.REPORTER)
    risks.accept_transfer(transfer=transfer, owner=owner.user, by=taker, now=NOW)
    risk.refresh_from_db()
    assert (risk.organisation, risk.owner) == (ladder.neighbour, owner.user)
    assert sees(ladder.neighbour, risk) == [Basis.OWNER]
    assert sees(ladder.provider, risk) == [Basis.INVOLVEMENT]
    action = Action.objects.get(pk=action.pk)
    assert (action.organisation, action.owner) == (ladder.neighbour, owner.user)
    live = Deadline.objects.live()
    assert {(owed.kind, owed.owed_by, owed.owed_to, owed.holder) for owed in live} == {
        (DeadlineKind.REVIEW, ladder.neighbour, ladder.neighbour, owner.user),
        (DeadlineKind.ACTION, ladder.neighbour, ladder.neighbour, owner.user),
        (DeadlineKind.POSITION, ladder.provider, ladder.neighbour, None),
    }
    stays = risk.involvements.get()
    assert (stays.organisation, stays.question) == (ladder.provider, STILL_AFFECTED)


def test_a_declined_transfer_hides_the_risk_again(ladder: Ladder, risk: Risk, lead: Actor, taker: Actor) -> None:
    transfer = propose(risk, lead, ladder.neighbour)
    with pytest.raises(ValidationError, match="Enter why you decline it"):
        risks.decline_transfer(transfer=transfer, why=" ", by=taker, now=NOW)
    risks.decline_transfer(transfer=transfer, why="Not our letters", by=taker, now=NOW)
    assert sees(ladder.neighbour, risk) == []
    risk.refresh_from_db()
    assert risk.organisation == ladder.provider
    assert Notification.objects.filter(recipient=lead.user, message__contains="declined").exists()


def test_a_transfer_is_answered_once_and_the_second_is_told_by_whom(
    ladder: Ladder, risk: Risk, lead: Actor, taker: Actor
) -> None:
    transfer = propose(risk, lead, ladder.neighbour)
    risks.decline_transfer(transfer=transfer, why="Not ours", by=taker, now=NOW)
    for again in (
        lambda: risks.accept_transfer(transfer=transfer, owner=taker.user, by=taker, now=NOW),
        lambda: risks.decline_transfer(transfer=transfer, why="No", by=taker, now=NOW),
        lambda: risks.withdraw_transfer(transfer=transfer, by=lead, now=NOW),
    ):
        with pytest.raises(WrongStatus, match=f"declined by {taker.user.name} on 3 November 2026"):
            again()


def test_a_transfer_taken_back_hides_the_risk_again(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    transfer = propose(risk, lead, ladder.neighbour)
    other = ladder.actor(ladder.neighbour)
    assert risks.withdraw_transfer(transfer=transfer, by=lead, now=NOW).status == TransferStatus.WITHDRAWN
    told = Notification.objects.filter(recipient=other.user).newest_first().first()
    assert told is not None
    assert f"no longer asks {ladder.neighbour.name} to take it over" in told.message
    assert sees(ladder.neighbour, risk) == []
    assert not Deadline.objects.of(transfer).live().exists()


def test_who_answers_a_transfer(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    transfer = propose(risk, lead, ladder.neighbour)
    reporter = ladder.actor(ladder.neighbour, Role.REPORTER)
    for by in (lead, reporter, ladder.actor(ladder.icb)):
        with pytest.raises(PermissionDenied):
            risks.accept_transfer(transfer=transfer, owner=by.user, by=by, now=NOW)
        with pytest.raises(PermissionDenied):
            risks.decline_transfer(transfer=transfer, why="No", by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        risks.withdraw_transfer(transfer=transfer, by=reporter, now=NOW)


def test_the_new_owner_is_a_member_of_the_body_that_takes_it_over(
    ladder: Ladder, risk: Risk, lead: Actor, taker: Actor
) -> None:
    transfer = propose(risk, lead, ladder.neighbour)
    with pytest.raises(ValidationError) as error:
        risks.accept_transfer(transfer=transfer, owner=lead.user, by=taker, now=NOW)
    assert list(error.value.message_dict) == ["owner"]
    assert Risk.objects.get(pk=risk.pk).organisation == ladder.provider


def test_what_cannot_be_transferred(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    closed = OrganisationFactory(name="Old Trust", parent=ladder.icb, closed_on=NOW.date())
    for to, words in ((closed, "Old Trust has closed"), (ladder.provider, "already yours")):
        with pytest.raises(ValidationError, match=words):
            propose(risk, lead, to)
    propose(risk, lead, ladder.neighbour)
    with pytest.raises(CannotTransfer, match=f"{ladder.neighbour.name} was asked on 3 November 2026"):
        propose(risk, lead, ladder.icb)


def test_an_escalated_risk_keeps_its_owner(ladder: Ladder, risk: Risk, lead: Actor, taker: Actor) -> None:
    """Its chain was raised by one organisation: that one sees it through."""
    transfer = propose(risk, lead, ladder.neighbour)
    hop = escalations.escalate_risk(risk=risk, reason="We cannot change it", ask="Act", by=lead, now=NOW)
    with pytest.raises(CannotTransfer, match="is escalated"):
        risks.accept_transfer(transfer=transfer, owner=taker.user, by=taker, now=NOW)
    escalations.withdraw(escalation=hop, why="Solved", by=lead, now=NOW)
    assert risks.accept_transfer(transfer=transfer, owner=taker.user, by=taker, now=NOW).owner == taker.user


def test_a_move_to_another_icb_stands_in_the_history_of_each_risk_whose_readers_it_changes(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    crossing, _quiet = ladder.risk(lead, reach="2"), ladder.risk(lead, reach="1")
    ladder.provider.parent = ladder.other_icb
    ladder.provider.save()
    follow_move(ladder.provider, NOW)
    assert sees(ladder.other_icb, crossing) == ["OVERSIGHT"]
    assert not sees(ladder.icb, crossing)
    events = AuditEvent.objects.filter(verb="follow_organisation")
    assert [(event.reference, event.by) for event in events] == [(crossing.reference, None)]
