"""Another organisation asked to take a risk over, and what goes with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from escalations import services as escalations
from notifications.models import Notification
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Action, Basis, Involvement, LinkStatus, Risk, RiskLink, TransferStatus
from risks.services.transferring import STILL_AFFECTED, CannotTransfer
from tests.factories import NOW, OrganisationFactory
from tests.risks.belonging import ask_introduction, involve, linked, owed, sees, told

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


def propose(risk: Risk, by: Actor, to: Organisation) -> Transfer:
    return risks.propose_transfer(risk=risk, to=to, reason="Their system sends it", by=by, now=NOW)


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


def test_answers_are_owed_to_whoever_takes_the_risk_over(ladder: Ladder, risk: Risk, lead: Actor, taker: Actor) -> None:
    third = OrganisationFactory(parent=ladder.icb)
    waiting, gone = involve(risk, lead, third, ladder.neighbour)
    risks.accept_transfer(transfer=propose(risk, lead, ladder.neighbour), owner=taker.user, by=taker, now=NOW)
    assert owed(waiting) == [(DeadlineKind.POSITION, third, ladder.neighbour)]
    assert not Involvement.objects.filter(pk=gone.pk).exists()
    assert owed(gone) == []
    stays = risk.involvements.get(organisation=ladder.provider)
    assert (stays.question, stays.asked_at) == (STILL_AFFECTED, NOW)
    assert owed(stays) == [(DeadlineKind.POSITION, ladder.provider, ladder.neighbour)]
    assert any("is named on this risk" in message for message in told(lead))


def test_a_risk_that_comes_back_asks_the_one_it_came_back_from(
    ladder: Ladder, risk: Risk, lead: Actor, taker: Actor
) -> None:
    risks.accept_transfer(transfer=propose(risk, lead, ladder.neighbour), owner=taker.user, by=taker, now=NOW)
    back = propose(Risk.objects.get(pk=risk.pk), taker, ladder.provider)
    risks.accept_transfer(transfer=back, owner=lead.user, by=lead, now=NOW)
    assert [one.organisation for one in risk.involvements.all()] == [ladder.neighbour]
    assert sees(ladder.provider, risk) == [Basis.OWNER]


def test_a_linked_risk_takes_its_links_along(ladder: Ladder, risk: Risk, lead: Actor, taker: Actor) -> None:
    """The new owner sees what the risk is linked with, the old one no more; and the other side shows it to the new."""
    far = OrganisationFactory(parent=ladder.icb)
    wide = ladder.risk(lead, reach="2", title="Letters wait")
    other = ladder.risk(ladder.actor(far), title="Doses are missed")
    link = linked(ladder, wide, other)
    assert sees(ladder.provider, other) == sees(far, wide) == [Basis.LINK]
    risks.accept_transfer(transfer=propose(wide, lead, ladder.neighbour), owner=taker.user, by=taker, now=NOW)
    link.refresh_from_db()
    assert link.status == LinkStatus.ACCEPTED
    assert sees(ladder.neighbour, other) == [Basis.LINK]
    assert sees(ladder.provider, other) == []
    assert sees(far, wide) == [Basis.LINK]


def test_a_risk_linked_with_one_of_the_new_owner_is_linked_within_it(
    ladder: Ladder, risk: Risk, lead: Actor, taker: Actor
) -> None:
    wide, other = ladder.risk(lead), ladder.risk(taker)
    linked(ladder, wide, other)
    risks.accept_transfer(transfer=propose(wide, lead, ladder.neighbour), owner=taker.user, by=taker, now=NOW)
    assert sees(ladder.neighbour, wide) == sees(ladder.neighbour, other) == [Basis.OWNER]
    assert sees(ladder.provider, other) == []
    assert sees(ladder.provider, wide) == [Basis.INVOLVEMENT]
    assert RiskLink.objects.get().status == LinkStatus.ACCEPTED


def test_what_was_proposed_and_asked_about_the_risk_ends_as_it_changes_hands(
    ladder: Ladder, lead: Actor, taker: Actor
) -> None:
    wide, other = ladder.risk(lead), ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.icb)))
    link = risks.propose_link(
        risk=wide, to=other.reference, kind="RELATED", reason="Alike", by=ladder.actor(ladder.icb), now=NOW
    )
    consents = list(link.consents.all())
    introduction = ask_introduction(wide, lead)
    icb = ladder.actor(ladder.icb)
    risks.accept_transfer(transfer=propose(wide, lead, ladder.neighbour), owner=taker.user, by=taker, now=NOW)
    link.refresh_from_db()
    introduction.refresh_from_db()
    assert (link.status, introduction.status) == ("WITHDRAWN", "WITHDRAWN")
    assert [owed(subject) for subject in (*consents, introduction)] == [[], [], []]
    assert link.ended_why == "The risk was taken over by another organisation"
    assert f"{wide.reference}: the request to be introduced was taken back" in told(icb)
