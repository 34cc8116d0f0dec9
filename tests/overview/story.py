"""One risk with something of everything: from a ward to the national body and half the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from accounts.models import Role
from deadlines.sweeping import sweep
from escalations import services as escalations
from escalations.models import Escalation, Outcome
from risks import services as risks

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder

SECRET = {
    "reason": "Only a national rule can change the form",
    "ask": "Agree one discharge form for all practices",
    "action": "Ring every practice about each changed dose",
    "comment": "The practices in the north are the worst",
    "other": "Two practices on the coast",
    "answer": "Send the letter unsigned within the day",
    "update": "We met the practices on Monday",
}


@dataclass
class Story:
    ladder: Ladder
    lead: Actor
    reporter: Actor
    icb: Actor
    region: Actor
    national: Actor
    neighbour: Actor
    risk: Risk
    first: Escalation
    second: Escalation


def tell(ladder: Ladder, now: datetime) -> Story:
    """It begins 120 days before `now`. The region has answered; the ICB owes an answer of its own."""
    lead = ladder.actor(ladder.provider, name="Amina Yusuf")
    reporter = ladder.actor(ladder.provider, Role.REPORTER, name="Ben Carter")
    icb = ladder.actor(ladder.icb, name="Carol Whitfield")
    region = ladder.actor(ladder.region, name="David Okafor")
    national = ladder.actor(ladder.national, name="Ewa Kowalska")
    neighbour = ladder.actor(ladder.neighbour, name="Farah Siddiqui")
    began = now - timedelta(days=120)
    risk = ladder.risk(
        reporter,
        now=began,
        title="Practices learn of a changed anticoagulant dose days after discharge",
        likelihood=4,
        consequence=4,
        controls=["The ward pharmacist rings the practice when a dose has changed"],
        involved=[ladder.neighbour],
        other_bodies=SECRET["other"],
        population="People over 65 on several medicines",
        services=["1", "17"],
    )
    _work_on(risk, lead, reporter, now)
    first = escalations.escalate_risk(
        risk=risk, reason="Letters are written our way and read another", ask=SECRET["ask"], by=lead, now=_ago(now, 30)
    )
    escalations.acknowledge(escalation=first, by=icb, now=_ago(now, 29))
    second = escalations.escalate_on(
        escalation=first, reason=SECRET["reason"], ask=SECRET["ask"], by=icb, now=_ago(now, 25)
    )
    escalations.update(escalation=first, text=SECRET["update"], by=icb, now=_ago(now, 12))
    escalations.answer(escalation=second, outcome=Outcome.ADVICE, text=SECRET["answer"], by=region, now=_ago(now, 2))
    sweep(now=now)
    risk.refresh_from_db()
    return Story(ladder, lead, reporter, icb, region, national, neighbour, risk, first, second)


def _work_on(risk: Risk, lead: Actor, reporter: Actor, now: datetime) -> None:
    judged = {"risk": risk, "by": lead}
    risks.score_risk(
        **judged, kind="TARGET", likelihood=2, consequence=3, rationale="With one form", now=_ago(now, 119)
    )
    risks.score_risk(
        **judged, kind="CURRENT", likelihood=5, consequence=4, rationale="Two more cases", now=_ago(now, 70)
    )
    risks.score_risk(
        **judged, kind="CURRENT", likelihood=3, consequence=4, rationale="The calls help", now=_ago(now, 20)
    )
    risks.review_risk(risk=risk, words="The calls stay", by=lead, now=_ago(now, 19))
    risks.add_control(risk=risk, text="Letters are signed twice a day", by=lead, now=_ago(now, 60))
    control = risks.add_control(risk=risk, text="A poster on the ward", by=lead, now=_ago(now, 100))
    risks.end_control(control=control, why="Nobody read it", by=lead, now=_ago(now, 90))
    due = (now + timedelta(days=10)).date()
    risks.add_action(risk=risk, text=SECRET["action"], owner=reporter.user, due_on=due, by=lead, now=_ago(now, 40))
    done = risks.add_action(
        risk=risk, text="Count the late letters", owner=lead.user, due_on=due, by=lead, now=_ago(now, 50)
    )
    risks.complete_action(action=done, words="Forty in one month", by=lead, now=_ago(now, 45))
    risks.add_comment(risk=risk, text=SECRET["comment"], by=reporter, now=_ago(now, 35))
    fields: risks.RiskFields = {"effect": "Patients bleed, or clot, at home", "theme": "3"}
    risk.refresh_from_db()
    risks.edit_risk(risk=risk, fields=fields, version=risk.version, by=lead, now=_ago(now, 33))


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)
