"""Registers made by chance through the real services, over more than a year, for figures to be counted on."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from accounts.models import Role
from deadlines.sweeping import sweep
from risks import services as risks
from risks.models import LikelyPair, PairDismissal, Risk
from tests.factories import MembershipFactory, OrganisationFactory
from tests.ladder import FIELDS
from tests.overview.random_walk import UsedAtRandom

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.ladder import Ladder

STEPS = 110
PAIRS = 40
LONGEST_PAUSE = 20  # days
EFFECTS = (
    FIELDS["effect"],
    FIELDS["cause"],
    "Before they are sent, letters wait for sign off.",
    "Letters wait and patients come to harm",
)


class Generated(UsedAtRandom):
    """A walk on which risks differ in what is counted."""

    def begin_with(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - nothing depends on guessing it
        for organisation in self.organisations:
            self.do(risks.log_risk, by=self.lead(organisation), fields=FIELDS)

    def do(self, service: Callable[..., Any], also: dict[str, Any] | None = None, **given: Any) -> None:
        given |= also or {}
        if "cause" in given.get("fields", {}):
            given["fields"] = {**given["fields"], **self.varied()}
        super().do(service, **given)

    def varied(self) -> dict[str, Any]:
        return {
            "theme": self.chance.choice("66638"),
            "process": self.chance.choice("998"),
            "likelihood": self.chance.randint(1, 5),
            "consequence": self.chance.randint(1, 5),
            "effect": self.chance.choice(EFFECTS),
            "controls": self.chance.choice([[], ["A check"]]),
        }

    def step(self) -> None:
        self.one_of(
            *[self.write] * 3,
            *[self.log] * 3,
            *[self.work] * 2,
            self.hand_about,
            self.ask_and_answer,
            self.belong_together,
            *[self.escalate] * 2,
            self.come_under_another_icb,
        )
        self.now += timedelta(days=self.chance.choice([0, 0, 0, 1, 8, LONGEST_PAUSE]))


def find_pairs(chance: Random, now: datetime) -> None:
    """As if the words of some risks of different organisations were alike, and some bodies had said they are not."""
    some = list(Risk.objects.logged().order_by("reference"))
    for _ in range(PAIRS):
        first, second = sorted(chance.sample(some, 2), key=lambda risk: risk.pk)
        if first.organisation_id != second.organisation_id:
            found = {"likeness": chance.uniform(0.65, 1), "found_at": now}
            LikelyPair.objects.get_or_create(first=first, second=second, defaults=found)
    for pair in LikelyPair.objects.order_by("pk")[::4]:
        said = {"organisation": chance.choice(Generated.organisations), "first": pair.first, "second": pair.second}
        PairDismissal.objects.get_or_create(**said, defaults={"created_at": now, "created_by": pair.first.owner})


def use(ladder: Ladder, seed: int, steps: int = STEPS) -> datetime:
    """Let the ladder and a few more providers use the register; when they stopped. The clocks have been swept."""
    others = [OrganisationFactory(parent=icb) for icb in (ladder.icb, ladder.other_icb, ladder.other_icb)]
    known = (ladder.provider, ladder.neighbour, ladder.icb, ladder.other_icb, ladder.region, ladder.national)
    Generated.organisations = (*known, *others[:2])  # the third never does anything
    for organisation in Generated.organisations:
        for role in (Role.SAFETY_LEAD, Role.REPORTER):
            MembershipFactory(organisation=organisation, role=role)
    walk = Generated()
    walk.begin_with(seed)
    for _ in range(steps):
        walk.step()
    walk.all.__exit__(None, None, None)
    find_pairs(walk.chance, walk.now)
    sweep(now=walk.now)
    return walk.now
