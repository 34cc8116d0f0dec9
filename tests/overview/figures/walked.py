"""A register made by people who do things at random, mostly about escalations, through the real services."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from accounts.models import Role
from deadlines.sweeping import sweep
from risks import services as risks
from tests.factories import MembershipFactory
from tests.ladder import FIELDS
from tests.overview.random_walk import UsedAtRandom

if TYPE_CHECKING:
    from datetime import datetime

    from tests.ladder import Ladder

ROUNDS, LEFT_OPEN = 20, 12
ROLES = (Role.SAFETY_LEAD, Role.SAFETY_LEAD, Role.REPORTER)


class Walk(UsedAtRandom):
    """By hand, in the test's own transaction."""

    def write_more(self) -> None:
        body = self.chance.choice(self.organisations)
        fields = {**FIELDS, "theme": self.chance.choice("67"), "likelihood": self.chance.choice([2, 4])}
        self.do(risks.log_risk, by=self.lead(body), fields=fields)

    def leave_open(self) -> None:
        """So that some stand at each stage, some of them for long."""
        for _ in range(LEFT_OPEN):
            self.write_more()
            self.ask_above()
            for _ in range(self.chance.randint(0, 3)):
                self.go_on()
            if self.chance.random() < 0.3:
                self.time_passes()


def walk(ladder: Ladder, seed: int) -> datetime:
    """Fills the register. Answers what time it is then."""
    bodies = (ladder.provider, ladder.neighbour, ladder.icb, ladder.other_icb, ladder.region, ladder.national)
    UsedAtRandom.organisations = bodies
    for body in bodies:
        for role in ROLES:
            MembershipFactory(organisation=body, role=role)
    walker = Walk()
    walker.chance = Random(seed)  # noqa: S311 - nothing depends on guessing it
    for place in range(ROUNDS):
        if place % 4 == 0:
            walker.write_more()
        walker.escalate()
        walker.escalate()
        walker.read()
        walker.time_passes()
        if place % 10 == 0:
            walker.ask_and_answer()
            walker.work()
    walker.leave_open()
    walker.now += timedelta(days=15)
    sweep(now=walker.now)
    walker.all.__exit__(None, None, None)
    return walker.now
