"""The chain that an escalation belongs to, as one picture: who asked whom, level by level, and what came back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from accounts.models import Level
from deadlines.models import Deadline, Kind, Urgency
from deadlines.wording import Clock, clocks
from escalations import lifecycle, permissions
from escalations.models import OVER, Escalation, Feedback, FeedbackKind, FeedbackReceipt, Status, Step, Verb, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor
    from accounts.models import Organisation

LEVELS = (Level.PROVIDER, Level.ICB, Level.REGION, Level.NATIONAL)
# While one of these runs, the next move is with whoever owes it. Updates are owed while somebody else has the move.
MOVES = frozenset(Kind) - {Kind.UPDATE}
OFF_THEIR_HANDS = frozenset({Status.ANSWERED, Status.ESCALATED_ON, *OVER})


@dataclass
class Hop:
    """One escalation in the picture. `start` is the first hop of its chain: its verdict is the one that counts.

    `gone_past_by` is the one that went to the level above because the body asked here sat on the risk.
    """

    escalation: Escalation
    start: Escalation
    clocks: list[Clock]
    ended_clocks: list[Clock]
    is_this: bool
    gone_past_by: Escalation | None
    verbs: list[Verb]

    @property
    def passes_by(self) -> Organisation | None:
        return self.escalation.bypasses.to_organisation if self.escalation.bypasses else None

    @property
    def is_imminent(self) -> bool:
        return self.escalation.urgency == Urgency.IMMEDIATE and not self.escalation.is_over

    @property
    def is_answered(self) -> bool:
        return self.escalation.status in (Status.ANSWERED, Status.CLOSED)

    @property
    def verdict(self) -> str:
        """What the one who raised the risk says, in words; empty before there is anything to judge."""
        who = self.start.from_organisation.name
        if self.start.verdict:
            return f"{who} says: {Verdict(self.start.verdict).label[0].lower()}{Verdict(self.start.verdict).label[1:]}"
        if self.is_answered or self.start.status == Status.ANSWERED:
            return f"{who} has not said yet whether the answer helps"
        return ""


@dataclass
class Body:
    """One organisation on a rung, and the escalations that reached it."""

    organisation: Organisation
    is_you: bool
    has_the_move: bool
    hops: list[Hop] = field(default_factory=list)


@dataclass
class Rung:
    """One level of the ladder. `state` is here (a next move is theirs), done, waiting (not asked) or empty."""

    level: str
    state: str
    bodies: list[Body]


@dataclass
class Said:
    """One feedback, who has read it, and who below has not."""

    feedback: Feedback
    read: list[FeedbackReceipt]
    unread: list[Organisation]

    @property
    def is_answer(self) -> bool:
        return self.feedback.kind == FeedbackKind.ANSWER


class Chain:
    """Everything on one risk that went on while this escalation did. Older and newer escalations are in `others`."""

    def __init__(self, escalation: Escalation, actor: Actor, now: datetime) -> None:
        self.escalation, self.actor, self.now = escalation, actor, now
        visible = Escalation.objects.visible_to(actor).of_risk(escalation.risk)
        self._all = list(visible.with_people().select_related("bypasses__to_organisation"))
        self._by_id = {hop.pk: hop for hop in self._all}
        shown = {start.pk for start in self._starts() if self._overlaps(start)}
        self.escalations = [hop for hop in self._all if self.start_of(hop).pk in shown]
        self.others = [hop for hop in self._all if self.start_of(hop).pk not in shown]

    def start_of(self, hop: Escalation) -> Escalation:
        while hop.previous_id:
            hop = self._by_id[hop.previous_id]
        return self._by_id[hop.pk]

    def _starts(self) -> list[Escalation]:
        return [hop for hop in self._all if hop.previous_id is None]

    def _overlaps(self, start: Escalation) -> bool:
        here, there = self._span(self.start_of(self.escalation)), self._span(start)
        return here[0] <= there[1] and there[0] <= here[1]

    def _span(self, start: Escalation) -> tuple[datetime, datetime]:
        """From when the first hop was raised until the last one ended, or now."""
        hops = [hop for hop in self._all if self.start_of(hop) == start]
        return start.raised_at, max(hop.ended_at or self.now for hop in hops)

    @cached_property
    def hops(self) -> list[Hop]:
        gone_past = {hop.bypasses_id: hop for hop in self.escalations}
        return [
            Hop(
                escalation=hop,
                start=self.start_of(hop),
                clocks=[clock for clock in self._clocks[hop.pk] if clock.deadline.is_live],
                ended_clocks=[clock for clock in self._clocks[hop.pk] if not clock.deadline.is_live],
                is_this=hop.pk == self.escalation.pk,
                gone_past_by=gone_past.get(hop.pk),
                verbs=possible_verbs(self.actor, hop, self.now),
            )
            for hop in self.escalations
        ]

    @cached_property
    def this(self) -> Hop:
        return next(hop for hop in self.hops if hop.is_this)

    @cached_property
    def _clocks(self) -> dict[UUID, list[Clock]]:
        found: dict[UUID, list[Clock]] = defaultdict(list)
        owed = Deadline.objects.filter(subject_id__in=[hop.pk for hop in self.escalations])
        for clock in clocks(
            owed.select_related("owed_by", "owed_to", "holder").order_by("starts_at", "due_at"), self.now
        ):
            found[clock.deadline.subject_id].append(clock)
        return found

    @property
    def rungs(self) -> list[Rung]:
        """From the level that raised the risk to the national one, asked or not."""
        first = LEVELS.index(Level(self.start_of(self.escalation).from_organisation.level))
        return [self._rung(level, is_first=number == first) for number, level in enumerate(LEVELS) if number >= first]

    def _rung(self, level: Level, *, is_first: bool) -> Rung:
        organisations = {
            body.pk: body
            for hop in self.escalations
            for body in (hop.from_organisation, hop.to_organisation)
            if body.level == level
        }
        bodies = [self._body(organisation) for organisation in organisations.values()]
        return Rung(level.label, _state(bodies, is_first=is_first), bodies)

    def _body(self, organisation: Organisation) -> Body:
        return Body(
            organisation=organisation,
            is_you=organisation.pk == self.actor.organisation_id,
            has_the_move=any(self._moves(hop, organisation) for hop in self.hops),
            hops=[hop for hop in self.hops if hop.escalation.to_organisation_id == organisation.pk],
        )

    @staticmethod
    def _moves(hop: Hop, organisation: Organisation) -> bool:
        owed = (clock.deadline for clock in hop.clocks)
        return any(d.kind in MOVES and not d.is_paused and d.owed_by_id == organisation.pk for d in owed)

    @cached_property
    def feedback(self) -> list[Said]:
        """What came back, newest first."""
        rows = (
            Feedback.objects.filter(escalation__in=self.escalations)
            .select_related("given_by", "passed_on_from__escalation__to_organisation")
            .prefetch_related("receipts__organisation", "receipts__read_by")
            .order_by("-given_at", "-pk")
        )
        return [self._said(feedback) for feedback in rows]

    def _said(self, feedback: Feedback) -> Said:
        feedback.escalation = self._by_id[feedback.escalation_id]
        read = sorted(feedback.receipts.all(), key=lambda receipt: receipt.read_at)
        readers = {receipt.organisation_id for receipt in read}
        return Said(feedback, read, [body for body in self._below(feedback.escalation) if body.pk not in readers])

    def _below(self, hop: Escalation) -> Iterable[Organisation]:
        while True:
            yield hop.from_organisation
            if hop.previous_id is None:
                return
            hop = self._by_id[hop.previous_id]

    @cached_property
    def to_pass_on(self) -> Feedback | None:
        """The newest answer from just above this escalation, while the body asked here owes one of its own."""
        if Verb.ANSWER not in self.this.verbs:
            return None
        above = (said.feedback for said in self.feedback if said.is_answer)
        return next((answer for answer in above if answer.escalation.previous_id == self.escalation.pk), None)

    @cached_property
    def steps(self) -> list[Step]:
        """What was done on all of them, oldest first. That one was escalated on, the next one's first step says."""
        steps = list(
            Step.objects.filter(escalation__in=self.escalations)
            .exclude(verb__in=[Verb.ESCALATE_ON, Verb.BYPASS])
            .select_related("by", "organisation")
            .order_by("at", "written_at", "pk")
        )
        for step in steps:
            step.escalation = self._by_id[step.escalation_id]
        return steps

    @property
    def waits_for_you(self) -> list[Hop]:
        """The other escalations in the picture on which the next move is the reader's."""
        return [hop for hop in self.hops if not hop.is_this and hop.verbs and self._moves(hop, self.actor.organisation)]


def possible_verbs(actor: Actor, escalation: Escalation, now: datetime) -> list[Verb]:
    """What the actor can do with an escalation right now: the buttons of its page."""
    mine = [verb for verb in lifecycle.RULES if permissions.can_do(actor, verb, escalation)]
    return [verb for verb in mine if lifecycle.can_be_done(verb, escalation, now)]


def _state(bodies: list[Body], *, is_first: bool) -> str:
    if not bodies:
        return "waiting"
    if any(body.has_the_move for body in bodies):
        return "here"
    done = all(hop.escalation.status in OFF_THEIR_HANDS for body in bodies for hop in body.hops)
    return "done" if is_first or done else ""
