"""Playing one chain of escalations of the demonstration, through the services of the register.

Whoever the hop names does it: the owner or the handler below for the body that asks, the handler at the body asked and,
until there is one, its first safety lead. First they read what came back and what they were told.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from demo.stage import Event, Order
from escalations import clocks
from escalations import services as escalations
from escalations.lifecycle import RULES, Side
from escalations.models import Escalation, Feedback, FeedbackKind, Verb
from notifications import services as notifications

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor
    from demo.playing import Play
    from demo.stories import Chain, Step


class Climb:
    """One chain of a risk. `hops` are its escalations, in the order in which they were raised."""

    def __init__(self, chain: Chain, play: Play) -> None:
        self.chain, self.play, self.stage = chain, play, play.stage
        self.bodies = chain.bodies(play.said.organisation, play.stage.parents)
        self.hops: list[UUID] = []

    def events(self) -> Iterator[Event]:
        for step in self.chain.steps:
            yield Event(self.play.now - step.ago, Order.ESCALATE, partial(self._take, step))

    def _take(self, step: Step, now: datetime) -> None:
        if step.verb == "escalate":
            self._escalate(step, now)
            return
        hop = self._hop(step)
        by = self._actor(step, hop)
        escalations.record_reading(risk=hop.risk, by=by, now=now)
        notifications.mark_read(path=hop.path, by=by, now=now)
        operate = getattr(escalations, step.verb)
        done = operate(escalation=hop, by=by, now=now, **self._words(step, hop))
        if step.verb in ("escalate_on", "bypass"):
            self.hops.append(done.pk)

    def _escalate(self, step: Step, now: datetime) -> None:
        """Raise the first hop."""
        asked = self.chain.asked
        hop = escalations.escalate_risk(
            risk=self.play.risk,
            to=self.stage.organisations[asked] if asked else None,
            why_this_body=self.chain.why_this_body,
            reason=step.reason,
            ask=step.ask,
            immediate=step.urgency == "immediate",
            by=self.play.owner,
            now=now,
        )
        self.hops.append(hop.pk)

    def _hop(self, step: Step) -> Escalation:
        """The newest hop that the body whose step it is received or, for what only who asks can do, sent."""
        mine = {f"{_side(step).lower()}_organisation__ods_code": self.bodies[step.by]}
        hops = Escalation.objects.filter(pk__in=self.hops, **mine)
        return hops.select_related("risk__owner", "handler", "previous__handler").latest("raised_at")

    def _actor(self, step: Step, hop: Escalation) -> Actor:
        body = self.bodies[step.by]
        named = clocks.person_below(hop) if _side(step) == Side.FROM else hop.handler
        return self.stage.cast.acting(named, body) if named else self.stage.cast.lead(body)

    def _words(self, step: Step, hop: Escalation) -> dict[str, Any]:
        words: dict[str, Any] = dict(step.words)
        if step.handler:
            words["handler"] = self.stage.cast.user(step.handler)
        if step.outcome:
            words["passed_on_from"] = _passed_on(step, hop)
        return words


def _side(step: Step) -> Side:
    return RULES[Verb(step.verb.upper())].side


def _passed_on(step: Step, hop: Escalation) -> Feedback | None:
    """The answer from above that this one passes on: the last one, if this has the same outcome."""
    from_above = Feedback.objects.filter(kind=FeedbackKind.ANSWER, escalation__previous=hop)
    last = from_above.order_by("given_at", "pk").last()
    return last if last and last.outcome == step.outcome else None
