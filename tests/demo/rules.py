"""What an escalation allows and how long each step may take, written down apart from the register's own code.

Played against the demonstration stories it says where each escalation stands now and which of its clocks have run out.
A working day is never shorter than a day, and even over Christmas n working days take less than 1.4 n + 6 days; so a
clock is surely running or surely over whatever the day, or else its state depends on the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo.stories import Chain, DemoRisk, Step

# Verb: whose it is (the body asked, or the one that asks) and where the escalation must stand.
ALLOWED = {
    "acknowledge": ("to", {"RAISED"}),
    "request_information": ("to", {"ACKNOWLEDGED", "ACCEPTED"}),
    "give_information": ("from", {"INFORMATION_REQUESTED"}),
    "accept": ("to", {"ACKNOWLEDGED"}),
    "update": ("to", {"ACKNOWLEDGED", "ACCEPTED", "ESCALATED_ON"}),
    "escalate_on": ("to", {"ACKNOWLEDGED", "ACCEPTED"}),
    "answer": ("to", {"ACKNOWLEDGED", "ACCEPTED"}),
    "confirm": ("from", {"ANSWERED"}),
    "dispute": ("from", {"ANSWERED"}),
    "withdraw": ("from", {"RAISED", "ACKNOWLEDGED", "INFORMATION_REQUESTED", "ACCEPTED", "ESCALATED_ON"}),
    "bypass": ("from", {"RAISED", "ACKNOWLEDGED", "INFORMATION_REQUESTED", "ACCEPTED", "ESCALATED_ON"}),
}

# Working days, but hours where it says so.
STANDARDS = {
    "IMMEDIATE": {"ACKNOWLEDGE": "4 hours", "DECIDE": 1, "UPDATE": 5, "ANSWER": 10},
    "EXTREME": {"ACKNOWLEDGE": 1, "DECIDE": 5, "UPDATE": 20, "ANSWER": 10},
    "HIGH": {"ACKNOWLEDGE": 2, "DECIDE": 10, "UPDATE": 20, "ANSWER": 20},
    "MODERATE": {"ACKNOWLEDGE": 5, "DECIDE": 20, "UPDATE": 40, "ANSWER": 40},
    "LOW": {"ACKNOWLEDGE": 5, "DECIDE": 20, "UPDATE": 40, "ANSWER": 40},
}
AT_ANY_URGENCY = {"INFORM": 5, "CONFIRM": 20}
SHORTEST_OF_BAND = {"EXTREME": 15, "HIGH": 8, "MODERATE": 4, "LOW": 1}


class IllegalStep(Exception):
    """A story does what the register would refuse."""


def band(score: int) -> str:
    return next(name for name, lowest in SHORTEST_OF_BAND.items() if score >= lowest)


@dataclass
class Clock:
    allowed: int | str
    started: float
    ran_before: float = 0
    paused: bool = False

    def ran(self, now: float) -> float:
        return self.ran_before + (0 if self.paused else self.started - now)

    def is_surely_over(self, now: float) -> bool:
        longest = 4 / 24 if self.allowed == "4 hours" else 1.4 * self.allowed + 6
        return self.ran(now) >= longest

    def is_surely_running(self, now: float) -> bool:
        return self.ran(now) < (4 / 24 if self.allowed == "4 hours" else self.allowed)


@dataclass
class Hop:
    asks: str
    asked: str
    urgency: str
    below: Hop | None = None
    status: str = "RAISED"
    back_to: str = ""
    asked_for_information: bool = False
    was_late: bool = False
    disputes: int = 0
    clocks: dict[str, Clock] = field(default_factory=dict)

    def start(self, kind: str, now: float) -> None:
        allowed = AT_ANY_URGENCY.get(kind) or STANDARDS[self.urgency][kind]
        self.clocks[kind] = Clock(allowed, now)

    def stop(self, *kinds: str) -> None:
        for kind in kinds:
            self.clocks.pop(kind, None)

    def surely_overdue(self, now: float) -> set[str]:
        return {kind for kind, clock in self.clocks.items() if clock.is_surely_over(now)}

    def surely_running(self, now: float) -> set[str]:
        return {kind for kind, clock in self.clocks.items() if clock.is_surely_running(now)}


class Story:
    """A chain played step by step. `hops` are its escalations, in the order in which they were raised."""

    def __init__(self, risk: DemoRisk, chain: Chain, bodies: dict[str, str]) -> None:
        self.risk = risk
        self.bodies = bodies
        self.above = dict(zip(bodies, list(bodies)[1:], strict=False))
        self.hops: list[Hop] = []
        before = float(risk.logged_days_ago)
        for step in chain.steps:
            now = step.ago.total_seconds() / 86400
            if now >= before:
                raise IllegalStep(
                    f"{risk.key}: {step.verb} {now} days ago does not come after what was {before} days ago"
                )
            before = now
            self._play(step, now)

    def _play(self, step: Step, now: float) -> None:
        if step.verb == "escalate":
            self._raise(step.by, now, immediate=step.urgency == "immediate")
            return
        hop = self._hop(step)
        if hop.status == "RAISED" and ALLOWED[step.verb][0] == "to" and step.verb != "acknowledge":
            self._acknowledge(hop, step, now)
        if hop.status not in ALLOWED[step.verb][1]:
            raise IllegalStep(f"{self.risk.key}: {step.verb} by {step.by} while {hop.status}")
        getattr(self, f"_{step.verb}")(hop, step, now)

    def _hop(self, step: Step) -> Hop:
        side = "asked" if ALLOWED[step.verb][0] == "to" else "asks"
        mine = [hop for hop in self.hops if getattr(hop, side) == step.by]
        if not mine:
            raise IllegalStep(f"{self.risk.key}: {step.by} has no escalation to {step.verb}")
        return mine[-1]

    def _raise(self, asks: str, now: float, *, immediate: bool = False, below: Hop | None = None) -> None:
        urgency = "IMMEDIATE" if immediate else band(self.risk.score_at(now).score)
        hop = Hop(asks, self.above[asks], urgency, below)
        hop.start("ACKNOWLEDGE", now)
        self.hops.append(hop)

    def _acknowledge(self, hop: Hop, _step: Step, now: float) -> None:
        hop.status = "ACKNOWLEDGED"
        hop.was_late |= hop.clocks["ACKNOWLEDGE"].is_surely_over(now)
        hop.stop("ACKNOWLEDGE")
        hop.start("DECIDE", now)

    def _request_information(self, hop: Hop, _step: Step, now: float) -> None:
        if hop.status == "ACKNOWLEDGED":
            if hop.asked_for_information:
                raise IllegalStep(f"{self.risk.key}: a second pause of one decision")
            hop.asked_for_information = True
            decide = hop.clocks["DECIDE"]
            decide.ran_before, decide.paused = decide.ran(now), True
        hop.back_to, hop.status = hop.status, "INFORMATION_REQUESTED"
        hop.start("INFORM", now)

    def _give_information(self, hop: Hop, _step: Step, now: float) -> None:
        hop.status = hop.back_to
        hop.stop("INFORM")
        if "DECIDE" in hop.clocks:
            hop.clocks["DECIDE"].started, hop.clocks["DECIDE"].paused = now, False

    def _accept(self, hop: Hop, _step: Step, now: float) -> None:
        hop.status = "ACCEPTED"
        hop.stop("DECIDE")
        hop.start("UPDATE", now)
        hop.start("ANSWER", now)

    def _update(self, hop: Hop, _step: Step, now: float) -> None:
        hop.start("UPDATE", now)

    def _escalate_on(self, hop: Hop, _step: Step, now: float) -> None:
        hop.status = "ESCALATED_ON"
        hop.stop("DECIDE", "ANSWER")
        hop.start("UPDATE", now)
        self._raise(hop.asked, now, immediate=hop.urgency == "IMMEDIATE", below=hop)

    def _answer(self, hop: Hop, _step: Step, now: float) -> None:
        hop.status = "ANSWERED"
        hop.stop("DECIDE", "UPDATE", "ANSWER")
        hop.start("CONFIRM", now)
        self._give_back(hop, now)

    def _give_back(self, hop: Hop, now: float) -> None:
        if hop.below and hop.below.status == "ESCALATED_ON":
            hop.below.status = "ACCEPTED"
            hop.below.start("ANSWER", now)

    def _confirm(self, hop: Hop, _step: Step, _now: float) -> None:
        hop.status = "CLOSED"
        hop.clocks.clear()

    def _dispute(self, hop: Hop, _step: Step, now: float) -> None:
        hop.status = "ACKNOWLEDGED"
        hop.asked_for_information = False
        hop.disputes += 1
        hop.stop("CONFIRM")
        hop.start("DECIDE", now)
        if hop.below:
            if hop.below.status != "ACCEPTED":
                raise IllegalStep(f"{self.risk.key}: disputed above while {hop.below.status} below")
            hop.below.status = "ESCALATED_ON"
            hop.below.stop("ANSWER")

    def _withdraw(self, hop: Hop, _step: Step, now: float) -> None:
        hop.status = "WITHDRAWN"
        hop.clocks.clear()
        self._give_back(hop, now)

    def _bypass(self, hop: Hop, _step: Step, now: float) -> None:
        late = hop.was_late or hop.surely_overdue(now) & {"ACKNOWLEDGE", "DECIDE"}
        if not late and hop.disputes < 2:
            raise IllegalStep(f"{self.risk.key}: nothing yet gives cause to pass {hop.asked} by")
        above = Hop(hop.asks, self.above[hop.asked], band(self.risk.score_at(now).score), hop.below)
        above.start("ACKNOWLEDGE", now)
        self.hops.append(above)
