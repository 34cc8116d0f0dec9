"""The actor: a person or a system, the one organisation it acts for right now, and its role there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Membership, Role

if TYPE_CHECKING:
    import uuid

    from accounts.models import Client, Organisation, User


@dataclass(frozen=True)
class Actor:
    """Built once per request and passed to every service as `by`. Rights never add up across organisations.

    `client` is the system that acts, if it is no person.
    """

    membership: Membership
    client: Client | None = None

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def person(self) -> User:
        """Who answers for what is done, and holds what nobody else is named for: a system answers for nothing."""
        return self.client.responsible if self.client else self.user

    @property
    def organisation(self) -> Organisation:
        return self.membership.organisation

    @property
    def organisation_id(self) -> uuid.UUID:
        return self.membership.organisation_id

    @property
    def role(self) -> str:
        return self.membership.role

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def is_safety_lead(self) -> bool:
        return self.role == Role.SAFETY_LEAD and self.organisation.is_open

    @property
    def can_log(self) -> bool:
        return self.role in (Role.REPORTER, Role.SAFETY_LEAD) and self.organisation.is_open

    @property
    def reads_risks(self) -> bool:
        """An administrator manages people and, by that alone, reads no risk."""
        return self.role != Role.ADMINISTRATOR


def still_acting(membership_id: uuid.UUID) -> Actor | None:
    """Who asked for what is done only now, if they still act under the membership with which they asked."""
    live = Membership.objects.live().select_related("user", "organisation__parent", "client__responsible")
    membership = live.filter(pk=membership_id).first()
    return Actor(membership, getattr(membership, "client", None)) if membership else None
