"""Several who send at once, and one that is killed between sending and noting that it was sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from notifications.models import WebhookDelivery
from notifications.webhooks import sending, services
from notifications.webhooks.types import EventType
from risks import services as risks
from safetyreg.outbox import HOLD
from tests import ladder as ladder_module
from tests.notifications.webhooks.receiver import Message, Receiver, take

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


@pytest.fixture
def ladder() -> Ladder:
    return ladder_module.build()


@pytest.fixture
def risk(ladder: Ladder, lead: Actor, endpoint: object, now: datetime) -> Risk:
    return ladder.risk(lead, now=now)


@pytest.fixture
def waiting(risk: Risk, lead: Actor, now: datetime) -> None:
    for second in range(MANY):
        risks.add_comment(risk=risk, text="So it is", by=lead, now=now - timedelta(seconds=second))


def in_threads(count: int, now: datetime) -> None:
    together = Barrier(count)

    def send() -> None:
        try:
            together.wait(timeout=30)
            sending.send_due(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(send) for _ in range(count)]:
            done.result(timeout=60)


@pytest.mark.usefixtures("waiting")
def test_four_that_send_at_once_send_everything_once(receiver: Receiver, now: datetime) -> None:
    in_threads(4, now)
    assert len(receiver.events) == MANY
    assert len({message.id for message in receiver.events}) == MANY
    assert not WebhookDelivery.objects.waiting().exists()


class Killed(BaseException):
    """As SIGKILL would, it ends the sender and runs nothing of what comes after."""


@pytest.mark.usefixtures("waiting")
def test_a_sender_killed_after_sending_sends_that_one_again_under_its_id_and_no_other(
    receiver: Receiver, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_note", _die)
        with pytest.raises(Killed):
            sending.send_due(now=now)
    assert len(receiver.events) == 1
    sending.send_due(now=now)
    assert len(receiver.events) == MANY  # the first is held, by nobody
    sending.send_due(now=now + HOLD)
    assert len(receiver.events) == MANY + 1
    assert len({message.id for message in receiver.events}) == MANY
    assert receiver.events[-1].id == receiver.events[0].id
    assert not WebhookDelivery.objects.waiting().exists()


def _die(*_anything: Any) -> None:
    raise Killed


@pytest.mark.usefixtures("waiting")
def test_an_endpoint_disabled_while_a_message_is_on_its_way_is_sent_no_other(
    receiver: Receiver, endpoint: Any, lead: Actor, now: datetime
) -> None:
    arrived, may_answer = Event(), Event()

    def answer(message: Message, wire: BaseHTTPRequestHandler) -> None:
        arrived.set()
        may_answer.wait(30)
        take(message, wire)

    receiver.answer = answer
    with ThreadPoolExecutor(1) as pool:
        sender = pool.submit(in_threads, 1, now)
        assert arrived.wait(30)
        services.disable_webhook(endpoint=endpoint, by=lead, now=datetime.now(UTC))
        may_answer.set()
        sender.result(timeout=60)
    assert len(receiver.events) == 1
    assert WebhookDelivery.objects.dead().count() == MANY
    assert receiver.events[0].type == EventType.RISK_COMMENTED
