"""The actor: a person, the one organisation they act for right now, and their role in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Membership, Role

if TYPE_CHECKING:
    import uuid

    from accounts.models import Organisation, User


@dataclass(frozen=True)
class Actor:
    """Built once per request and passed to every service as `by`. Rights never add up across organisations."""

    membership: Membership

    @property
    def user(self) -> User:
        return self.membership.user

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
