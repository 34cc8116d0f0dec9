"""Escalations of a made-up register, over three levels, each with its clocks, its steps and what came back.

One risk in three was escalated: to its ICB, from there a third on to the region, and of those a third to the national
body. Bodies differ in how long they take; a few escalations stand forgotten.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType

from bench.ids import new_id
from deadlines import working_time
from deadlines.models import Deadline, Kind, Urgency
from deadlines.standards import BY_URGENCY, ESCALATION
from deadlines.working_time import Duration
from escalations.models import Escalation, Feedback, FeedbackKind, FeedbackReceipt, Outcome, Status, Step, Verb, Verdict
from risks.urgency import urgency_of

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from accounts.models import Organisation, User
    from bench.register import Register
    from risks.models import Risk

ESCALATED, ON, FORGOTTEN, DISPUTED, READ = 1 / 3, 0.36, 0.02, 0.15, 0.8
LONG = timedelta(days=4000)  # after everything
NEXT = timedelta(days=1)


@dataclass
class Written:
    """What is to be written, in this order."""

    escalations: list[Escalation] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    receipts: list[FeedbackReceipt] = field(default_factory=list)
    saw: list[tuple[Risk, Organisation, datetime]] = field(default_factory=list)  # who was asked, and when


class Escalating:
    """Writes the hops of one risk after another, as they would stand at one moment."""

    def __init__(self, register: Register, chance: random.Random, now: datetime) -> None:
        self.register, self.chance, self.now = register, chance, now
        self.written = Written()
        self.type_id = ContentType.objects.get_for_model(Escalation).pk
        self.pace: dict[uuid.UUID, float] = {}  # by body, how much of the time allowed it takes

    def risk(self, risk: Risk) -> None:
        if self.chance.random() < ESCALATED:
            began = (risk.logged_at or self.now) + timedelta(days=self.chance.uniform(0, 40))
            self._hop(risk, risk.organisation, None, began)

    def _hop(self, risk: Risk, asking: Organisation, previous: Escalation | None, at: datetime) -> None:
        asked = asking.parent
        if at >= self.now or asked is None:
            return
        hop = Escalation(
            id=new_id(self.chance), risk=risk, from_organisation=asking, to_organisation=asked, previous=previous,
            reason="We cannot mend this alone", ask="Agree one form", status=Status.RAISED,
            urgency=Urgency.IMMEDIATE if self.chance.random() < 0.03 else urgency_of(risk),
            raised_by=self._person(asking), raised_at=at,
        )  # fmt: skip
        self.written.escalations.append(hop)
        self.written.saw.append((risk, asked, at))
        self._step(hop, Verb.ESCALATE, Status.RAISED, asking, at)
        if done := self._clock(hop, Kind.ACKNOWLEDGE, at):
            hop.handler, hop.acknowledged_at = self._person(asked), done
            self._step(hop, Verb.ACKNOWLEDGE, Status.ACKNOWLEDGED, asked, done)
            self._decide(hop, done)

    def _decide(self, hop: Escalation, at: datetime) -> None:
        done = self._clock(hop, Kind.DECIDE, at)
        if done is None:
            return
        above = hop.to_organisation.parent
        if above and self.chance.random() < ON and not hop.disputes:
            self._step(hop, Verb.ESCALATE_ON, Status.ESCALATED_ON, hop.to_organisation, done)
            self._hop(hop.risk, hop.to_organisation, hop, done)
            self._updates(hop, done)
            return
        hop.accepted_at, hop.plan = done, "We bring the practices together"
        self._step(hop, Verb.ACCEPT, Status.ACCEPTED, hop.to_organisation, done)
        answered = self._clock(hop, Kind.ANSWER, done)
        self._updates(hop, done, answered)
        if answered:
            self._answer(hop, answered)

    def _updates(self, hop: Escalation, at: datetime, until: datetime | None = None) -> None:
        """One after the other, until it was answered or to this day."""
        for _ in range(6):
            done = self._clock(hop, Kind.UPDATE, at, until)
            if done is None or done == until:
                return
            self._say(hop, FeedbackKind.UPDATE, "", done)
            self._step(hop, Verb.UPDATE, Status(hop.status), hop.to_organisation, done)
            at = done
        self._clock(hop, Kind.UPDATE, at, until or self.now + LONG)

    def _answer(self, hop: Escalation, at: datetime) -> None:
        hop.answered_at = at
        answer = self._say(hop, FeedbackKind.ANSWER, self._outcome(hop.to_organisation), at)
        self._step(hop, Verb.ANSWER, Status.ANSWERED, hop.to_organisation, at)
        if self.chance.random() < READ and at + NEXT < self.now:
            self.written.receipts.append(
                FeedbackReceipt(
                    id=new_id(self.chance), feedback=answer, organisation=hop.from_organisation,
                    read_by=hop.raised_by, read_at=at + NEXT,
                )
            )  # fmt: skip
        done = self._clock(hop, Kind.CONFIRM, at)
        if done is None:
            return
        if self.chance.random() < DISPUTED and not hop.disputes:
            hop.disputes, hop.verdict = 1, Verdict.DOES_NOT_HELP
            self._step(hop, Verb.DISPUTE, Status.ACKNOWLEDGED, hop.from_organisation, done)
            self._decide(hop, done)
            return
        hop.verdict, hop.ended_at = Verdict.HELPS, done
        self._step(hop, Verb.CONFIRM, Status.CLOSED, hop.from_organisation, done)

    def _clock(self, hop: Escalation, kind: Kind, at: datetime, until: datetime | None = None) -> datetime | None:
        """Starts it. When it was met, if that has come; `until` is when it was met at the latest."""
        below = kind == Kind.CONFIRM
        by, to = (hop.from_organisation, hop.to_organisation)[:: 1 if below else -1]
        amount, unit = BY_URGENCY[Urgency(hop.urgency)][ESCALATION.index(kind)]
        due = working_time.due_at(at, Duration(amount, unit))
        done = at + (due - at) * self.chance.expovariate(1 / self._pace(by)) + timedelta(seconds=1)
        if self.chance.random() < FORGOTTEN:
            done = self.now + LONG
        done = min(done, until) if until else done
        met_at = done if done < self.now else None
        late = due <= (met_at or self.now)
        self.written.deadlines.append(
            Deadline(
                id=new_id(self.chance), kind=kind, owed_by=by, owed_to=to, holder=hop.handler if not below else None,
                subject_type_id=self.type_id, subject_id=hop.pk, risk_reference=hop.risk.reference, path=hop.path,
                starts_at=at, due_at=due, amount=amount, unit=unit.value, calendar_version="bench",
                next_at=None if met_at else max(due, self.now + NEXT), met_at=met_at,
                warned_at=due if late else None, breached_at=due if late else None,
            )
        )  # fmt: skip
        return met_at

    def _pace(self, body: Organisation) -> float:
        return self.pace.setdefault(body.pk, self.chance.uniform(0.3, 0.9))

    def _outcome(self, body: Organisation) -> Outcome:
        """Each body has a liking for some."""
        outcomes = list(Outcome)
        return outcomes[min(int(self.chance.expovariate(0.4 + self._pace(body))), len(outcomes) - 1)]

    def _say(self, hop: Escalation, kind: FeedbackKind, outcome: str, at: datetime) -> Feedback:
        said = Feedback(
            id=new_id(self.chance), escalation=hop, kind=kind, outcome=outcome, text="Send them unsigned",
            given_by=self._person(hop.to_organisation), given_at=at,
        )  # fmt: skip
        self.written.feedback.append(said)
        return said

    def _step(self, hop: Escalation, verb: Verb, to: Status, body: Organisation, at: datetime) -> None:
        before = "" if verb == Verb.ESCALATE else hop.status
        hop.status = to
        self.written.steps.append(
            Step(
                id=new_id(self.chance), escalation=hop, verb=verb, from_status=before, to_status=to, organisation=body,
                by=self._person(body), at=at, written_at=at,
            )
        )  # fmt: skip

    def _person(self, body: Organisation) -> User:
        return self.register.people[body.pk].user


def parts(written: Written) -> list[tuple[type[Any], list[Any]]]:
    """In an order in which each row finds what it points to."""
    return [
        (Escalation, written.escalations),
        (Deadline, written.deadlines),
        (Step, written.steps),
        (Feedback, written.feedback),
        (FeedbackReceipt, written.receipts),
    ]
