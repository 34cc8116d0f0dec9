"""Ending memberships, lowering roles and closing accounts: what is held never stays with somebody who is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import services
from accounts.actors import Actor
from accounts.models import Membership, Role
from accounts.services.locking import MembershipEnded
from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from escalations import services as escalations
from notifications.models import Kind as Told
from notifications.models import Notification
from risks import services as risks
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW, MembershipFactory

if TYPE_CHECKING:
    from accounts.models import User
    from escalations.models import Escalation
    from risks.models import Risk
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.ADMINISTRATOR, name="Yasmin Tolley")


@pytest.fixture
def leaver(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, name="Martin Achterberg")


@pytest.fixture
def heir(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, name="Farah Lindqvist")


def end(leaver: Actor, admin: Actor, hand_to: User | None = None) -> Membership:
    return services.end_membership(membership=leaver.membership, hand_to=hand_to, by=admin, now=NOW)


def escalated(ladder: Ladder, risk: Risk, handler: Actor) -> Escalation:
    raised = escalations.escalate_risk(
        risk=risk,
        to=ladder.icb,
        reason="It crosses",
        ask="Bring them together",
        by=ladder.actor(ladder.provider),
        now=NOW,
    )
    return escalations.acknowledge(escalation=raised, by=handler, now=NOW)


def test_a_membership_of_somebody_who_holds_nothing_ends_at_once(admin: Actor, leaver: Actor) -> None:
    end(leaver, admin)
    leaver.membership.refresh_from_db()
    assert leaver.membership.ended_at == NOW
    event = AuditEvent.objects.get(verb="end_membership")
    assert event.summary == "ended the membership of Martin Achterberg (safety lead)"
    assert event.by == admin.user


def test_while_they_own_a_risk_it_does_not_end(ladder: Ladder, admin: Actor, leaver: Actor) -> None:
    risk = ladder.risk(leaver)
    with pytest.raises(services.StillHolds, match=r"still holds risks they own \(1\)\. Choose who takes over"):
        end(leaver, admin)
    leaver.membership.refresh_from_db()
    assert leaver.membership.ended_at is None
    assert services.held_by(leaver.membership)[0].references == [risk.reference]


def test_all_they_hold_is_handed_over_in_the_same_step(
    ladder: Ladder, admin: Actor, leaver: Actor, heir: Actor
) -> None:
    risk = ladder.risk(leaver)
    other = ladder.risk(heir)
    action = risks.add_action(
        risk=other, text="Call", owner=leaver.user, due_on=NOW.date() + timedelta(days=9), by=heir, now=NOW
    )
    end(leaver, admin, heir.user)
    risk.refresh_from_db()
    action.refresh_from_db()
    assert (risk.owner, action.owner) == (heir.user, heir.user)
    assert not services.held_by(leaver.membership)
    holders = Deadline.objects.live().filter(kind__in=[DeadlineKind.REVIEW, DeadlineKind.ACTION])
    assert set(holders.values_list("holder", flat=True)) == {heir.user.pk}
    assert Notification.objects.filter(recipient=heir.user, kind=Told.GIVEN_TO_YOU).count() == 2


def test_the_escalations_they_handle_are_handed_over_too(ladder: Ladder) -> None:
    handler, heir = ladder.actor(ladder.icb), ladder.actor(ladder.icb)
    escalation = escalated(ladder, ladder.risk(), handler)
    admin = ladder.actor(ladder.icb, Role.ADMINISTRATOR)
    with pytest.raises(services.StillHolds, match="escalations they handle"):
        end(handler, admin)
    end(handler, admin, heir.user)
    escalation.refresh_from_db()
    assert escalation.handler == heir.user
    assert AuditEvent.objects.filter(reference=escalation.risk.reference, by=admin.user).exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_only_somebody_who_may_hold_it_can_take_over(ladder: Ladder, admin: Actor, leaver: Actor, role: Role) -> None:
    ladder.risk(leaver)
    heir = ladder.actor(ladder.provider, role)
    with pytest.raises(ValidationError) as refused:
        end(leaver, admin, heir.user)
    assert "Choose somebody who works for Test Royal Hospital" in refused.value.message_dict["hand_to"][0]
    assert heir.membership not in services.successors(leaver.membership, services.held_by(leaver.membership))


def test_a_reporter_cannot_take_over_an_escalation(ladder: Ladder) -> None:
    handler, reporter = ladder.actor(ladder.icb), ladder.actor(ladder.icb, Role.REPORTER)
    escalated(ladder, ladder.risk(), handler)
    with pytest.raises(ValidationError):
        end(handler, ladder.actor(ladder.icb, Role.ADMINISTRATOR), reporter.user)


def test_nobody_of_another_organisation_takes_over(ladder: Ladder, admin: Actor, leaver: Actor) -> None:
    ladder.risk(leaver)
    with pytest.raises(ValidationError):
        end(leaver, admin, ladder.actor(ladder.neighbour).user)
    with pytest.raises(ValidationError):
        end(leaver, admin, leaver.user)


def test_drafts_are_handed_over_and_closed_risks_stay(ladder: Ladder, admin: Actor, leaver: Actor, heir: Actor) -> None:
    draft = risks.save_draft(fields={"title": "Not finished yet"}, by=leaver, now=NOW)
    closed = ladder.risk(leaver)
    risks.close_risk(risk=closed, closure_reason="CONTROLLED", words="It is over", by=leaver, now=NOW)
    end(leaver, admin, heir.user)
    draft.refresh_from_db()
    closed.refresh_from_db()
    assert (draft.owner, closed.owner) == (heir.user, leaver.user)


def test_what_they_hold_in_another_organisation_stays_theirs(ladder: Ladder, admin: Actor, leaver: Actor) -> None:
    there = Actor(MembershipFactory(user=leaver.user, organisation=ladder.neighbour))
    elsewhere = ladder.risk(there)
    end(leaver, admin)
    elsewhere.refresh_from_db()
    assert elsewhere.owner == leaver.user
    assert Membership.objects.live().filter(user=leaver.user).get() == there.membership


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, Role.SAFETY_LEAD])
def test_only_an_administrator_ends_memberships(ladder: Ladder, leaver: Actor, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        end(leaver, ladder.actor(ladder.provider, role))


def test_an_administrator_of_another_organisation_has_no_say(ladder: Ladder, leaver: Actor) -> None:
    stranger = ladder.actor(ladder.icb, Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        end(leaver, stranger)
    with pytest.raises(PermissionDenied):
        services.set_role(membership=leaver.membership, role=Role.VIEWER, by=stranger, now=NOW)
    with pytest.raises(PermissionDenied):
        services.deactivate(membership=leaver.membership, by=stranger, now=NOW)


def test_ending_it_twice_says_so(admin: Actor, leaver: Actor) -> None:
    end(leaver, admin)
    with pytest.raises(MembershipEnded, match="ended already"):
        end(leaver, admin)


def test_a_membership_that_starts_later_than_now_ends_when_it_starts(ladder: Ladder, admin: Actor) -> None:
    later = MembershipFactory(organisation=ladder.provider, started_at=NOW + timedelta(hours=1))
    ended = services.end_membership(membership=later, by=admin, now=NOW)
    assert ended.ended_at == later.started_at


def test_a_lower_role_hands_over_what_it_may_not_hold_and_keeps_the_rest(ladder: Ladder) -> None:
    lead, heir = ladder.actor(ladder.icb), ladder.actor(ladder.icb)
    own = ladder.risk(lead)
    escalation = escalated(ladder, ladder.risk(), lead)
    admin = ladder.actor(ladder.icb, Role.ADMINISTRATOR)
    with pytest.raises(services.StillHolds, match=r"escalations they handle \(1\)\. Choose"):
        services.set_role(membership=lead.membership, role=Role.REPORTER, by=admin, now=NOW)
    services.set_role(membership=lead.membership, role=Role.REPORTER, hand_to=heir.user, by=admin, now=NOW)
    own.refresh_from_db()
    escalation.refresh_from_db()
    lead.membership.refresh_from_db()
    assert (own.owner, escalation.handler, lead.membership.role) == (lead.user, heir.user, Role.REPORTER)
    event = AuditEvent.objects.get(verb="set_role")
    assert event.summary.endswith("from safety lead to reporter")
    assert event.details == {"role": ["Safety lead", "Reporter"]}


def test_a_higher_role_needs_no_handing_over(ladder: Ladder, admin: Actor) -> None:
    reporter = ladder.actor(ladder.provider, Role.REPORTER)
    ladder.risk(reporter)
    services.set_role(membership=reporter.membership, role=Role.SAFETY_LEAD, by=admin, now=NOW)
    assert Membership.objects.get(pk=reporter.membership.pk).role == Role.SAFETY_LEAD


def test_the_same_role_again_changes_nothing(admin: Actor, leaver: Actor) -> None:
    services.set_role(membership=leaver.membership, role=Role.SAFETY_LEAD, by=admin, now=NOW)
    assert not AuditEvent.objects.filter(verb="set_role").exists()


def test_a_role_that_does_not_exist_is_refused(admin: Actor, leaver: Actor) -> None:
    with pytest.raises(ValidationError, match="Select a role"):
        services.set_role(membership=leaver.membership, role="EMPEROR", by=admin, now=NOW)


def test_nobody_has_two_roles_of_one_sort(ladder: Ladder, admin: Actor, leaver: Actor) -> None:
    second = MembershipFactory(user=leaver.user, organisation=ladder.provider, role=Role.ADMINISTRATOR)
    with pytest.raises(ValidationError) as refused:
        services.set_role(membership=second, role=Role.VIEWER, by=admin, now=NOW)
    assert refused.value.message_dict == {"role": ["This person already has a role in this organisation"]}


def test_the_only_administrator_stays_until_there_is_another(ladder: Ladder, admin: Actor) -> None:
    with pytest.raises(services.LastAdministrator, match="Make somebody else an administrator first"):
        end(admin, admin)
    with pytest.raises(services.LastAdministrator):
        services.set_role(membership=admin.membership, role=Role.VIEWER, by=admin, now=NOW)
    other = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    end(admin, admin)
    assert (
        Membership.objects.live().filter(role=Role.ADMINISTRATOR, organisation=ladder.provider).get()
        == other.membership
    )


def test_closing_an_account_ends_all_they_are_here(ladder: Ladder, admin: Actor, leaver: Actor, heir: Actor) -> None:
    second = MembershipFactory(user=leaver.user, organisation=ladder.provider, role=Role.ADMINISTRATOR)
    risk = ladder.risk(leaver)
    with pytest.raises(services.StillHolds):
        services.deactivate(membership=leaver.membership, by=admin, now=NOW)
    services.deactivate(membership=second, hand_to=heir.user, by=admin, now=NOW)
    leaver.user.refresh_from_db()
    risk.refresh_from_db()
    assert not leaver.user.is_active
    assert risk.owner == heir.user
    assert not Membership.objects.filter(user=leaver.user, ended_at=None).exists()
    assert AuditEvent.objects.filter(verb="deactivate", subject_id=str(leaver.user.pk)).exists()


def test_an_account_that_another_organisation_needs_stays_open(
    ladder: Ladder, admin: Actor, leaver: Actor, heir: Actor
) -> None:
    MembershipFactory(user=leaver.user, organisation=ladder.icb, role=Role.VIEWER)
    risk = ladder.risk(leaver)
    with pytest.raises(services.WorksElsewhere, match="End their membership of yours instead"):
        services.deactivate(membership=leaver.membership, hand_to=heir.user, by=admin, now=NOW)
    leaver.user.refresh_from_db()
    risk.refresh_from_db()
    assert leaver.user.is_active
    assert risk.owner == leaver.user, "nothing was handed over by what was refused"


def test_nobody_closes_their_own_account(ladder: Ladder, admin: Actor) -> None:
    ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        services.deactivate(membership=admin.membership, by=admin, now=NOW)


def test_in_a_closed_organisation_even_the_last_administrator_can_go(ladder: Ladder, admin: Actor) -> None:
    ladder.provider.closed_on = NOW.date()
    ladder.provider.save()
    end(admin, admin)
    assert not Membership.objects.live().filter(organisation=ladder.provider).exists()
