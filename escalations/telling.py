"""Telling both sides, and those below, what happened to an escalation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalations.models import Verb
from notifications.models import Kind as Told
from notifications.services import notify, notify_safety_leads
from notifications.webhooks.types import EventType
from risks.telling import tell_step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from escalations.models import Escalation, Step

# What the systems of those concerned are told of each step.
EVENTS = {
    Verb.ESCALATE: EventType.ESCALATION_RAISED,
    Verb.ACKNOWLEDGE: EventType.ESCALATION_ACKNOWLEDGED,
    Verb.REASSIGN: EventType.ESCALATION_ACKNOWLEDGED,
    Verb.REQUEST_INFORMATION: EventType.ESCALATION_INFORMATION,
    Verb.GIVE_INFORMATION: EventType.ESCALATION_INFORMATION,
    Verb.ACCEPT: EventType.ESCALATION_ACCEPTED,
    Verb.UPDATE: EventType.FEEDBACK_UPDATED,
    Verb.ESCALATE_ON: EventType.ESCALATION_MOVED_UP,
    Verb.ANSWER: EventType.FEEDBACK_ANSWERED,
    Verb.CONFIRM: EventType.FEEDBACK_CONFIRMED,
    Verb.DISPUTE: EventType.FEEDBACK_DISPUTED,
    Verb.WITHDRAW: EventType.ESCALATION_WITHDRAWN,
    Verb.BYPASS: EventType.ESCALATION_MOVED_UP,
    Verb.RETURNED: EventType.ESCALATION_MOVED_UP,
    Verb.WAITING: EventType.ESCALATION_MOVED_UP,
}


def tell_to(step: Step, message: str, kind: Told = Told.STEP) -> None:
    """Tell the body asked."""
    escalation = step.escalation
    tell(step, escalation.to_organisation, message, kind)


def tell_both_sides(step: Step, message: str, kind: Told = Told.STEP) -> None:
    """Tell the body asked, in this way, and everybody below of the step."""
    tell_to(step, message, kind)
    tell_all_below(step, message)


def tell_all_below(step: Step, message: str, kind: Told = Told.STEP) -> None:
    """Tell every organisation below on the chain, and whoever logged the risk, whatever level it comes from."""
    for organisation in organisations_below(step.escalation):
        tell(step, organisation, message, kind)
    tell_step(step.escalation.risk, message, step.at, key=step.pk, by=step.by, kind=kind, event=_event(step))


def organisations_below(escalation: Escalation) -> Iterator[Organisation]:
    hop: Escalation | None = escalation
    while hop:
        yield hop.from_organisation
        hop = hop.previous


def tell_handler(escalation: Escalation, by: Actor, now: datetime) -> None:
    handler = escalation.handler
    if handler is None or handler.pk == by.user.pk:
        return
    notify(
        organisation=escalation.to_organisation,
        recipients=[handler],
        kind=Told.GIVEN_TO_YOU,
        message=f"{escalation.risk.reference}: yours to handle, from {escalation.from_organisation.name}",
        reason="It was given to you",
        path=escalation.path,
        reference=escalation.risk.reference,
        key=f"handler:{escalation.pk}:{now.isoformat()}",
        now=now,
    )


def tell(step: Step, organisation: Organisation, message: str, kind: Told) -> None:
    escalation = step.escalation
    is_to = organisation.pk == escalation.to_organisation_id
    notify_safety_leads(
        organisation=organisation,
        kind=kind,
        message=f"{escalation.risk.reference}: {message}",
        path=escalation.path,
        reference=escalation.risk.reference,
        key=f"step:{step.pk}",
        now=step.at,
        also=[escalation.handler] if is_to else [],
        but_not=step.by,
        event=EventType.RISK_SHARED if kind == Told.SHARED else _event(step, is_to=is_to),
    )


def _event(step: Step, *, is_to: bool = False) -> EventType:
    if is_to and step.verb == Verb.ESCALATE:
        return EventType.ESCALATION_RECEIVED
    return EVENTS[Verb(step.verb)]
