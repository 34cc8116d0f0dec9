"""Every list asks the database the same number of questions for one row as for many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from escalations import services as escalations
from escalations.models import Escalation
from risks import services as risks
from tests.api.conftest import Caller, answered
from tests.factories import NOW, OrganisationFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder

MANY = 25
PARTS = [
    "scores", "controls", "actions", "comments", "involvements", "shares", "history", "deadlines", "transfers",
]  # fmt: skip


@pytest.fixture
def actor(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def queries(caller: Caller, path: str, **query: object) -> int:
    """How many questions one page of a list asks."""
    with CaptureQueriesContext(connection) as asked:
        answered(caller.get(path, **query), 200)
    return len(asked)


def costs_the_same(caller: Caller, paths: list[str], add: Callable[[], object]) -> None:
    """Each list asks as much with one row as with many, which `add` makes one by one."""
    add()
    for path in paths:
        caller.get(path)  # asks once for what is kept from then on, such as content types
    one = {path: queries(caller, path, page_size=200) for path in paths}
    for _ in range(MANY - 1):
        add()
    for path in paths:
        assert len(caller.list(path, page_size=200)) >= MANY, path
    assert {path: queries(caller, path, page_size=200) for path in paths} == one


def escalated(ladder: Ladder, actor: Actor) -> Escalation:
    return escalations.escalate_risk(risk=ladder.risk(actor), reason="Why", ask="What", by=actor, now=NOW)


def test_risks(ladder: Ladder, actor: Actor) -> None:
    costs_the_same(Caller(actor), ["risks/"], lambda: ladder.risk(actor, involved=[ladder.neighbour, ladder.icb]))


def test_escalations_deadlines_and_notifications(ladder: Ladder, actor: Actor) -> None:
    icb = Caller(ladder.actor(ladder.icb))
    costs_the_same(icb, ["escalations/", "deadlines/", "notifications/"], lambda: escalated(ladder, actor))


def test_feedback_and_steps(ladder: Ladder, actor: Actor) -> None:
    hop, lead = escalated(ladder, actor), ladder.actor(ladder.icb)

    def update() -> None:
        escalations.update(escalation=hop, text="Soon", by=lead, now=NOW)

    costs_the_same(Caller(lead), ["feedback/", f"escalations/{hop.pk}/steps/"], update)


def test_late_clocks_below(ladder: Ladder, actor: Actor) -> None:
    from deadlines.models import Deadline

    def be_late() -> None:
        hop = escalated(ladder, actor)
        Deadline.objects.of(hop).update(breached_at=NOW)

    costs_the_same(Caller(ladder.actor(ladder.region)), ["deadlines/late-below/"], be_late)


@pytest.fixture
def risk(ladder: Ladder, actor: Actor) -> Risk:
    return ladder.risk(actor)


def test_the_parts_of_a_risk(ladder: Ladder, actor: Actor, risk: Risk) -> None:
    by = {"by": actor, "now": NOW}
    due_on = (NOW + timedelta(days=9)).date()

    def add() -> None:
        """One of each part, and with them events, shares and clocks."""
        risks.score_risk(risk=risk, kind="CURRENT", likelihood=3, consequence=3, rationale="", **by)
        risks.add_control(risk=risk, text="A check", **by)
        risks.add_action(risk=risk, text="Do it", owner=actor.user, due_on=due_on, **by)
        risks.add_comment(risk=risk, text="Well", **by)
        risks.involve(risk=risk, organisations=[OrganisationFactory(parent=ladder.icb)], **by)
        _ask_and_withdraw(ladder, risk, actor)

    costs_the_same(Caller(actor), [f"risks/{risk.reference}/{part}/" for part in PARTS], add)


def _ask_and_withdraw(ladder: Ladder, risk: Risk, actor: Actor) -> None:
    transfer = risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="Theirs", by=actor, now=NOW)
    risks.withdraw_transfer(transfer=transfer, by=actor, now=NOW)


def test_organisations_and_members(ladder: Ladder, actor: Actor) -> None:
    caller = Caller(actor)
    costs_the_same(caller, ["organisations/"], lambda: OrganisationFactory(parent=ladder.icb))
    costs_the_same(caller, ["members/"], lambda: ladder.actor(ladder.provider, Role.VIEWER))
