"""How every verb begins: may the actor, is it locked, is it the moment, and is it acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.members import HOLDERS_OF_ESCALATIONS, require_member
from deadlines.models import Kind
from escalations import clocks, lifecycle, permissions, telling
from escalations.lifecycle import RULES, Side
from escalations.models import Status, Verb
from safetyreg import personal_data

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import User
    from escalations.models import Escalation


def begin(verb: Verb, escalation: Escalation, *, by: Actor, now: datetime) -> Escalation:
    """The escalation, locked, acknowledged and ready for the verb.

    Raises PermissionDenied, WrongMoment or whatever else `lifecycle.require` refuses with.
    """
    if not permissions.can_do(by, verb, escalation):
        raise PermissionDenied
    escalation = lifecycle.lock(escalation)
    lifecycle.require(verb, escalation, now)
    if escalation.status == Status.RAISED and RULES[verb].side == Side.TO and verb != Verb.ACKNOWLEDGE:
        acknowledge_locked(escalation, by.person, by=by, now=now)
    return escalation


def acknowledge_locked(escalation: Escalation, handler: User, *, by: Actor, now: datetime) -> None:
    """Name the handler, stop the first clock and start the next. Raises ValidationError for `handler`."""
    require_member(handler, escalation.to_organisation, field="handler", roles=HOLDERS_OF_ESCALATIONS)
    escalation.handler = handler
    escalation.acknowledged_at = now
    step = lifecycle.move(
        escalation,
        Verb.ACKNOWLEDGE,
        Status.ACKNOWLEDGED,
        text=f"Handled by {handler.name}",
        summary=f"acknowledged the escalation; {handler.name} handles it",
        by=by,
        now=now,
    )
    clocks.meet(escalation, Kind.ACKNOWLEDGE, now=now)
    clocks.start(Kind.DECIDE, escalation, now)
    telling.tell_all_below(
        step, f"{escalation.to_organisation.name} acknowledged the escalation; {handler.name} handles it"
    )
    telling.tell_handler(escalation, by, now)


def words(field: str, text: str, message: str, *, checked: bool) -> str:
    """The text, screened and trimmed. Raises ValidationError with `message` if there is none, ConfirmationNeeded."""
    return all_words({field: text}, {field: message}, checked=checked)[field]


def all_words(texts: dict[str, str], messages: dict[str, str], *, checked: bool) -> dict[str, str]:
    """Several texts by field, screened together and trimmed. Those with a message are needed.

    Raises ValidationError, ConfirmationNeeded.
    """
    personal_data.screen(checked=checked, **texts)
    trimmed = {field: text.strip() for field, text in texts.items()}
    missing = {field: message for field, message in messages.items() if not trimmed[field]}
    if missing:
        raise ValidationError(missing)
    return trimmed
