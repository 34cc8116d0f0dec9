"""The order of locks when people come, change and go: organisation, then risks, then memberships, then the person.

Everything that changes who is a member of an organisation locks the organisation first, so of two at once one waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership, Organisation, User
from safetyreg import preconditions
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    import uuid


class MembershipEnded(DomainError):
    """Somebody else ended it first."""


def lock_organisation(organisation: Organisation) -> Organisation:
    """The organisation as it is now. Rows that refer to it can still be written meanwhile."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    preconditions.look()
    return organisation


def current_membership(pk: uuid.UUID, *, lock: bool = False) -> Membership:
    """A live membership as it is now; locked, nothing can be given to its holder. Raises MembershipEnded."""
    live = Membership.objects.live().select_related("user", "organisation").filter(pk=pk)
    membership = (live.select_for_update(of=("self",), no_key=True) if lock else live).first()
    if membership is None:
        raise MembershipEnded("This membership has ended already")
    return membership


def lock_user(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)
