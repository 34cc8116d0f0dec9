"""When sending goes wrong: a process is killed, an address is refused, the mail server is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from accounts import services as accounts
from accounts.models import AccountEmail
from notifications import delivery
from notifications.models import Kind, Notification
from safetyreg import outbox
from tests.factories import NOW, UserFactory
from tests.notifications.posting import MORNING, fail_with, tell

if TYPE_CHECKING:
    from django.core.mail import EmailMessage

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, email="lead@trust.example")


class Killed(BaseException):
    """What a process that is killed leaves behind: nothing is caught, nothing is tidied up."""


def kill_before_marking(monkeypatch: pytest.MonkeyPatch) -> None:
    def mark_sent(self: outbox.OutboxQuerySet, now: datetime) -> None:
        raise Killed

    monkeypatch.setattr(outbox.OutboxQuerySet, "mark_sent", mark_sent)


@pytest.mark.parametrize("kind", [Kind.BREACHED, Kind.STEP])
def test_killed_between_sending_and_marking_it_goes_again_under_the_same_name(
    lead: Actor, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    tell(lead, 101, kind=kind)
    tell(lead, 102, kind=kind)
    with monkeypatch.context() as patch:
        kill_before_marking(patch)
        with pytest.raises(Killed):
            delivery.send(now=MORNING)
    (first,) = mail.outbox
    delivery.send(now=MORNING + outbox.HOLD - timedelta(seconds=1))
    assert len(mail.outbox) == 1, "while it is held nobody else sends it"
    tell(lead, 103, kind=kind, now=MORNING)
    delivery.send(now=MORNING + outbox.HOLD)
    again = [
        email for email in mail.outbox[1:] if email.extra_headers["Message-ID"] == first.extra_headers["Message-ID"]
    ]
    assert len(again) == 1
    assert again[0].body == first.body
    assert Notification.objects.exclude(sent_at=None).count() == (3 if kind == Kind.BREACHED else 2)


def name(email: EmailMessage) -> str:
    return email.extra_headers["Message-ID"]


def test_different_things_have_different_names(lead: Actor) -> None:
    tell(lead, 101, kind=Kind.BREACHED)
    tell(lead, 102, kind=Kind.BREACHED)
    tell(lead, 103)
    delivery.send(now=MORNING)
    assert len({name(email) for email in mail.outbox}) == 3


def test_an_address_that_is_refused_holds_up_nobody_else(
    lead: Actor, ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = SMTPRecipientsRefused({"lead@trust.example": (550, b"No such mailbox")})
    fail_with(monkeypatch, lambda email: refused if email.to == ["lead@trust.example"] else None)
    tell(lead, 101, kind=Kind.BREACHED)
    tell(ladder.actor(ladder.provider), 102, kind=Kind.BREACHED)
    sent = delivery.send(now=NOW)
    assert (sent.sent, sent.failed) == (1, 1)
    failed = Notification.objects.get(sent_at=None)
    assert "No such mailbox" in failed.last_error
    assert failed.available_at == NOW + timedelta(minutes=2)


def test_it_is_tried_again_ever_more_rarely_and_given_up_after_five_days(
    lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = fail_with(monkeypatch, lambda email: SMTPRecipientsRefused({}))
    tell(lead, 101, kind=Kind.BREACHED)
    now, waits = NOW, []
    while not (row := Notification.objects.get()).dead_at:
        waits.append(row.available_at - now)
        now = row.available_at
        delivery.send(now=now)
    assert len(asked) == outbox.GIVE_UP_AFTER
    assert waits[:4] == [timedelta(minutes=wait) for wait in (0, 2, 4, 8)]
    assert max(waits) == timedelta(hours=6)
    assert timedelta(days=5) < row.dead_at - NOW < timedelta(days=6)
    assert not row.sent_at
    delivery.send(now=now + timedelta(days=9))
    assert len(asked) == outbox.GIVE_UP_AFTER


def test_what_failed_and_then_goes_is_marked_as_sent(lead: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(lead, 101, kind=Kind.BREACHED)
    with monkeypatch.context() as patch:
        fail_with(patch, lambda email: SMTPRecipientsRefused({}))
        delivery.send(now=NOW)
    later = NOW + timedelta(minutes=2)
    delivery.send(now=later)
    row = Notification.objects.get()
    assert (row.sent_at, row.last_error, row.attempts) == (later, "", 2)


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(), TimeoutError(), SMTPServerDisconnected(), SMTPSenderRefused(550, b"", "us")]
)
def test_when_the_mail_server_is_away_the_others_are_not_tried_and_lose_no_try(
    ladder: Ladder, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for number in range(5):
        tell(ladder.actor(ladder.provider), 101 + number, kind=Kind.BREACHED)
    with monkeypatch.context() as patch:
        asked = fail_with(patch, lambda email: error)
        sent = delivery.send(now=NOW)
    assert (len(asked), sent.sent, sent.failed) == (1, 0, 1)
    assert sorted(Notification.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]
    delivery.send(now=NOW + timedelta(minutes=2))
    assert len(mail.outbox) == 5


def test_one_that_kills_its_sender_each_time_counts_as_tried(lead: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(lead, 101, kind=Kind.BREACHED)
    kill_before_marking(monkeypatch)
    for number in range(3):
        with pytest.raises(Killed):
            delivery.send(now=NOW + number * outbox.HOLD)
    assert Notification.objects.get().attempts == 3


def test_an_email_about_an_account_is_retried_and_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory(email="forgetful@trust.example")
    accounts.ask_for_password_reset(email="forgetful@trust.example", place="192.0.2.1", now=NOW)
    asked = fail_with(monkeypatch, lambda email: SMTPRecipientsRefused({}))
    while not (row := AccountEmail.objects.get()).dead_at:
        delivery.send(now=row.available_at)
    assert len(asked) == outbox.GIVE_UP_AFTER


def test_when_the_mail_server_is_away_an_account_email_stops_the_run(
    lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        UserFactory(email=f"person{number}@trust.example")
        accounts.ask_for_password_reset(email=f"person{number}@trust.example", place="192.0.2.1", now=NOW)
    tell(lead, 101, kind=Kind.BREACHED)
    with monkeypatch.context() as patch:
        asked = fail_with(patch, lambda email: ConnectionRefusedError())
        sent = delivery.send(now=NOW)
    assert (len(asked), sent.failed) == (1, 1)
    assert sorted(AccountEmail.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    delivery.send(now=NOW + timedelta(minutes=2))
    assert len(mail.outbox) == 4
