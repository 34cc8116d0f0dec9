"""What each verb does and each step did, in words for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deadlines import working_time
from deadlines.calendar import proclaimed_days
from deadlines.models import Deadline, Kind, Urgency
from deadlines.standards import duration_for
from deadlines.wording import clocks
from escalations.lifecycle import RULES, Side
from escalations.models import Status, Verb
from safetyreg.words import when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from accounts.models import Organisation
    from escalations.models import Escalation, Step

TO_DO = {
    Kind.ACKNOWLEDGE: "acknowledge it",
    Kind.DECIDE: "decide what to do",
    Kind.INFORM: "give the information",
    Kind.UPDATE: "give the next update",
    Kind.ANSWER: "answer",
    Kind.CONFIRM: "say whether the answer helps",
}
DID = {
    Verb.ESCALATE: "{asking} asked {asked} to act",
    Verb.ACKNOWLEDGE: "{asked} acknowledged the escalation from {asking}",
    Verb.REASSIGN: "{asked} gave the escalation from {asking} to another handler",
    Verb.REQUEST_INFORMATION: "{asked} asked {asking} for information",
    Verb.GIVE_INFORMATION: "{asking} gave {asked} the information",
    Verb.ACCEPT: "{asked} accepted the escalation from {asking}",
    Verb.UPDATE: "{asked} gave {asking} an update",
    Verb.ANSWER: "{asked} answered {asking}",
    Verb.CONFIRM: "{asking} confirmed that the answer of {asked} helps",
    Verb.DISPUTE: "{asking} said that the answer of {asked} does not help",
    Verb.WITHDRAW: "{asking} withdrew its escalation to {asked}",
    Verb.RETURNED: "The wait for the level above ended: it is with {asked} again",
    Verb.WAITING: "{asked} went back to waiting for the level above",
}
STANDS = {
    Status.RAISED: "{asked} has yet to acknowledge it and to name who handles it.",
    Status.ACKNOWLEDGED: "{asked} decides what to do about it.",
    Status.INFORMATION_REQUESTED: "{asked} waits for information from {asking}.",
    Status.ACCEPTED: "{asked} is acting on it and owes an answer.",
    Status.ESCALATED_ON: "{asked} has asked the level above and waits for its answer.",
    Status.ANSWERED: "{asked} has answered. {asking} has to say whether the answer helps.",
    Status.CLOSED: "{asking} confirmed that the answer helps. The escalation is closed.",
    Status.WITHDRAWN: "{asking} withdrew it. Nothing more is owed on it.",
}


def where_it_stands(hop: Escalation) -> str:
    asking, asked = hop.from_organisation.name, hop.to_organisation.name
    if hop.status == Status.ACKNOWLEDGED and hop.disputes:
        return f"The answer did not help {asking}, so {asked} decides again."
    return STANDS[Status(hop.status)].format(asking=asking, asked=asked)


def what_was_done(step: Step) -> str:
    hop = step.escalation
    asking, asked = hop.from_organisation.name, hop.to_organisation.name
    if step.verb == Verb.ESCALATE and hop.bypasses:
        return f"{asking} went past {hop.bypasses.to_organisation.name} and asked {asked} to act"
    if step.verb == Verb.ESCALATE and hop.previous_id:
        return f"{asking} escalated it on and asked {asked} to act"
    return DID[Verb(step.verb)].format(asking=asking, asked=asked)


def words_of(step: Step) -> str:
    """The words that went with a step; not those of feedback, which the page shows by themselves."""
    if step.verb == Verb.ESCALATE:
        return f"{step.escalation.reason}\n\n{step.escalation.ask}"
    return "" if step.verb in (Verb.UPDATE, Verb.ANSWER) else step.text


RING_THE_ONE_NAMED = "Ring them as well: their duty telephone number stands on the next page, if one is recorded"


def whom_to_ring(body: Organisation) -> str:
    """What to do besides when harm is imminent, also where no number is recorded."""
    if body.duty_phone:
        return f"Ring them as well, now: {body.duty_phone}"
    return (
        "No duty telephone number of theirs is recorded: ring their switchboard and ask for whoever is on call for "
        "patient safety"
    )


def must(who: str, kind: Kind, urgency: Urgency, now: datetime) -> str:
    """Test Own ICB must acknowledge it within 2 working days: by Wednesday 8 April 2026, 4:10pm."""
    duration = duration_for(kind, urgency)
    due_at = working_time.due_at(now, duration, extra=proclaimed_days())
    return f"{who} must {TO_DO[kind]} within {duration}: by {when(due_at)}"


def urgencies(who: str, usual: Urgency | None, ring: str, now: datetime) -> dict[str, str]:
    """Words beside each choice of urgency: until when the body asked must acknowledge, and whom to ring.

    `usual` is what the score makes it; without it, that of several which may differ.
    """
    by_score = f"{usual.label}. {must(who, Kind.ACKNOWLEDGE, usual, now)}" if usual else "Each by that of its own risk"
    return {"no": by_score, "yes": f"{must(who, Kind.ACKNOWLEDGE, Urgency.IMMEDIATE, now)}. {ring}"}


def what_follows(verb: Verb, escalation: Escalation, now: datetime) -> list[str]:
    """What happens once the verb is done: who is told, and which clocks start and stop."""
    said = list(FOLLOWS[verb](escalation, now))
    if escalation.status == Status.RAISED and RULES[verb].side == Side.TO and verb != Verb.ACKNOWLEDGE:
        said.insert(0, "This also acknowledges the escalation and names you as its handler")
    return said


def _must(escalation: Escalation, kind: Kind, now: datetime, *, who: str = "") -> str:
    return must(who or escalation.to_organisation.name, kind, Urgency(escalation.urgency), now)


def _acknowledge(hop: Escalation, now: datetime) -> Iterator[str]:
    yield "The clock for acknowledging stops"
    yield _must(hop, Kind.DECIDE, now)
    yield f"{hop.from_organisation.name} is told who handles it"


def _reassign(hop: Escalation, now: datetime) -> Iterator[str]:
    yield f"What {hop.to_organisation.name} owes on it is then in the name of the new handler, who is told at once"
    yield "No clock starts or stops"


def _request_information(hop: Escalation, now: datetime) -> Iterator[str]:
    if hop.status == Status.ACCEPTED:
        yield "The clocks for the next update and for the answer run on"
    else:
        yield "The clock for deciding is paused until the information is given. This can be done once for a decision"
    yield _must(hop, Kind.INFORM, now, who=hop.from_organisation.name)


def _give_information(hop: Escalation, now: datetime) -> Iterator[str]:
    yield f"It goes back to {hop.to_organisation.name}, and your clock for giving information stops"
    for paused in clocks(Deadline.objects.live().of(hop).filter(paused_at__isnull=False), now):
        yield f"The clock for deciding runs on. {paused.words.replace('Paused', 'It was paused')}"


def _accept(hop: Escalation, now: datetime) -> Iterator[str]:
    yield "The clock for deciding stops"
    yield _must(hop, Kind.UPDATE, now)
    yield _must(hop, Kind.ANSWER, now)


def _update(hop: Escalation, now: datetime) -> Iterator[str]:
    yield "Every organisation below on the chain can read it at once"
    yield _must(hop, Kind.UPDATE, now)


def _escalate_on(hop: Escalation, now: datetime) -> Iterator[str]:
    yield "The clocks for deciding and answering stop. You owe updates while you wait"
    yield _must(hop, Kind.UPDATE, now)
    yield "Once the level above answers, everybody below reads it at once, and you owe an answer of your own"


def _answer(hop: Escalation, now: datetime) -> Iterator[str]:
    yield f"All clocks of {hop.to_organisation.name} on this escalation stop"
    yield "Every organisation below on the chain can read it at once, and so can whoever logged the risk"
    yield _must(hop, Kind.CONFIRM, now, who=hop.from_organisation.name)


def _confirm(hop: Escalation, now: datetime) -> Iterator[str]:
    yield "The escalation is closed, and nothing more is owed on it"


def _dispute(hop: Escalation, now: datetime) -> Iterator[str]:
    yield "It goes back to them for a new decision"
    yield _must(hop, Kind.DECIDE, now)
    if hop.to_organisation.parent:
        yield f"{hop.to_organisation.parent.name} is told, and may look on from now on"


def _withdraw(hop: Escalation, now: datetime) -> Iterator[str]:
    yield "All clocks of this escalation stop, and it is over"
    yield f"{hop.to_organisation.name} is told why, and sees the risk no longer unless it has another reason to"
    yield "Escalations below and above this one stand"


def _bypass(hop: Escalation, now: datetime) -> Iterator[str]:
    yield f"{hop.to_organisation.name} is told. Its own escalation stays open, and what it owes stays owed"


FOLLOWS: dict[Verb, Callable[[Escalation, datetime], Iterator[str]]] = {
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.REASSIGN: _reassign,
    Verb.REQUEST_INFORMATION: _request_information,
    Verb.GIVE_INFORMATION: _give_information,
    Verb.ACCEPT: _accept,
    Verb.UPDATE: _update,
    Verb.ESCALATE_ON: _escalate_on,
    Verb.ANSWER: _answer,
    Verb.CONFIRM: _confirm,
    Verb.DISPUTE: _dispute,
    Verb.WITHDRAW: _withdraw,
    Verb.BYPASS: _bypass,
}
