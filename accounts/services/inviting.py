"""Inviting people, and what becomes of an invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from accounts import mail, permissions
from accounts.actors import Actor
from accounts.models import CLINICAL_ROLES, SYSTEM_ADDRESSES, Invitation, Membership, Organisation, Role, User
from accounts.services.locking import lock_organisation, lock_user
from accounts.services.signing_in import require_good_password
from safetyreg import preconditions
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import day

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

VALID_FOR = timedelta(days=7)


class OrganisationClosed(DomainError):
    """Nobody can act for an organisation that has closed."""


class InvitationUnusable(DomainError):
    """The invitation cannot be accepted, or not any more."""


@transaction.atomic
def invite(*, email: str, role: str, by: Actor, now: datetime) -> Invitation:
    """Invite somebody to the acting organisation, by an e-mail with a link that works for a week.

    Raises PermissionDenied, ValidationError, OrganisationClosed.
    """
    if not permissions.can_manage_people(by):
        raise PermissionDenied
    return _invite(by.organisation, email, role, by, now)


@transaction.atomic
def invite_first_administrator(*, organisation: Organisation, email: str, now: datetime) -> Invitation:
    """How the operator gives an organisation somebody who can invite everybody else.

    Raises ValidationError, OrganisationClosed.
    """
    return _invite(organisation, email, Role.ADMINISTRATOR, None, now)


def _invite(organisation: Organisation, email: str, role: str, by: Actor | None, now: datetime) -> Invitation:
    organisation = _open_organisation(organisation)
    invitation = Invitation(
        organisation=organisation,
        email=email.strip().lower(),
        role=role,
        invited_by=by.user if by else None,
        invited_at=now,
        expires_at=now + VALID_FOR,
    )
    invitation.clean_fields()
    if invitation.email.endswith(f"@{SYSTEM_ADDRESSES}"):
        raise ValidationError({"email": "Enter the e-mail address of a person"})
    _refuse_double(invitation)
    invitation.save()
    mail.queue_invitation(invitation, now)
    summary = f"invited {invitation.email} as {invitation.get_role_display().lower()}"
    record("invite", invitation, summary, by=by, now=now)
    return invitation


def _open_organisation(organisation: Organisation) -> Organisation:
    organisation = lock_organisation(organisation)
    if not organisation.is_open:
        raise OrganisationClosed(f"{organisation.name} has closed, so nobody can act for it any more")
    return organisation


def _refuse_double(invitation: Invitation) -> None:
    """A person has one clinical role in an organisation, and may be its administrator besides."""
    roles = _of_one_sort(invitation.role)
    here = Membership.objects.live().filter(organisation=invitation.organisation, role__in=roles)
    member = here.filter(user__email=invitation.email).select_related("user").first()
    if member:
        role = member.get_role_display().lower()
        raise ValidationError({"email": f"{member.user.name} is already {role} here. Change their role instead"})
    waiting = Invitation.objects.unanswered().filter(organisation=invitation.organisation, role__in=roles)
    if waiting.filter(email=invitation.email).exists():
        raise ValidationError(
            {"email": "This person has already been invited. Send that invitation again, or withdraw it"}
        )


def _of_one_sort(role: str) -> Collection[str]:
    return [Role.ADMINISTRATOR] if role == Role.ADMINISTRATOR else CLINICAL_ROLES


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Invitation:
    """Send an invitation again. Its link works for another week.

    Raises PermissionDenied, OrganisationClosed, InvitationUnusable.
    """
    if not permissions.can_manage_invitation(by, invitation):
        raise PermissionDenied
    _open_organisation(invitation.organisation)
    invitation = _locked(invitation)
    _refuse_answered(invitation)
    invitation.expires_at = now + VALID_FOR
    invitation.save(update_fields=["expires_at"])
    mail.queue_invitation(invitation, now)
    record("resend_invitation", invitation, f"sent the invitation of {invitation.email} again", by=by, now=now)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Invitation:
    """Take an invitation back: its link stops working.

    Raises PermissionDenied, InvitationUnusable.
    """
    if not permissions.can_manage_invitation(by, invitation):
        raise PermissionDenied
    invitation = _locked(invitation)
    _refuse_answered(invitation)
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    record("withdraw_invitation", invitation, f"withdrew the invitation of {invitation.email}", by=by, now=now)
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, now: datetime) -> Membership:
    """Somebody who is signed in takes up an invitation sent to the e-mail address they sign in with.

    Raises PermissionDenied, InvitationUnusable.
    """
    if user.email != invitation.email:
        raise PermissionDenied
    invitation = _to_accept(invitation, now)
    user = lock_user(user)
    if not user.is_active:
        raise PermissionDenied
    return _join(invitation, user, now)


@sensitive_variables("password")
@transaction.atomic
def accept_as_new_person(*, invitation: Invitation, name: str, password: str, now: datetime) -> Membership:
    """Somebody without an account, or whose account was closed, takes up an invitation.

    Raises ValidationError, InvitationUnusable.
    """
    invitation = _to_accept(invitation, now)
    user = User.objects.select_for_update(no_key=True).filter(email=invitation.email).first()
    if user and user.is_active:
        raise InvitationUnusable("You already have an account. Sign in with it, and then accept the invitation")
    user = _reopened(user, name, now) if user else User(email=invitation.email, name=name.strip())
    user.clean_fields(exclude=["password"])
    require_good_password(password, user)
    user.set_password(password)
    _save_person(user)
    return _join(invitation, user, now)


def _reopened(user: User, name: str, now: datetime) -> User:
    """An account that was closed opens again with no right it had before."""
    Membership.objects.filter(user=user, ended_at=None).update(ended_at=now)
    user.groups.clear()
    user.user_permissions.clear()
    user.name, user.is_active, user.is_staff, user.is_superuser = name.strip(), True, False, False
    return user


def _save_person(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise InvitationUnusable(
            "Your account was made a moment ago. Sign in, and then accept the invitation"
        ) from error


def _join(invitation: Invitation, user: User, now: datetime) -> Membership:
    membership = Membership(user=user, organisation=invitation.organisation, role=invitation.role, started_at=now)
    try:
        membership.full_clean()
    except ValidationError as error:
        raise InvitationUnusable(f"You already have a role in {invitation.organisation.name}") from error
    membership.save()
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    summary = f"joined {invitation.organisation.name} as {membership.get_role_display().lower()}"
    record("accept_invitation", membership, summary, by=Actor(membership), now=now)
    return membership


def _to_accept(invitation: Invitation, now: datetime) -> Invitation:
    lock_organisation(invitation.organisation)
    invitation = _locked(invitation)
    refuse_unusable(invitation, now)
    return invitation


def refuse_unusable(invitation: Invitation, now: datetime) -> None:
    """Raises InvitationUnusable, saying why and what to do, unless the invitation can still be accepted."""
    _refuse_answered(invitation)
    if invitation.expires_at <= now:
        raise InvitationUnusable(
            f"This invitation could be accepted until {day(invitation.expires_at)}. "
            f"Ask an administrator of {invitation.organisation.name} to send it again"
        )
    if not invitation.organisation.is_open:
        raise InvitationUnusable(f"{invitation.organisation.name} has closed, so nobody can act for it any more")


def _refuse_answered(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise InvitationUnusable(f"This invitation was accepted on {day(invitation.accepted_at)}")
    if invitation.withdrawn_at:
        raise InvitationUnusable(f"This invitation was withdrawn on {day(invitation.withdrawn_at)}")


def _locked(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)
    preconditions.look()
    return locked
