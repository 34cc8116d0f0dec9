"""An ICB that has something of every kind to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deadlines.sweeping import sweep
from overview.triage import services
from overview.triage.doings import BY_NAME
from overview.triage.entries import Entry, by_keys, entries
from overview.triage.items import Items
from risks import services as risks
from risks.models import LikelyPair
from tests.escalations.stage import Stage
from tests.factories import NOW
from tests.risks.belonging import hold_the_like, involve, propose

if TYPE_CHECKING:
    from accounts.actors import Actor
    from escalations.models import Escalation
    from risks.models import Introduction, Involvement, Risk, RiskLink, Transfer
    from tests.ladder import Ladder

LATER = NOW + timedelta(hours=1)


@dataclass
class Waiting:
    """What waits for the ICB. `pair` are two risks that are likely to belong together."""

    stage: Stage
    icb: Actor
    colleague: Actor
    provider: Actor
    escalation: Escalation
    question: Involvement
    link: RiskLink
    introduction: Introduction | None
    pair: tuple[Risk, Risk]
    system: Risk

    @property
    def now(self) -> datetime:
        return self.stage.now


def everything(ladder: Ladder, *, meeting: bool = False) -> Waiting:
    """`meeting` adds an introduction, for which it has to be worked out what is alike: that takes a while."""
    stage = Stage(ladder)
    icb, provider = stage.lead(ladder.icb), stage.lead(ladder.provider)
    neighbour = stage.lead(ladder.neighbour)
    escalation = stage.raised()
    system = ladder.risk(icb, title="Letters across the system", involved=[ladder.provider])
    question = involve(ladder.risk(provider, title="Asks for a position"), provider, ladder.icb)[0]
    asked = ladder.risk(provider, title="Proposes a link", involved=[ladder.icb])
    link = propose(asked, system, provider)
    introduction = _introduction(ladder.risk(provider, title="Wants to meet others"), provider) if meeting else None
    pair = ladder.risk(provider, title="One side"), ladder.risk(neighbour, title="Another side")
    LikelyPair.objects.all().delete()
    likely(*pair)
    colleague = ladder.actor(ladder.icb, name="Grace Colleague")
    return Waiting(stage, icb, colleague, provider, escalation, question, link, introduction, pair, system)


def _introduction(risk: Risk, by: Actor) -> Introduction:
    hold_the_like(risk)
    return risks.ask_introduction(risk=risk, by=by, now=NOW)


def likely(one: Risk, other: Risk, likeness: float = 0.9) -> LikelyPair:
    first, second = sorted((one, other), key=lambda risk: risk.pk)
    return LikelyPair.objects.create(first=first, second=second, likeness=likeness, found_at=NOW)


def do(waiting: Waiting, name: str, *wanted: str, seen: dict[str, str] | None = None, **given: object) -> list[str]:
    """Why each could not be done, an hour later; empty where it was. Done as read now, or as `seen`."""
    read = {entry.key: entry.state for entry in by_keys(wanted, waiting.icb, LATER)}
    seen = {key: (seen or read).get(key, "") for key in wanted}
    outcomes = services.do_each(doing=BY_NAME[name], seen=seen, given=given, by=waiting.icb, now=LATER)
    return [outcome.why for outcome in outcomes]


def key_of(escalation: Escalation) -> str:
    return f"escalation-{escalation.pk}"


def another(waiting: Waiting, **fields: object) -> Escalation:
    """A second escalation of the provider to the ICB."""
    risk = waiting.stage.ladder.risk(waiting.provider, **{"title": "Another", **fields})  # type: ignore[arg-type]
    return waiting.stage.raised(risk)


def asked_for_transfer(waiting: Waiting) -> Transfer:
    """The provider asks the ICB to take a risk over."""
    risk = waiting.stage.ladder.risk(waiting.provider, title="Belongs to the system")
    to = waiting.stage.ladder.icb
    return risks.propose_transfer(risk=risk, to=to, reason="Only you can", by=waiting.provider, now=NOW)


def listed(actor: Actor, now: datetime = NOW, **asked: object) -> list[Entry]:
    found = Items(actor, now).narrowed(asked) if asked else Items(actor, now)
    return entries(found[0:200], actor, now)


def keys(actor: Actor, now: datetime = NOW, **asked: object) -> list[str]:
    return [entry.key for entry in listed(actor, now, **asked)]


def breach(now: datetime = NOW) -> datetime:
    """So late that every clock has been breached."""
    late = now + timedelta(days=400)
    sweep(now=late)
    return late
