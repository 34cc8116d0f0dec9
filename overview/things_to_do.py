"""What a reader may do to a risk now: which links and buttons its page shows.

Each asks the permission that the service asks, and the moment as far as the page knows it; the service decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Level
from escalations.models import Escalation
from escalations.permissions import can_escalate
from risks import permissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.actors import Actor
    from overview.chains import Chain
    from risks.models import Risk


@dataclass(frozen=True)
class Can:
    """`escalate` and `ask_introduction` are the words of a button, empty without one; the others say whether."""

    escalate: str
    escalate_is_next: bool
    write: bool
    discard: bool
    work: bool
    edit: bool
    hand_over: bool
    comment: bool
    transfer: bool
    reopen: bool
    link: bool
    ask_introduction: str


def on(risk: Risk, actor: Actor, chains: Sequence[Chain], *, has_transfer: bool, may_be_introduced: bool) -> Can:
    hops = [hop.escalation for chain in chains for hop in chain.hops]
    is_escalated = any(not hop.is_over for hop in hops)
    works = permissions.can_work_on_risk(actor, risk)
    edits = permissions.can_edit_risk(actor, risk)
    return Can(
        escalate=_escalate(risk, actor, hops),
        escalate_is_next=not is_escalated,
        write=risk.is_draft and edits,
        discard=risk.is_draft and edits,
        work=risk.is_open and works,
        edit=risk.is_open and edits,
        hand_over=not risk.is_closed and permissions.can_hand_over_risk(actor, risk),
        comment=permissions.can_comment(actor, risk),
        transfer=risk.is_open and works and not is_escalated and not has_transfer,
        reopen=risk.is_closed and works,
        link=risk.is_open and permissions.can_propose_link(actor, risk),
        ask_introduction=_ask_introduction(risk, actor) if may_be_introduced else "",
    )


def _ask_introduction(risk: Risk, actor: Actor) -> str:
    """A provider may ask its ICB to introduce it to others."""
    icb = risk.organisation.parent
    is_possible = risk.is_open and risk.organisation.level == Level.PROVIDER and icb is not None and icb.is_open
    if not is_possible or not permissions.can_work_on_risk(actor, risk):
        return ""
    return f"Ask {icb.name} to introduce us to others"


def _escalate(risk: Risk, actor: Actor, hops: Sequence[Escalation]) -> str:
    """To the body above; once that was asked, a provider may still ask another ICB."""
    above = risk.organisation.parent
    if not risk.is_open or above is None or not can_escalate(actor, risk):
        return ""
    asked = {
        hop.to_organisation_id for hop in hops if hop.from_organisation_id == risk.organisation_id and not hop.is_over
    }
    if above.pk not in asked:
        return f"Escalate to {above.name}"
    return "Escalate to another ICB" if risk.organisation.level == Level.PROVIDER else ""
