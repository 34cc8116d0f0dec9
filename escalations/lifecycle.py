"""Which verb is possible in which status, and the one place where an escalation changes status."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from escalations import clocks
from escalations.models import OVER, Escalation, Status, Step, Verb
from risks import lifecycle as risk_lifecycle
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import when

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Risk

DISPUTES_BEFORE_BYPASS = 2


class WrongMoment(DomainError):
    """The verb is not possible in the status that the escalation has now."""


class AlreadyAsked(DomainError):
    """The one information pause of this decision has been used."""


class AlreadyEscalated(DomainError):
    """An escalation of this risk to this body is open. `existing` is that one."""

    def __init__(self, message: str, *, existing: Escalation) -> None:
        super().__init__(message)
        self.existing = existing


class NotAbove(DomainError):
    """There is no such body above, or it has closed."""


class CannotBypass(DomainError):
    """The body asked has not sat on the risk."""


class Side(StrEnum):
    FROM = "FROM"
    TO = "TO"


class Rule(NamedTuple):
    """Whose verb it is, and from which statuses it may be done."""

    side: Side
    statuses: frozenset[Status]


S = Status
WORKED_ON = frozenset({S.ACKNOWLEDGED, S.ACCEPTED})

# A verb of the body asked on a raised escalation acknowledges it first, so RAISED is not listed for those.
RULES: dict[Verb, Rule] = {
    Verb.ACKNOWLEDGE: Rule(Side.TO, frozenset({S.RAISED})),
    Verb.REASSIGN: Rule(
        Side.TO, frozenset({S.ACKNOWLEDGED, S.INFORMATION_REQUESTED, S.ACCEPTED, S.ESCALATED_ON, S.ANSWERED})
    ),
    Verb.REQUEST_INFORMATION: Rule(Side.TO, WORKED_ON),
    Verb.GIVE_INFORMATION: Rule(Side.FROM, frozenset({S.INFORMATION_REQUESTED})),
    Verb.ACCEPT: Rule(Side.TO, frozenset({S.ACKNOWLEDGED})),
    Verb.UPDATE: Rule(Side.TO, WORKED_ON | {S.ESCALATED_ON}),
    Verb.ESCALATE_ON: Rule(Side.TO, WORKED_ON),
    Verb.ANSWER: Rule(Side.TO, WORKED_ON),
    Verb.CONFIRM: Rule(Side.FROM, frozenset({S.ANSWERED})),
    Verb.DISPUTE: Rule(Side.FROM, frozenset({S.ANSWERED})),
    Verb.WITHDRAW: Rule(
        Side.FROM, frozenset({S.RAISED, S.ACKNOWLEDGED, S.INFORMATION_REQUESTED, S.ACCEPTED, S.ESCALATED_ON})
    ),
    Verb.BYPASS: Rule(Side.FROM, frozenset(S) - frozenset(OVER)),
}


def is_possible(verb: Verb, status: str) -> bool:
    """Whether the verb can be done in this status, counting the acknowledgement that comes first by itself."""
    rule = RULES[verb]
    if status == S.RAISED and rule.side == Side.TO and verb not in (Verb.ACKNOWLEDGE, Verb.REASSIGN):
        return S.ACKNOWLEDGED in rule.statuses
    return status in rule.statuses


def lock(escalation: Escalation) -> Escalation:
    """The escalation as it is now, locked until the transaction ends: the risk first, always."""
    risk = risk_lifecycle.lock(escalation.risk)
    locked = (
        Escalation.objects.select_for_update(of=("self",))
        .select_related("from_organisation__parent", "to_organisation__parent", "handler", "raised_by")
        .get(pk=escalation.pk)
    )
    locked.risk = risk
    return locked


def require(verb: Verb, escalation: Escalation, now: datetime) -> None:
    """That the verb can be done now, for whoever may do it.

    Raises WrongMoment, AlreadyAsked, NotAbove, AlreadyEscalated or CannotBypass, in words for the reader.
    """
    if not is_possible(verb, escalation.status):
        raise WrongMoment(_who_did_what(escalation))
    if verb == Verb.REQUEST_INFORMATION:
        _require_pause_left(escalation)
    if verb == Verb.BYPASS and not may_bypass(escalation, now):
        raise CannotBypass(
            f"{escalation.to_organisation.name} can be passed by only once it is late to acknowledge or decide, "
            "or once two of its answers did not help"
        )
    if verb in (Verb.ESCALATE_ON, Verb.BYPASS):
        asking = escalation.to_organisation if verb == Verb.ESCALATE_ON else escalation.from_organisation
        refuse_second(escalation.risk, asking, body_above(escalation.to_organisation))


def can_be_done(verb: Verb, escalation: Escalation, now: datetime) -> bool:
    """Whether `require` would let it pass: whether to show the button."""
    if not is_possible(verb, escalation.status):
        return False
    try:
        require(verb, escalation, now)
    except DomainError:
        return False
    return True


def _who_did_what(escalation: Escalation) -> str:
    last = escalation.steps.select_related("by", "organisation").last()
    done = f"{last.by.name} of {last.organisation.name} {last.get_verb_display()} on {when(last.at)}. " if last else ""
    return f"This cannot be done now. {done}The escalation is {escalation.get_status_display().lower()}"


def _require_pause_left(escalation: Escalation) -> None:
    if escalation.status == S.ACKNOWLEDGED and escalation.pause_used:
        raise AlreadyAsked(
            "You have already asked for information before deciding, and the clock was paused for it. "
            "Decide with what you have, or accept the escalation and then ask again"
        )


def may_bypass(escalation: Escalation, now: datetime) -> bool:
    """Whether the body asked has sat on the risk: late to acknowledge or decide, or disputed twice."""
    return escalation.disputes >= DISPUTES_BEFORE_BYPASS or clocks.was_late(escalation, now)


def body_above(organisation: Organisation) -> Organisation:
    """The organisation that it answers to. Raises NotAbove where there is none that can be asked."""
    above = organisation.parent
    if above is None:
        raise NotAbove(f"{organisation.name} is the national body: there is nobody above it to ask")
    if not above.is_open:
        raise NotAbove(f"{above.name} has closed and cannot be asked")
    return above


def refuse_second(risk: Risk, asking: Organisation, to: Organisation) -> None:
    """Raises AlreadyEscalated if the one has already asked the other about the risk."""
    existing = (
        Escalation.objects.open()
        .filter(risk=risk, from_organisation=asking, to_organisation=to)
        .select_related("raised_by")
        .first()
    )
    if existing is None:
        return
    asked = f"{existing.raised_by.name} of {asking.name} asked {to.name} about {risk.reference}"
    words = f"{asked} on {when(existing.raised_at)}, and that escalation is still open"
    if existing.status == S.ANSWERED:
        words += ". It has been answered: if the answer does not help, say so there, which asks them again"
    raise AlreadyEscalated(words, existing=existing)


def move(
    escalation: Escalation, verb: Verb, status: Status, *, text: str = "", summary: str = "", by: Actor, now: datetime
) -> Step:
    """Change the status of a locked escalation and write down the step, its words and the audit event."""
    before = "" if escalation._state.adding else escalation.status
    stand(escalation, status, now)
    step = Step.objects.create(
        escalation=escalation,
        verb=verb,
        from_status=before,
        to_status=escalation.status,
        organisation=by.organisation,
        text=text,
        by=by.user,
        at=now,
    )
    record(
        verb.value.lower(),
        escalation,
        summary or f"{verb.label} (escalation to {escalation.to_organisation.name})",
        by=by,
        now=now,
        reference=escalation.risk.reference,
        details={"status": [before, escalation.status]},
    )
    return step


def stand(escalation: Escalation, status: Status, now: datetime) -> None:
    """Give the escalation a status and the times that belong to it, and save it."""
    escalation.status = status
    if status != S.INFORMATION_REQUESTED:
        escalation.back_to = ""
    if status in OVER:
        escalation.ended_at = escalation.ended_at or now
    escalation.save()


def standing(escalation: Escalation) -> str:
    """Where it stands, looking through a pending request for information."""
    return escalation.back_to or escalation.status


def stand_beneath(escalation: Escalation, verb: Verb, status: Status, *, by: Actor, now: datetime) -> None:
    """Change where a hop stands because of what happened above it.

    While information is awaited it goes on being awaited, and `status` is where it goes back to.
    """
    if escalation.status == S.INFORMATION_REQUESTED:
        escalation.back_to = status
        status = S.INFORMATION_REQUESTED
    move(escalation, verb, status, by=by, now=now)
