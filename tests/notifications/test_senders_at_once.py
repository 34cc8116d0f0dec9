"""Two senders at once: each e-mail goes out once, and no digest is torn in two."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections

from notifications import delivery
from notifications.models import Kind, Notification
from tests import ladder as ladder_module
from tests.notifications.posting import MORNING, tell

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 20


@pytest.fixture
def ladder(transactional_db: None) -> Ladder:
    return ladder_module.build()


def send_in_a_thread(**given: object) -> threading.Thread:
    def send() -> None:
        try:
            delivery.send(now=MORNING, **given)
        finally:
            connections.close_all()

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    return thread


def test_what_one_is_sending_the_other_leaves_alone(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(ladder.actor(ladder.provider), 101, kind=Kind.BREACHED)
    sending, go_on = threading.Event(), threading.Event()
    real = EmailBackend.send_messages

    def slowly(self: EmailBackend, messages: list[mail.EmailMessage]) -> int:
        sending.set()
        assert go_on.wait(LONG)
        return real(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    first = send_in_a_thread()
    assert sending.wait(LONG)
    assert delivery.send(now=MORNING).sent == 0
    go_on.set()
    first.join(LONG)
    assert len(mail.outbox) == 1
    assert Notification.objects.get().sent_at == MORNING


def test_many_senders_send_everything_once(ladder: Ladder) -> None:
    people = [ladder.actor(ladder.provider) for _ in range(4)]
    for number in range(40):
        tell(people[number % 4], number, kind=Kind.STEP if number < 20 else Kind.BREACHED)
    senders = [send_in_a_thread(batch=3) for _ in range(4)]
    for sender in senders:
        sender.join(LONG)
        assert not sender.is_alive()
    digests = [email for email in mail.outbox if email.subject.startswith("Patient safety risks")]
    assert sorted(email.subject for email in digests) == ["Patient safety risks: 5 things you were told"] * 4
    assert len(mail.outbox) == 24
    assert len({email.extra_headers["Message-ID"] for email in mail.outbox}) == 24
    assert not Notification.objects.unsent().exists()
