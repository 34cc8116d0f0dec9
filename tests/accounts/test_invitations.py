"""Inviting people, and what they see who follow the link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.actors import Actor
from accounts.models import AccountEmail, Invitation, Membership, Role, User
from accounts.tokens import invitation_id, token_for
from notifications import delivery
from safetyreg.audit.models import AuditEvent
from tests.factories import PASSWORD, MembershipFactory, UserFactory
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db
GOOD = "seven wooden boats at noon"


@pytest.fixture
def admin(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.ADMINISTRATOR)


@pytest.fixture
def invitation(admin: Actor) -> Invitation:
    return services.invite(email="Noor@Trust.example", role=Role.REPORTER, by=admin, now=timezone.now())


def address(invitation: Invitation) -> str:
    return f"/invitation/{token_for(invitation)}/"


def emailed_address() -> str:
    """Sends what waits, and reads the link in the last e-mail."""
    delivery.send(now=timezone.now())
    return re.search(r"http://127.0.0.1:8000(\S+)", mail.outbox[-1].body)[1]


def test_a_new_person_chooses_a_name_and_a_password_and_is_in(invitation: Invitation, client: Client) -> None:
    link = emailed_address()
    page = client.get(link)
    assert "Organisation Test Royal Hospital Role Reporter E-mail address noor@trust.example" in words(page)
    joined = client.post(link, {"name": " Noor Sandhu ", "password": GOOD}, follow=True)
    assert "You have joined Test Royal Hospital" in words(joined)
    membership = Membership.objects.get(user__email="noor@trust.example")
    assert (membership.user.name, membership.role) == ("Noor Sandhu", Role.REPORTER)
    assert "Test Royal Hospital: Reporter" in words(client.get("/acting/"))
    invitation.refresh_from_db()
    assert invitation.accepted_at
    event = AuditEvent.objects.get(verb="accept_invitation")
    assert (event.by, event.summary) == (membership.user, "joined Test Royal Hospital as reporter")


def test_the_email_holds_a_link_and_no_more_than_who_invites(invitation: Invitation) -> None:
    emailed_address()
    (email,) = mail.outbox
    assert email.to == ["noor@trust.example"]
    assert email.subject == "Invitation to the Patient Safety Risk Register"
    assert "for Test Royal Hospital." in email.body
    assert "It works until" in email.body


def test_a_weak_password_and_an_empty_name_are_refused_and_the_name_kept(
    invitation: Invitation, client: Client
) -> None:
    refused = client.post(address(invitation), {"name": "Noor", "password": "sandhu"})
    assert refused.status_code == 422
    assert "This password is too short" in words(refused)
    assert 'value="Noor"' in refused.content.decode()
    assert "Enter your name" in words(client.post(address(invitation), {"name": " ", "password": GOOD}))
    assert not User.objects.filter(email=invitation.email).exists()


def test_a_password_like_the_address_is_refused(invitation: Invitation, client: Client) -> None:
    refused = client.post(address(invitation), {"name": "Noor", "password": "noor@trust.example"})
    assert "too similar to the e-mail address" in words(refused)


def test_somebody_with_an_account_signs_in_first_and_comes_back(invitation: Invitation, client: Client) -> None:
    UserFactory(email=invitation.email)
    page = client.get(address(invitation))
    assert "You already have an account with this e-mail address" in words(page)
    assert 'name="password"' not in page.content.decode()
    link = re.search(r'href="(/sign-in/[^"]*)"', page.content.decode())[1]
    client.post(link, {"email": invitation.email, "password": PASSWORD})
    assert "Accept the invitation" in words(client.get(address(invitation)))
    joined = client.post(address(invitation), follow=True)
    assert "You have joined Test Royal Hospital" in words(joined)


def test_nobody_takes_over_an_account_by_an_invitation(invitation: Invitation, client: Client) -> None:
    user = UserFactory(email=invitation.email)
    client.post(address(invitation), {"name": "Intruder", "password": GOOD})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not Membership.objects.filter(user=user).exists()
    with pytest.raises(services.InvitationUnusable, match="You already have an account"):
        services.accept_as_new_person(invitation=invitation, name="Intruder", password=GOOD, now=timezone.now())


def test_an_invitation_is_for_one_address_only(invitation: Invitation, ladder: Ladder) -> None:
    somebody = ladder.actor(ladder.icb, email="other@trust.example")
    client = visitor(somebody)
    page = client.get(address(invitation))
    assert "You are signed in as other@trust.example, and this invitation is for noor@trust.example" in words(page)
    client.post(address(invitation))
    assert not Membership.objects.filter(organisation=ladder.provider, user=somebody.user).exists()
    with pytest.raises(PermissionDenied):
        services.accept_invitation(invitation=invitation, user=somebody.user, now=timezone.now())


def test_a_second_organisation_is_added_beside_the_first(invitation: Invitation, ladder: Ladder) -> None:
    person = ladder.actor(ladder.icb, email=invitation.email)
    client = visitor(person)
    client.post(address(invitation))
    assert Membership.objects.live().filter(user=person.user).count() == 2
    page = words(client.get("/acting/"))
    assert "Test Own ICB: Safety lead" in page
    assert "You act for Test Royal Hospital now" in page


def test_a_member_can_become_an_administrator_as_well(admin: Actor, ladder: Ladder) -> None:
    member = ladder.actor(ladder.provider, email="lead@trust.example")
    second = services.invite(email="lead@trust.example", role=Role.ADMINISTRATOR, by=admin, now=timezone.now())
    services.accept_invitation(invitation=second, user=member.user, now=timezone.now())
    assert set(Membership.objects.filter(user=member.user).values_list("role", flat=True)) == {
        Role.SAFETY_LEAD,
        Role.ADMINISTRATOR,
    }


def test_a_closed_account_opens_again_by_invitation_with_no_right_it_had(
    invitation: Invitation, client: Client, ladder: Ladder
) -> None:
    user = UserFactory(email=invitation.email, is_active=False, is_staff=True, is_superuser=True)
    left_over = MembershipFactory(user=user, organisation=ladder.icb)
    assert "Create your account" in words(client.get(address(invitation)))
    client.post(address(invitation), {"name": "Noor Again", "password": GOOD})
    user.refresh_from_db()
    left_over.refresh_from_db()
    assert (user.name, user.is_active, user.is_staff, user.is_superuser) == ("Noor Again", True, False, False)
    assert left_over.ended_at
    assert Membership.objects.live().get(user=user).organisation == ladder.provider


def test_a_link_works_for_seven_days(invitation: Invitation, client: Client) -> None:
    invitation.expires_at = timezone.now() - timedelta(seconds=1)
    invitation.save()
    page = client.get(address(invitation))
    assert page.status_code == 409
    assert "This invitation cannot be used" in words(page)
    assert "Ask an administrator of Test Royal Hospital to send it again." in words(page)
    refused = client.post(address(invitation), {"name": "Noor", "password": GOOD})
    assert refused.status_code == 409
    assert not User.objects.filter(email=invitation.email).exists()


def test_a_link_works_once(invitation: Invitation, client: Client) -> None:
    client.post(address(invitation), {"name": "Noor", "password": GOOD})
    page = client.get(address(invitation))
    assert page.status_code == 409
    assert "This invitation was accepted on" in words(page)


def test_a_withdrawn_invitation_says_so(invitation: Invitation, admin: Actor, client: Client) -> None:
    services.withdraw_invitation(invitation=invitation, by=admin, now=timezone.now())
    assert "This invitation was withdrawn on" in words(client.get(address(invitation)))


def test_an_invitation_to_an_organisation_that_has_closed_since_is_refused(
    invitation: Invitation, ladder: Ladder, client: Client
) -> None:
    ladder.provider.closed_on = timezone.localdate()
    ladder.provider.save()
    assert "Test Royal Hospital has closed" in words(client.get(address(invitation)))
    assert client.post(address(invitation), {"name": "Noor", "password": GOOD}).status_code == 409


@pytest.mark.parametrize("token", ["nonsense", "00000000-0000-0000-0000-000000000000.abc", ":.", "%00"])
def test_a_link_that_was_not_signed_here_does_not_exist(db: None, client: Client, token: str) -> None:
    assert client.get(f"/invitation/{token}/").status_code == 404


def test_a_token_gives_back_the_id_and_nothing_else_does(invitation: Invitation) -> None:
    token = token_for(invitation)
    assert invitation_id(token) == invitation.pk
    assert invitation_id(token[:-1]) is None
    assert invitation_id(f"x{token}") is None


def test_nobody_is_invited_to_a_closed_organisation(admin: Actor, ladder: Ladder) -> None:
    ladder.provider.closed_on = timezone.localdate()
    ladder.provider.save()
    with pytest.raises(services.OrganisationClosed):
        services.invite(email="a@trust.example", role=Role.VIEWER, by=admin, now=timezone.now())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, Role.SAFETY_LEAD])
def test_only_an_administrator_invites(ladder: Ladder, invitation: Invitation, role: Role) -> None:
    actor, now = ladder.actor(ladder.provider, role), timezone.now()
    stranger = ladder.actor(ladder.icb, Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        services.invite(email="a@trust.example", role=Role.VIEWER, by=actor, now=now)
    for nobody in (actor, stranger):
        with pytest.raises(PermissionDenied):
            services.resend_invitation(invitation=invitation, by=nobody, now=now)
        with pytest.raises(PermissionDenied):
            services.withdraw_invitation(invitation=invitation, by=nobody, now=now)


def test_somebody_is_invited_once_for_each_sort_of_role(admin: Actor, invitation: Invitation) -> None:
    now = timezone.now()
    with pytest.raises(ValidationError, match="has already been invited"):
        services.invite(email="noor@trust.example", role=Role.VIEWER, by=admin, now=now)
    services.invite(email="noor@trust.example", role=Role.ADMINISTRATOR, by=admin, now=now)


def test_a_member_is_not_invited_to_what_they_are(admin: Actor, ladder: Ladder) -> None:
    ladder.actor(ladder.provider, email="lead@trust.example", name="Lena Moss")
    with pytest.raises(ValidationError, match="Lena Moss is already safety lead here"):
        services.invite(email="LEAD@trust.example", role=Role.VIEWER, by=admin, now=timezone.now())


def test_sending_again_makes_the_same_link_work_for_another_week(invitation: Invitation, admin: Actor) -> None:
    first = emailed_address()
    later = timezone.now() + timedelta(days=9)
    services.resend_invitation(invitation=invitation, by=admin, now=later)
    delivery.send(now=later)
    assert len(mail.outbox) == 2
    assert first in mail.outbox[1].body
    invitation.refresh_from_db()
    assert invitation.expires_at == later + timedelta(days=7)


def test_sending_again_before_the_first_went_out_sends_one(invitation: Invitation, admin: Actor) -> None:
    services.resend_invitation(invitation=invitation, by=admin, now=timezone.now())
    delivery.send(now=timezone.now())
    assert len(mail.outbox) == 1


def test_a_withdrawn_invitation_is_not_sent(invitation: Invitation, admin: Actor) -> None:
    services.withdraw_invitation(invitation=invitation, by=admin, now=timezone.now())
    delivery.send(now=timezone.now())
    assert mail.outbox == []
    assert AccountEmail.objects.get().dead_at


def test_what_was_answered_is_not_sent_again_or_withdrawn(invitation: Invitation, admin: Actor) -> None:
    now = timezone.now()
    services.accept_as_new_person(invitation=invitation, name="Noor", password=GOOD, now=now)
    with pytest.raises(services.InvitationUnusable, match="was accepted"):
        services.resend_invitation(invitation=invitation, by=admin, now=now)
    with pytest.raises(services.InvitationUnusable, match="was accepted"):
        services.withdraw_invitation(invitation=invitation, by=admin, now=now)


def test_the_operator_gives_an_organisation_its_first_administrator(ladder: Ladder, client: Client) -> None:
    call_command("add_administrator", ladder.icb.ods_code.lower(), "first@icb.example")
    client.post(emailed_address(), {"name": "Celeste", "password": GOOD})
    membership = Membership.objects.get(user__email="first@icb.example")
    assert (membership.organisation, membership.role) == (ladder.icb, Role.ADMINISTRATOR)


@pytest.mark.parametrize(("code", "email"), [("ZZZ", "a@icb.example"), ("ICB", "no address")])
def test_the_operator_is_told_what_is_wrong(ladder: Ladder, code: str, email: str) -> None:
    code = ladder.icb.ods_code if code == "ICB" else code
    with pytest.raises(CommandError):
        call_command("add_administrator", code, email)
