"""Who may manage people, systems and the organisation's contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Client, Invitation, Membership


def can_manage_people(actor: Actor, _anything: object = None) -> bool:
    """See who is a member, and invite people."""
    return actor.is_administrator


def can_manage_membership(actor: Actor, membership: Membership) -> bool:
    return actor.is_administrator and actor.organisation_id == membership.organisation_id


def can_deactivate(actor: Actor, membership: Membership) -> bool:
    """Nobody closes their own account: whoever does it must be there to undo it."""
    return can_manage_membership(actor, membership) and actor.user != membership.user


def can_manage_invitation(actor: Actor, invitation: Invitation) -> bool:
    return actor.is_administrator and actor.organisation_id == invitation.organisation_id


def can_manage_clients(actor: Actor, _anything: object = None) -> bool:
    """See which systems act for the organisation, and add one. No system does that."""
    return actor.is_administrator and actor.client is None


def can_manage_client(actor: Actor, client: Client) -> bool:
    return can_manage_clients(actor) and actor.organisation_id == client.organisation_id


def can_change_contacts(actor: Actor, _anything: object = None) -> bool:
    return actor.is_safety_lead or (actor.is_administrator and actor.organisation.is_open)
