"""Every status times every verb, from one table that shares nothing with the application's own."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Role
from deadlines.models import Deadline
from escalations.models import Escalation, Step
from safetyreg.audit.models import AuditEvent
from safetyreg.errors import DomainError
from tests.escalations.stage import WORDS, Stage, fresh

if TYPE_CHECKING:
    from accounts.actors import Actor

# A verb, whose it is, the status that comes out ("no": it is refused), and what becomes of each clock:
# + starts, - met, x no longer owed, = runs on untouched, | paused, > runs on after a pause.
# A clock that is not named is not running afterwards. `bypass` is tried on a body that sits on the risk.
TABLE = """
RAISED
    acknowledge          to    ACKNOWLEDGED           -ACKNOWLEDGE +DECIDE
    reassign             to    no
    request_information  to    INFORMATION_REQUESTED  -ACKNOWLEDGE |DECIDE +INFORM
    give_information     from  no
    accept               to    ACCEPTED               -ACKNOWLEDGE -DECIDE +UPDATE +ANSWER
    update               to    ACKNOWLEDGED           -ACKNOWLEDGE +DECIDE +UPDATE
    escalate_on          to    ESCALATED_ON           -ACKNOWLEDGE -DECIDE +UPDATE
    answer               to    ANSWERED               -ACKNOWLEDGE -DECIDE +CONFIRM
    confirm              from  no
    dispute              from  no
    withdraw             from  WITHDRAWN              xACKNOWLEDGE
    bypass               from  RAISED                 =ACKNOWLEDGE
ACKNOWLEDGED
    acknowledge          to    no
    reassign             to    ACKNOWLEDGED           =DECIDE
    request_information  to    INFORMATION_REQUESTED  |DECIDE +INFORM
    give_information     from  no
    accept               to    ACCEPTED               -DECIDE +UPDATE +ANSWER
    update               to    ACKNOWLEDGED           =DECIDE +UPDATE
    escalate_on          to    ESCALATED_ON           -DECIDE +UPDATE
    answer               to    ANSWERED               -DECIDE +CONFIRM
    confirm              from  no
    dispute              from  no
    withdraw             from  WITHDRAWN              xDECIDE
    bypass               from  ACKNOWLEDGED           =DECIDE
INFORMATION_REQUESTED before a decision
    acknowledge          to    no
    reassign             to    INFORMATION_REQUESTED  =DECIDE =INFORM
    request_information  to    no
    give_information     from  ACKNOWLEDGED           >DECIDE -INFORM
    accept               to    no
    update               to    no
    escalate_on          to    no
    answer               to    no
    confirm              from  no
    dispute              from  no
    withdraw             from  WITHDRAWN              xDECIDE xINFORM
    bypass               from  INFORMATION_REQUESTED  =DECIDE =INFORM
INFORMATION_REQUESTED after accepting
    acknowledge          to    no
    reassign             to    INFORMATION_REQUESTED  =UPDATE =ANSWER =INFORM
    request_information  to    no
    give_information     from  ACCEPTED               =UPDATE =ANSWER -INFORM
    accept               to    no
    update               to    no
    escalate_on          to    no
    answer               to    no
    confirm              from  no
    dispute              from  no
    withdraw             from  WITHDRAWN              xUPDATE xANSWER xINFORM
    bypass               from  INFORMATION_REQUESTED  =UPDATE =ANSWER =INFORM
ACCEPTED
    acknowledge          to    no
    reassign             to    ACCEPTED               =UPDATE =ANSWER
    request_information  to    INFORMATION_REQUESTED  =UPDATE =ANSWER +INFORM
    give_information     from  no
    accept               to    no
    update               to    ACCEPTED               -UPDATE +UPDATE =ANSWER
    escalate_on          to    ESCALATED_ON           xUPDATE +UPDATE xANSWER
    answer               to    ANSWERED               -UPDATE -ANSWER +CONFIRM
    confirm              from  no
    dispute              from  no
    withdraw             from  WITHDRAWN              xUPDATE xANSWER
    bypass               from  ACCEPTED               =UPDATE =ANSWER
ESCALATED_ON
    acknowledge          to    no
    reassign             to    ESCALATED_ON           =UPDATE
    request_information  to    no
    give_information     from  no
    accept               to    no
    update               to    ESCALATED_ON           -UPDATE +UPDATE
    escalate_on          to    no
    answer               to    no
    confirm              from  no
    dispute              from  no
    withdraw             from  WITHDRAWN              xUPDATE
    bypass               from  ESCALATED_ON           =UPDATE
ANSWERED
    acknowledge          to    no
    reassign             to    ANSWERED               =CONFIRM
    request_information  to    no
    give_information     from  no
    accept               to    no
    update               to    no
    escalate_on          to    no
    answer               to    no
    confirm              from  CLOSED                 -CONFIRM
    dispute              from  ACKNOWLEDGED           -CONFIRM +DECIDE
    withdraw             from  no
    bypass               from  ANSWERED               =CONFIRM
CLOSED
    acknowledge          to    no
    reassign             to    no
    request_information  to    no
    give_information     from  no
    accept               to    no
    update               to    no
    escalate_on          to    no
    answer               to    no
    confirm              from  no
    dispute              from  no
    withdraw             from  no
    bypass               from  no
WITHDRAWN
    acknowledge          to    no
    reassign             to    no
    request_information  to    no
    give_information     from  no
    accept               to    no
    update               to    no
    escalate_on          to    no
    answer               to    no
    confirm              from  no
    dispute              from  no
    withdraw             from  no
    bypass               from  no
"""
HOW_TO_GET_THERE = {
    "RAISED": [],
    "ACKNOWLEDGED": ["acknowledge"],
    "INFORMATION_REQUESTED before a decision": ["acknowledge", "request_information"],
    "INFORMATION_REQUESTED after accepting": ["accept", "request_information"],
    "ACCEPTED": ["accept"],
    "ESCALATED_ON": ["escalate_on"],
    "ANSWERED": ["answer"],
    "CLOSED": ["answer", "confirm"],
    "WITHDRAWN": ["withdraw"],
}
OWED_BY_THE_BODY_THAT_ASKED = {"INFORM", "CONFIRM"}


class Cell(NamedTuple):
    state: str
    verb: str
    side: str
    comes_out: str
    clocks: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        return self.comes_out == "no"


def cells() -> list[Cell]:
    found, state = [], ""
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            state = line
            continue
        verb, side, comes_out, *clocks = line.split()
        found.append(Cell(state, verb, side, comes_out, tuple(clocks)))
    return found


CELLS = cells()


def name(cell: Cell) -> str:
    return f"{cell.state.replace(' ', '-')}-{cell.verb}"


def there(stage: Stage, cell: Cell) -> Escalation:
    """A real escalation in the state of the cell; for a bypass, one that was disputed twice."""
    escalation = stage.raised()
    for verb in HOW_TO_GET_THERE[cell.state]:
        stage.do(verb, fresh(escalation))
    if cell.verb == "bypass":
        Escalation.objects.filter(pk=escalation.pk).update(disputes=2)
    return fresh(escalation)


def clocks_of(escalation: Escalation) -> dict[object, Deadline]:
    return {deadline.pk: deadline for deadline in Deadline.objects.of(escalation)}


def what_became_of(before: dict[object, Deadline], after: dict[object, Deadline]) -> set[str]:
    """Each clock that was or is alive, with the sign for what became of it."""
    signs = (_sign(before.get(pk), deadline) + deadline.kind for pk, deadline in after.items())
    return {sign for sign in signs if sign[0] in "+-x=|>"}


def _sign(was: Deadline | None, now: Deadline) -> str:
    if was and not was.is_live:
        return "."
    if now.met_at or now.cancelled_at:
        return "-" if now.met_at else "x"
    if was and was.paused_at:
        return "=" if now.paused_at else ">"
    if now.paused_at:
        return "|"
    return "+" if was is None else "=" if was.due_at == now.due_at else "?"


def test_the_table_has_every_status_and_every_verb() -> None:
    assert len(WORDS) == 12
    assert [(cell.state, cell.verb) for cell in CELLS] == list(product(HOW_TO_GET_THERE, WORDS))


@pytest.mark.parametrize("cell", [cell for cell in CELLS if not cell.is_refused], ids=name)
def test_what_comes_out_and_what_becomes_of_the_clocks(stage: Stage, cell: Cell) -> None:
    escalation = there(stage, cell)
    before, events = clocks_of(escalation), AuditEvent.objects.count()
    assert escalation.status == cell.state.split()[0]

    stage.do(cell.verb, escalation)

    escalation = fresh(escalation)
    assert escalation.status == cell.comes_out
    assert what_became_of(before, clocks_of(escalation)) == set(cell.clocks)
    assert escalation.steps.last().verb == cell.verb.upper()
    assert AuditEvent.objects.count() > events


@pytest.mark.parametrize("cell", [cell for cell in CELLS if not cell.is_refused], ids=name)
def test_each_clock_is_owed_by_the_right_side(stage: Stage, cell: Cell) -> None:
    escalation = there(stage, cell)
    stage.do(cell.verb, escalation)
    for deadline in Deadline.objects.of(escalation).select_related("owed_by", "owed_to"):
        sides = [escalation.to_organisation, escalation.from_organisation]
        if deadline.kind in OWED_BY_THE_BODY_THAT_ASKED:
            sides.reverse()
        assert [deadline.owed_by, deadline.owed_to] == sides


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.is_refused], ids=name)
def test_at_the_wrong_moment_it_is_refused_and_nothing_changes(stage: Stage, cell: Cell) -> None:
    escalation = there(stage, cell)
    before = clocks_of(escalation), Step.objects.count(), AuditEvent.objects.count()

    with pytest.raises(DomainError) as refusal:
        stage.do(cell.verb, escalation)

    assert "cannot be done now" in refusal.value.message
    assert fresh(escalation).status == escalation.status
    after = clocks_of(escalation), Step.objects.count(), AuditEvent.objects.count()
    assert after == before


@pytest.mark.parametrize("state", HOW_TO_GET_THERE)
def test_nobody_else_may_do_it_whatever_the_moment(stage: Stage, state: str) -> None:
    in_this_state = [cell for cell in CELLS if cell.state == state]
    escalation = there(stage, in_this_state[0])
    steps = Step.objects.count()
    for side in ("from", "to"):
        for stranger in strangers(stage, escalation, side):
            for cell in in_this_state:
                if cell.side == side:
                    with pytest.raises(PermissionDenied):
                        stage.do(cell.verb, escalation, by=stranger)
    assert Step.objects.count() == steps


def strangers(stage: Stage, escalation: Escalation, side: str) -> list[Actor]:
    """Every other role of the side whose verb it is, and the safety leads of everybody else."""
    mine, theirs = escalation.to_organisation, escalation.from_organisation
    if side == "from":
        mine, theirs = theirs, mine
    ladder = stage.ladder
    others = [theirs, ladder.neighbour, ladder.other_icb, ladder.region, ladder.national]
    roles = [Role.VIEWER, Role.REPORTER, Role.ADMINISTRATOR]
    return [ladder.actor(mine, role) for role in roles] + [ladder.actor(other) for other in others]
