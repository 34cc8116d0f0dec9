"""May this actor do it? One sentence each. Whether it may happen now is for `lifecycle` and the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import Action, Risk, Transfer


def can_read_risks(actor: Actor, _risk: Risk | None = None) -> bool:
    """Whether there can be any risk for them to read; which ones is for `visible_to`."""
    return actor.reads_risks


def can_log_risk(actor: Actor) -> bool:
    return actor.can_log


def owns(actor: Actor, risk: Risk) -> bool:
    return actor.organisation_id == risk.organisation_id


def can_edit_risk(actor: Actor, risk: Risk) -> bool:
    """A safety lead edits any risk of the organisation; a reporter edits drafts that they began or were given."""
    if not owns(actor, risk):
        return False
    own = actor.user.pk in (risk.logged_by_id, risk.owner_id)
    return actor.is_safety_lead or (actor.can_log and risk.is_draft and own)


def can_work_on_risk(actor: Actor, risk: Risk) -> bool:
    """Score it, add controls and actions, review, involve, close, reopen and transfer it."""
    return actor.is_safety_lead and owns(actor, risk)


def can_hand_over_risk(actor: Actor, risk: Risk) -> bool:
    return can_work_on_risk(actor, risk) or (actor.can_log and owns(actor, risk) and risk.owner_id == actor.user.pk)


def can_complete_action(actor: Actor, action: Action) -> bool:
    if actor.organisation_id != action.organisation_id:
        return False
    return actor.is_safety_lead or (actor.can_log and action.owner_id == actor.user.pk)


def can_comment(actor: Actor, risk: Risk) -> bool:
    """Whoever logs risks may comment, on any risk that they read in full (the caller looked it up so)."""
    return actor.can_log


def can_decide_transfer(actor: Actor, transfer: Transfer) -> bool:
    return actor.is_safety_lead and actor.organisation_id == transfer.to_organisation_id


def can_withdraw_transfer(actor: Actor, transfer: Transfer) -> bool:
    return actor.is_safety_lead and actor.organisation_id == transfer.from_organisation_id
