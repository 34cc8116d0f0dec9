"""Raising an escalation: from the risk's organisation, on from the body asked, or past a body that sits on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Level
from deadlines.models import Kind, Urgency
from escalations import clocks, lifecycle, permissions, telling
from escalations.models import Escalation, Status, Verb
from escalations.services.beginning import all_words, begin
from notifications.models import Kind as Told
from risks import lifecycle as risk_lifecycle
from risks import sharing
from risks.models import Basis
from risks.services.beginning import lock_for
from risks.urgency import urgency_of

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Risk


@transaction.atomic
def escalate_risk(
    *,
    risk: Risk,
    to: Organisation | None = None,
    reason: str,
    ask: str,
    immediate: bool = False,
    why_this_body: str = "",
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Escalation:
    """Ask the organisation above (the parent, unless a provider names another ICB and says why) to act on a risk.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus, AlreadyEscalated.
    """
    risk = lock_for(by, risk, permissions.can_escalate)
    risk_lifecycle.require_open(risk)
    to = _body_above(by.organisation, to, why_this_body)
    return _raise(
        Escalation(
            risk=risk,
            from_organisation=by.organisation,
            to_organisation=to,
            why_this_body=why_this_body,
            urgency=Urgency.IMMEDIATE if immediate else urgency_of(risk),
        ),
        reason=reason,
        ask=ask,
        by=by,
        now=now,
        checked=personal_data_checked,
    )


def _body_above(asking: Organisation, to: Organisation | None, why_this_body: str) -> Organisation:
    """The parent, unless a provider names another ICB. Raises ValidationError for `to` or `why_this_body`."""
    to = to or asking.parent
    other_icb = to and asking.level == Level.PROVIDER and to.level == Level.ICB and to.pk != asking.parent_id
    if to is None or (to.pk != asking.parent_id and not other_icb):
        raise ValidationError({"to": f"Choose the body above {asking.name}"})
    if not to.is_open:
        raise ValidationError({"to": f"{to.name} has closed and cannot be asked"})
    if other_icb and not why_this_body.strip():
        raise ValidationError({"why_this_body": f"Enter why you ask {to.name} and not your own ICB"})
    return to


@transaction.atomic
def escalate_on(
    *,
    escalation: Escalation,
    reason: str,
    ask: str,
    immediate: bool = False,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Escalation:
    """Ask the next body above. The hop below stays open, owed updates, until the answer comes back. The new hop.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment, NotAbove, AlreadyEscalated.
    """
    escalation = begin(Verb.ESCALATE_ON, escalation, by=by, now=now)
    to = lifecycle.body_above(escalation.to_organisation)
    hop = _raise(
        Escalation(
            risk=escalation.risk,
            from_organisation=escalation.to_organisation,
            to_organisation=to,
            previous=escalation,
            urgency=urgency_of_next(escalation, immediate=immediate),
        ),
        reason=reason,
        ask=ask,
        by=by,
        now=now,
        checked=personal_data_checked,
    )
    step = lifecycle.move(escalation, Verb.ESCALATE_ON, Status.ESCALATED_ON, text=hop.reason, by=by, now=now)
    clocks.meet(escalation, Kind.DECIDE, now=now)
    clocks.stop(escalation, Kind.ANSWER, now=now)
    clocks.start(Kind.UPDATE, escalation, now)
    telling.tell_all_below(step, f"{escalation.to_organisation.name} escalated it on to {to.name}")
    return hop


@transaction.atomic
def bypass(
    *,
    escalation: Escalation,
    reason: str,
    ask: str,
    immediate: bool = False,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Escalation:
    """Ask the body above one that sits on the risk, openly: the escalation passed by stays open. The new hop.

    Possible once the body asked has been late to acknowledge or decide, or its answers were disputed twice.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment, CannotBypass, NotAbove, AlreadyEscalated.
    """
    escalation = begin(Verb.BYPASS, escalation, by=by, now=now)
    passed, to = escalation.to_organisation, lifecycle.body_above(escalation.to_organisation)
    hop = _raise(
        Escalation(
            risk=escalation.risk,
            from_organisation=escalation.from_organisation,
            to_organisation=to,
            previous=escalation.previous,
            bypasses=escalation,
            urgency=urgency_of_next(escalation, immediate=immediate),
        ),
        reason=reason,
        ask=ask,
        by=by,
        now=now,
        checked=personal_data_checked,
    )
    summary = f"went past {passed.name} to {to.name}"
    step = lifecycle.move(
        escalation, Verb.BYPASS, Status(escalation.status), text=hop.reason, summary=summary, by=by, now=now
    )
    telling.tell_both_sides(step, f"{escalation.from_organisation.name} {summary}")
    return hop


def urgency_of_next(escalation: Escalation, *, immediate: bool = False) -> Urgency:
    """That of the hop above: the risk's score as it now is, unless harm is imminent here already."""
    if immediate or escalation.urgency == Urgency.IMMEDIATE:
        return Urgency.IMMEDIATE
    return urgency_of(escalation.risk)


def _raise(hop: Escalation, *, reason: str, ask: str, by: Actor, now: datetime, checked: bool) -> Escalation:
    lifecycle.refuse_second(hop.risk, hop.from_organisation, hop.to_organisation)
    texts = all_words(
        {"reason": reason, "ask": ask, "why_this_body": hop.why_this_body},
        {"reason": "Enter why you escalate it", "ask": "Enter what you ask them to do"},
        checked=checked,
    )
    hop.reason, hop.ask, hop.why_this_body = texts["reason"], texts["ask"], texts["why_this_body"]
    hop.raised_by, hop.raised_at = by.user, now
    hop.full_clean(validate_constraints=False)
    sharing.grant(hop.risk, hop.to_organisation, Basis.ESCALATION, now)
    to = hop.to_organisation.name
    summary = f"escalated the risk to {to}"
    step = lifecycle.move(hop, Verb.ESCALATE, Status.RAISED, text=hop.ask, summary=summary, by=by, now=now)
    clocks.start(Kind.ACKNOWLEDGE, hop, now)
    telling.tell_to(step, f"{hop.from_organisation.name} escalated a risk to {to}", Told.ESCALATION_RAISED)
    if not hop.previous and not hop.bypasses:  # otherwise the hop it comes from tells them
        telling.tell_all_below(step, f"{hop.from_organisation.name} escalated it to {to}")
    return hop
