"""Who people are and whom they act for, and the systems that act for an organisation."""

from accounts.models.clients import Client, ClientQuerySet, ClientRequest, ClientRequestQuerySet, ClientSecret
from accounts.models.joining import AccountEmail, Attempt, Invitation, InvitationQuerySet
from accounts.models.organisations import Level, Organisation, OrganisationQuerySet, Succession
from accounts.models.people import (
    CLINICAL_ROLES,
    SYSTEM_ADDRESSES,
    Membership,
    MembershipQuerySet,
    Role,
    User,
    UserManager,
)

__all__ = [
    "CLINICAL_ROLES",
    "SYSTEM_ADDRESSES",
    "AccountEmail",
    "Attempt",
    "Client",
    "ClientQuerySet",
    "ClientRequest",
    "ClientRequestQuerySet",
    "ClientSecret",
    "Invitation",
    "InvitationQuerySet",
    "Level",
    "Membership",
    "MembershipQuerySet",
    "Organisation",
    "OrganisationQuerySet",
    "Role",
    "Succession",
    "User",
    "UserManager",
]
