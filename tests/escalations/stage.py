"""The people of the ladder doing things to escalations, a minute apart, in words made up for each verb."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from deadlines.models import Deadline, Kind
from escalations import services
from escalations.models import Escalation, Outcome
from notifications.models import Notification
from tests.factories import NOW

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Risk
    from tests.ladder import Ladder

ASKED = {"reason": "We cannot mend this alone", "ask": "Agree one form for letters"}
WORDS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "reassign": {},
    "request_information": {"question": "How many letters were late?"},
    "give_information": {"information": "Forty in one month"},
    "accept": {"plan": "We will bring the practices together"},
    "update": {"text": "A first meeting was held"},
    "escalate_on": ASKED,
    "answer": {"outcome": Outcome.ADVICE, "text": "Send letters unsigned within the day"},
    "confirm": {"text": ""},
    "dispute": {"why": "Our letters still wait"},
    "withdraw": {"why": "We found a way of our own"},
    "bypass": ASKED,
}
BY_FROM = {"give_information", "confirm", "dispute", "withdraw", "bypass"}


@dataclass
class Stage:
    """`now` moves on by a minute with everything that is done, so that steps have an order."""

    ladder: Ladder
    now: datetime = NOW
    leads: dict[str, Actor] = field(default_factory=dict)

    def lead(self, organisation: Organisation) -> Actor:
        """The one safety lead of an organisation who does everything there."""
        if organisation.name not in self.leads:
            self.leads[organisation.name] = self.ladder.actor(organisation)
        return self.leads[organisation.name]

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def raised(self, risk: Risk | None = None, **given: Any) -> Escalation:
        """A risk of the provider, escalated to its ICB unless told otherwise, and everybody there to answer."""
        for organisation in (self.ladder.icb, self.ladder.region, self.ladder.national):
            self.lead(organisation)
        risk = risk or self.ladder.risk(self.lead(self.ladder.provider), now=self.now)
        by = self.lead(risk.organisation)
        return services.escalate_risk(risk=risk, by=by, now=self.tick(), **(ASKED | given))

    def do(self, verb: str, escalation: Escalation, *, by: Actor | None = None, **given: Any) -> Any:
        """Do it as the safety lead of the side whose verb it is, with made-up words unless some are given."""
        side = escalation.from_organisation if verb in BY_FROM else escalation.to_organisation
        by = by or self.lead(side)
        words = WORDS[verb] | ({"handler": by.user} if verb == "reassign" else {}) | given
        return getattr(services, verb)(escalation=escalation, by=by, now=self.tick(), **words)

    def answered_at_the_top(self) -> tuple[Escalation, Escalation, Escalation]:
        """Escalated from the provider up to the national body, which has answered. The three hops, from below."""
        first = self.raised()
        second = self.do("escalate_on", first)
        third = self.do("escalate_on", second)
        self.do("answer", third)
        return fresh(first), fresh(second), fresh(third)


def fresh(escalation: Escalation) -> Escalation:
    return Escalation.objects.get(pk=escalation.pk)


def owed(escalation: Escalation, kind: Kind | None = None) -> list[Deadline]:
    """What is owed on a hop now."""
    live = Deadline.objects.live().of(escalation).select_related("owed_by", "owed_to", "holder").order_by("kind")
    return list(live.filter(kind=kind) if kind else live)


def owed_kinds(escalation: Escalation) -> set[str]:
    return {deadline.kind for deadline in owed(escalation)}


def told(actor: Actor) -> list[str]:
    """What a person was told, oldest first."""
    mine = Notification.objects.filter(recipient=actor.user).order_by("created_at", "pk")
    return [notification.message for notification in mine]
