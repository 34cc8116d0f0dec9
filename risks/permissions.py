"""May this actor do it? One sentence each. Whether it may happen now is for `lifecycle` and the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import Action, Introduction, Involvement, Risk, RiskLink, Transfer


def can_read_risks(actor: Actor, _risk: Risk | None = None) -> bool:
    """Whether there can be any risk for them to read; which ones is for `visible_to`."""
    return actor.reads_risks


def can_log_risk(actor: Actor) -> bool:
    return actor.can_log


def can_import_risks(actor: Actor, _anything: object = None) -> bool:
    """An import logs, edits and scores, so it is for whoever may do all three."""
    return actor.is_safety_lead


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


def can_answer_involvement(actor: Actor, involvement: Involvement) -> bool:
    return actor.is_safety_lead and actor.organisation_id == involvement.organisation_id


def oversees(actor: Actor) -> bool:
    """Whether they work for a body above the providers: an ICB, a region or the national body."""
    return actor.organisation.is_above_providers


def can_gather(actor: Actor, risk: Risk) -> bool:
    """Gather the risks of others under a risk that their own ICB, region or national body owns."""
    return can_work_on_risk(actor, risk) and oversees(actor)


def can_match(actor: Actor, _anything: object = None) -> bool:
    """Work through the likely pairs among the risks that a body above the providers sees."""
    return actor.is_safety_lead and oversees(actor)


def can_propose_link(actor: Actor, risk: Risk) -> bool:
    """From a risk of their own; a body above the providers, between any two that it sees."""
    return can_work_on_risk(actor, risk) or can_match(actor)


def can_answer_link(actor: Actor, link: RiskLink) -> bool:
    return actor.is_safety_lead and actor.organisation_id in link.asked


def can_withdraw_link(actor: Actor, link: RiskLink) -> bool:
    """Either side at any time; whoever proposed it, until it stands."""
    owns_a_side = actor.organisation_id in (link.from_risk.organisation_id, link.to_risk.organisation_id)
    proposed = actor.organisation_id == link.proposed_by_id and not link.is_accepted
    return actor.is_safety_lead and (owns_a_side or proposed)


def can_answer_introduction(actor: Actor, introduction: Introduction) -> bool:
    return actor.is_safety_lead and actor.organisation_id == introduction.icb_id


def can_withdraw_introduction(actor: Actor, introduction: Introduction) -> bool:
    return actor.is_safety_lead and actor.organisation_id == introduction.organisation_id
