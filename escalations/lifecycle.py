"""Which verb is possible in which status, and the one place where an escalation changes status."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from escalations.models import OVER, Escalation, Status, Step, Verb
from risks import lifecycle as risk_lifecycle
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import when

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor


class WrongMoment(DomainError):
    """The verb is not possible in the status that the escalation has now."""


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


def require(verb: Verb, escalation: Escalation) -> None:
    """Raises WrongMoment, saying who did what when, unless the verb is possible on the locked escalation."""
    if is_possible(verb, escalation.status):
        return
    last = escalation.steps.select_related("by", "organisation").last()
    done = f"{last.by.name} of {last.organisation.name} {last.get_verb_display()} on {when(last.at)}" if last else ""
    raise WrongMoment(f"This cannot be done now: the escalation is {escalation.get_status_display().lower()}. {done}.")


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
        escalation.ended_at = now
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
