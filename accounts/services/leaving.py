"""Ending memberships, lowering roles and closing accounts: never before what is held has a new holder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import holdings, permissions
from accounts.models import Membership, Role, User
from accounts.services.locking import current_membership, lock_organisation, lock_user
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.holdings import Holding
    from accounts.models import MembershipQuerySet, Organisation


@dataclass(frozen=True)
class Held:
    """One kind of thing that somebody holds, with its references."""

    kind: Holding
    references: list[str]

    def __str__(self) -> str:
        return f"{self.kind.name} ({len(self.references)})"


class StillHolds(DomainError):
    """What somebody holds has to have a new holder first."""


class LastAdministrator(DomainError):
    """An organisation keeps at least one administrator."""


class WorksElsewhere(DomainError):
    """The account is not this organisation's alone to close."""


def held_by(membership: Membership, *, new_role: str = "") -> list[Held]:
    """What a member holds and could not go on holding in a new role; without one, everything."""
    losing = [kind for kind in holdings.kinds() if membership.role in kind.roles and new_role not in kind.roles]
    held = [(kind, kind.held_by(membership.user, membership.organisation)) for kind in losing]
    return [Held(kind, [reference for reference, _path in things]) for kind, things in held if things]


def successors(membership: Membership, held: Sequence[Held]) -> MembershipQuerySet:
    """The other members who may hold all of it."""
    others = Membership.objects.live().people().clinical().filter(organisation=membership.organisation)
    for one in held:
        others = others.filter(role__in=one.kind.roles)
    return others.exclude(user=membership.user).select_related("user").order_by("user__name", "pk")


def works_elsewhere(user: User, organisation: Organisation) -> bool:
    return Membership.objects.live().filter(user=user).exclude(organisation=organisation).exists()


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor, now: datetime, hand_to: User | None = None) -> Membership:
    """End a membership; `hand_to` takes over all that the person holds there.

    Raises PermissionDenied, ValidationError, MembershipEnded, StillHolds, LastAdministrator.
    """
    if not permissions.can_manage_membership(by, membership):
        raise PermissionDenied
    lock_organisation(by.organisation)
    membership = _emptied(membership, "", hand_to, by, now)
    return _end(membership, by, now)


@transaction.atomic
def set_role(*, membership: Membership, role: str, by: Actor, now: datetime, hand_to: User | None = None) -> Membership:
    """Give a member another role; `hand_to` takes over what that role may not hold.

    Raises PermissionDenied, ValidationError, MembershipEnded, StillHolds, LastAdministrator.
    """
    if not permissions.can_manage_membership(by, membership):
        raise PermissionDenied
    if role not in Role.values:
        raise ValidationError({"role": "Select a role"})
    lock_organisation(by.organisation)
    if current_membership(membership.pk).role == role:
        return membership
    membership = _emptied(membership, role, hand_to, by, now)
    before = membership.get_role_display()
    membership.role = role
    _require_lawful(membership)
    membership.save(update_fields=["role"])
    after = membership.get_role_display()
    record(
        "set_role",
        membership,
        f"changed the role of {membership.user.name} from {before.lower()} to {after.lower()}",
        by=by,
        now=now,
        details={"role": [before, after]},
    )
    return membership


@transaction.atomic
def deactivate(*, membership: Membership, by: Actor, now: datetime, hand_to: User | None = None) -> User:
    """Close the account of somebody who works for the acting organisation alone, and end what they are in it.

    Raises PermissionDenied, ValidationError, MembershipEnded, StillHolds, LastAdministrator, WorksElsewhere.
    """
    if not permissions.can_deactivate(by, membership):
        raise PermissionDenied
    lock_organisation(by.organisation)
    for own in Membership.objects.live().filter(user=membership.user, organisation=by.organisation).order_by("pk"):
        _end(_emptied(own, "", hand_to, by, now), by, now)
    user = lock_user(membership.user)
    if works_elsewhere(user, by.organisation):
        raise WorksElsewhere(
            f"{user.name} also works for another organisation, so their account stays open. "
            "End their membership of yours instead"
        )
    user.is_active = False
    user.save(update_fields=["is_active"])
    record("deactivate", user, f"closed the account of {user.name}", by=by, now=now)
    return user


def _end(membership: Membership, by: Actor, now: datetime) -> Membership:
    membership.ended_at = max(now, membership.started_at)
    membership.save(update_fields=["ended_at"])
    holdings.end_with(membership)
    role = membership.get_role_display().lower()
    record("end_membership", membership, f"ended the membership of {membership.user.name} ({role})", by=by, now=now)
    return membership


def _emptied(membership: Membership, new_role: str, hand_to: User | None, by: Actor, now: datetime) -> Membership:
    """The membership, locked, once nothing is held under it that the new role (or none) could not hold."""
    membership = current_membership(membership.pk)
    _require_another_administrator(membership, new_role)
    held = held_by(membership, new_role=new_role)
    if held:
        _hand_over(membership, held, hand_to, by, now)
    membership = current_membership(membership.pk, lock=True)
    # Something may have been given to them between handing over and locking.
    _require_nothing_held(membership, held_by(membership, new_role=new_role))
    return membership


def _require_another_administrator(membership: Membership, new_role: str) -> None:
    if membership.role != Role.ADMINISTRATOR or new_role == Role.ADMINISTRATOR or not membership.organisation.is_open:
        return
    administrators = Membership.objects.live().filter(organisation=membership.organisation, role=Role.ADMINISTRATOR)
    if not administrators.exclude(pk=membership.pk).exists():
        raise LastAdministrator(
            f"{membership.user.name} is the only administrator of {membership.organisation.name}. "
            "Make somebody else an administrator first"
        )


def _require_nothing_held(membership: Membership, held: Sequence[Held]) -> None:
    if held:
        what = listed([str(one) for one in held])
        raise StillHolds(f"{membership.user.name} still holds {what}. Choose who takes over, in the same step")


def _hand_over(membership: Membership, held: Sequence[Held], hand_to: User | None, by: Actor, now: datetime) -> None:
    if hand_to is None:
        return _require_nothing_held(membership, held)
    if not successors(membership, held).filter(user=hand_to).exists():
        raise _cannot_take_over(membership)
    organisation = membership.organisation
    holdings.lock_behind([one.kind for one in held], membership.user, organisation)
    try:
        for one in held:
            one.kind.hand_over(organisation=organisation, of=membership.user, to=hand_to, by=by, now=now)
    except ValidationError as error:
        raise _cannot_take_over(membership) from error


def _cannot_take_over(membership: Membership) -> ValidationError:
    return ValidationError(
        {"hand_to": f"Choose somebody who works for {membership.organisation.name} and can hold all of it"}
    )


def _require_lawful(membership: Membership) -> None:
    try:
        membership.full_clean()
    except ValidationError as error:
        raise ValidationError({"role": error.messages}) from error
