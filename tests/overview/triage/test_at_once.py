"""Two people at the same triage at once, each in a transaction of their own: one decides, the other is told who did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from escalations.models import Escalation, Feedback, Status
from risks import lifecycle as risk_lifecycle
from risks.models import Involvement, Transfer, TransferStatus
from tests import ladder as ladder_module
from tests.escalations.stage import fresh
from tests.escalations.test_two_at_once import wait_for_waiting
from tests.overview.triage.waiting import Waiting, another, asked_for_transfer, everything, key_of
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor
    from overview.triage.entries import Entry
    from risks.models import Risk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting() -> Waiting:
    return everything(ladder_module.build())


def state(waiting: Waiting, key: str) -> str:
    from overview.triage.entries import by_keys

    entries: list[Entry] = by_keys([key], waiting.icb, waiting.now)
    return entries[0].state


def together(waiting: Waiting, *sent: tuple[Actor, dict[str, object]], risk: Risk | None = None) -> list[HttpResponse]:
    """Send all of them while a risk is locked, and let go of it once every one of them waits for it."""
    clients = [visitor(actor) for actor, _body in sent]

    def send(number: int) -> HttpResponse:
        try:
            return clients[number].post("/triage/", sent[number][1])
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sent)) as pool:
        with transaction.atomic():
            risk_lifecycle.lock(risk or waiting.escalation.risk)
            asked = [pool.submit(send, number) for number in range(len(sent))]
            wait_for_waiting(len(sent))
        return [answer.result(timeout=30) for answer in asked]


def test_of_two_who_answer_at_once_one_is_told_who_did(waiting: Waiting) -> None:
    key = f"escalation-{waiting.escalation.pk}"
    body = {"do": "answer", "item": key, f"state-{key}": state(waiting, key), "outcome": "ADVICE", "text": "Send them"}
    answers = together(waiting, (waiting.icb, body), (waiting.colleague, body))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    told = words(next(answer for answer in answers if answer.status_code == 409))
    assert "answered it on" in told
    assert "Send them" in told
    assert Feedback.objects.count() == 1


def test_two_who_acknowledge_the_same_several_at_once_wait_for_no_deadlock(waiting: Waiting) -> None:
    other = waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider, title="Another"))
    keys = [f"escalation-{waiting.escalation.pk}", f"escalation-{other.pk}"]
    states = {f"state-{key}": state(waiting, key) for key in keys}
    sent = [
        (actor, {"do": "acknowledge", "item": order, "handler": str(actor.user.pk), **states})
        for actor, order in ((waiting.icb, keys), (waiting.colleague, keys[::-1]))
    ]
    answers = together(waiting, *sent)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    handlers = {fresh(hop).handler for hop in (waiting.escalation, other)}
    assert len(handlers) == 1
    assert {fresh(hop).status for hop in (waiting.escalation, other)} == {Status.ACKNOWLEDGED}


def both_ways(waiting: Waiting, keys: list[str], **body: object) -> list[tuple[Actor, dict[str, object]]]:
    """Two people send the same several, ticked in opposite orders, as both have read them."""
    states = {f"state-{key}": state(waiting, key) for key in keys}
    two = ((waiting.icb, keys), (waiting.colleague, keys[::-1]))
    return [(actor, {**body, "item": order, **states}) for actor, order in two]


def test_of_two_who_accept_the_same_several_at_once_one_accepts_them_all(waiting: Waiting) -> None:
    hops = (waiting.escalation, another(waiting))
    sent = both_ways(waiting, [key_of(hop) for hop in hops], do="accept", plan="We will meet")
    answers = together(waiting, *sent)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    told = words(next(answer for answer in answers if answer.status_code == 409))
    assert told.count("accepted it on") == 2
    assert "We will meet" in told
    assert {fresh(hop).status for hop in hops} == {Status.ACCEPTED}
    assert len({fresh(hop).handler for hop in hops}) == 1
    assert {hop.steps.filter(verb="ACCEPT").count() for hop in hops} == {1}


def test_of_two_who_escalate_the_same_several_on_at_once_the_region_is_asked_once(waiting: Waiting) -> None:
    hops = (waiting.escalation, another(waiting))
    ask = {"reason": "It needs more than us", "ask": "Agree one form", "immediate": "no"}
    answers = together(waiting, *both_ways(waiting, [key_of(hop) for hop in hops], do="escalate-on", **ask))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert "escalated it on" in words(next(answer for answer in answers if answer.status_code == 409))
    assert Escalation.objects.filter(to_organisation=waiting.stage.ladder.region).count() == 2


def test_of_two_who_answer_the_same_question_at_once_one_answer_stands(waiting: Waiting) -> None:
    key = f"position-{waiting.question.pk}"
    read = {"item": key, f"state-{key}": state(waiting, key)}
    own: dict[str, object] = {"do": "own-risk", "own_risk": waiting.system.reference, "kind": "RELATED", **read}
    none: dict[str, object] = {"do": "not-affected", "words": "We send no letters", **read}
    answers = together(waiting, (waiting.icb, none), (waiting.colleague, own), risk=waiting.question.risk)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert "answered on" in words(next(answer for answer in answers if answer.status_code == 409))
    row = Involvement.objects.get(pk=waiting.question.pk)
    assert row.is_not_affected != (row.own_risk == waiting.system)


def test_of_two_who_decide_on_a_transfer_at_once_one_decides(waiting: Waiting) -> None:
    transfer = asked_for_transfer(waiting)
    key = f"transfer-{transfer.pk}"
    read = {"item": key, f"state-{key}": state(waiting, key)}
    take: dict[str, object] = {"do": "accept-transfer", "owner": str(waiting.icb.user.pk), **read}
    leave: dict[str, object] = {"do": "decline-transfer", "why": "It is yours", **read}
    answers = together(waiting, (waiting.icb, take), (waiting.colleague, leave), risk=transfer.risk)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    told = words(next(answer for answer in answers if answer.status_code == 409))
    row = Transfer.objects.select_related("risk").get(pk=transfer.pk)
    by = waiting.icb if row.status == TransferStatus.ACCEPTED else waiting.colleague
    assert f"{by.user.name} {row.get_status_display().lower()} this on" in told
    ladder = waiting.stage.ladder
    assert row.risk.organisation == (ladder.icb if row.status == TransferStatus.ACCEPTED else ladder.provider)
