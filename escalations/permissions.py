"""May this actor do it? Whether the moment is right is for `lifecycle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Level
from escalations.lifecycle import RULES, Side

if TYPE_CHECKING:
    from accounts.actors import Actor
    from escalations.models import Escalation, Verb
    from risks.models import Risk


def can_escalate(actor: Actor, risk: Risk) -> bool:
    """Only the risk's own organisation starts a chain, and nobody is above the national body."""
    return (
        actor.is_safety_lead
        and actor.organisation_id == risk.organisation_id
        and actor.organisation.level != Level.NATIONAL
    )


def can_read_escalations(actor: Actor, _page: object = None) -> bool:
    return actor.reads_risks


def can_do(actor: Actor, verb: Verb, escalation: Escalation) -> bool:
    """Whether the verb is this actor's: a safety lead of the side whose verb it is."""
    side = RULES[verb].side
    organisation = escalation.to_organisation_id if side == Side.TO else escalation.from_organisation_id
    return actor.is_safety_lead and actor.organisation_id == organisation
