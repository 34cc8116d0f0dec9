"""Two people at the same triage at once, each in a transaction of their own: one decides, the other is told who did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from escalations.models import Feedback, Status
from risks import lifecycle as risk_lifecycle
from tests import ladder as ladder_module
from tests.escalations.stage import fresh
from tests.escalations.test_two_at_once import wait_for_waiting
from tests.overview.triage.waiting import Waiting, everything
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor
    from overview.triage.entries import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting() -> Waiting:
    return everything(ladder_module.build())


def state(waiting: Waiting, key: str) -> str:
    from overview.triage.entries import by_keys

    entries: list[Entry] = by_keys([key], waiting.icb, waiting.now)
    return entries[0].state


def together(waiting: Waiting, *sent: tuple[Actor, dict[str, object]]) -> list[HttpResponse]:
    """Send all of them while the risk is locked, and let go of it once every one of them waits for it."""
    clients = [visitor(actor) for actor, _body in sent]

    def send(number: int) -> HttpResponse:
        try:
            return clients[number].post("/triage/", sent[number][1])
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sent)) as pool:
        with transaction.atomic():
            risk_lifecycle.lock(waiting.escalation.risk)
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
