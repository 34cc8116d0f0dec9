"""Thousands of things done at random, and not one promise broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import Role
from escalations.models import Verb
from risks import look_alikes
from tests.factories import MembershipFactory
from tests.overview.random_walk import UsedAtRandom

if TYPE_CHECKING:
    from tests.ladder import Ladder

WALKS = 30
STEPS = 80
AT_LEAST = 2_000
PEOPLE = (Role.SAFETY_LEAD, Role.SAFETY_LEAD, Role.REPORTER, Role.VIEWER, Role.ADMINISTRATOR)
BELONGING = {
    "accept_transfer",
    "involve",
    "stop_involving",
    "answer_not_affected",
    "answer_with_own_risk",
    "log_own_risk",
    "propose_link",
    "accept_link",
    "decline_link",
    "withdraw_link",
    "gather",
    "log_system_risk",
    "ask_introduction",
    "introduce",
    "decline_introduction",
    "withdraw_introduction",
    "dismiss_pair",
    "restore_pair",
}
BY_ITSELF = {Verb.ESCALATE, Verb.RETURNED, Verb.WAITING}


@pytest.mark.slow
def test_the_register_keeps_its_promises_whatever_is_done(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_alikes, "FEWEST_TOLD", 1)  # there is but one other provider to be introduced to
    UsedAtRandom.organisations = (
        ladder.provider,
        ladder.neighbour,
        ladder.icb,
        ladder.other_icb,
        ladder.region,
        ladder.national,
    )
    for organisation in UsedAtRandom.organisations:
        for role in PEOPLE:
            MembershipFactory(organisation=organisation, role=role)
    run_state_machine_as_test(
        UsedAtRandom,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert UsedAtRandom.steps >= AT_LEAST
    assert {verb.lower() for verb in set(Verb) - BY_ITSELF} <= UsedAtRandom.done.keys()
    assert UsedAtRandom.done.keys() >= BELONGING
