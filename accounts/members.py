"""Being sure that somebody is a member, for as long as a transaction needs it to stay true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from accounts.models import Membership, Role

if TYPE_CHECKING:
    from collections.abc import Collection

    from accounts.models import Organisation, User

HOLDERS_OF_RISKS = (Role.REPORTER, Role.SAFETY_LEAD)
HOLDERS_OF_ESCALATIONS = (Role.SAFETY_LEAD,)


def require_member(user: User, organisation: Organisation, *, field: str, roles: Collection[Role]) -> Membership:
    """Lock a person's live membership, so that it cannot end before what is given to them is written.

    A system holds nothing: somebody has to answer for it.
    Raises ValidationError for `field`, in the same words whether the person exists or not.
    """
    membership = _locked(user, organisation, roles)
    if membership is None:
        raise ValidationError({field: f"Choose somebody who works for {organisation.name} and can act on this"})
    return membership


def is_member(user: User, organisation: Organisation, *, roles: Collection[Role]) -> bool:
    """Whether somebody is a member now; if so, they stay one until the transaction ends."""
    return _locked(user, organisation, roles) is not None


def _locked(user: User, organisation: Organisation, roles: Collection[Role]) -> Membership | None:
    return (
        Membership.objects.live()
        .people()
        .filter(user=user, organisation=organisation, role__in=roles)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .first()
    )
