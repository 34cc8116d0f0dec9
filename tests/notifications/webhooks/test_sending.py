"""What is sent, how it is signed, when it is sent again, and when it no longer is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import transaction

from accounts.models import Role
from notifications import delivery
from notifications.models import Notification, WebhookAttempt, WebhookDelivery, WebhookEvent
from notifications.webhooks import schedule, sending, services
from notifications.webhooks.types import EventType
from risks import services as risks
from safetyreg.audit.models import AuditEvent
from tests.notifications.webhooks.receiver import Message, Receiver, reply, take

if TYPE_CHECKING:
    from accounts.actors import Actor
    from notifications.models import WebhookEndpoint
    from risks.models import Risk
    from tests.ladder import Ladder

THREE_DAYS = timedelta(days=3)


@pytest.fixture
def risk(ladder: Ladder, lead: Actor, endpoint: WebhookEndpoint, now: datetime) -> Risk:
    return ladder.risk(lead, now=now)


def comment(risk: Risk, by: Actor, now: datetime) -> None:
    """One event for the provider."""
    risks.add_comment(risk=risk, text="Zebra", by=by, now=now)


def secret_of(endpoint: WebhookEndpoint, by: Actor, now: datetime) -> str:
    return services.show_secret(endpoint=endpoint, by=by, now=now)


# The challenge.


def test_nothing_is_sent_before_the_challenge_is_answered(
    ladder: Ladder, lead: Actor, pending: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = reply(200, b"Hello")
    comment(ladder.risk(lead, now=now), lead, now)
    assert sending.send_due(now=now).failed == 1
    pending.refresh_from_db()
    assert pending.is_pending
    assert pending.why == "It did not send the challenge back"
    assert [message.type for message in receiver.received] == ["endpoint.challenge"]
    assert not WebhookEvent.objects.exclude(type="endpoint.challenge").exists()


@pytest.mark.parametrize("form", ["{}", ' {{"challenge": "{}"}} '])
def test_the_challenge_is_sent_back_by_itself_or_in_json(
    form: str, lead: Actor, pending: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = lambda message, wire: reply(201, form.format(message.said["data"]["challenge"]).encode())(
        message, wire
    )
    sending.send_due(now=now)
    pending.refresh_from_db()
    assert pending.is_active
    assert receiver.received[0].is_signed_with(secret_of(pending, lead, now))
    assert AuditEvent.objects.filter(verb="activate_webhook").count() == 1


def test_a_challenge_is_tried_four_times_and_can_be_asked_for_again(
    lead: Actor, pending: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = reply(500)
    for _ in range(9):
        sending.send_due(now=now)
        now += timedelta(hours=1)
    assert len(receiver.received) == 4
    receiver.answer = take
    services.ask_again(endpoint=pending, by=lead, now=now)
    sending.send_due(now=now)
    pending.refresh_from_db()
    assert pending.is_active
    assert receiver.received[-1].said["data"]["challenge"] != receiver.received[0].said["data"]["challenge"]


def test_a_new_address_is_challenged_and_then_told_what_happened_meanwhile(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    services.change_webhook(endpoint=endpoint, url=f"{receiver.url}&new", by=lead, now=now)
    comment(risk, _colleague(risk), now)
    receiver.answer = reply(200)
    sending.send_due(now=now)
    assert receiver.events == []
    receiver.answer = take
    sending.send_due(now=now + timedelta(minutes=1))
    assert [message.type for message in receiver.events] == ["risk.commented"]
    assert receiver.events[0].path.endswith("&new")


def _colleague(risk: Risk) -> Actor:
    from accounts.actors import Actor
    from tests.factories import MembershipFactory, UserFactory

    return Actor(MembershipFactory(user=UserFactory(), organisation=risk.organisation, role=Role.SAFETY_LEAD))


# What is sent.


def test_a_message_is_thin_and_the_public_library_verifies_it(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    comment(risk, lead, now)
    assert sending.send_due(now=now).sent == 1
    [message] = receiver.events
    assert message.is_signed_with(secret_of(endpoint, lead, now))
    assert not message.is_signed_with("whsec_" + "A" * 43 + "=")
    assert message.path == "/hooks?from=register"
    assert message.headers["content-type"] == "application/json"
    assert message.said == {
        "type": "risk.commented",
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {
            "id": risk.reference,
            "link": f"http://127.0.0.1:8000{risk.path}",
            "api": f"http://127.0.0.1:8000/api/v1/risks/{risk.reference}/",
        },
    }
    message.body += b" "
    assert not Message(message.path, message.headers, message.body[:-2]).is_signed_with("whsec_" + "A" * 43 + "=")


def test_an_endpoint_is_told_what_it_has_chosen_and_nothing_of_others(
    ladder: Ladder, risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    services.change_webhook(endpoint=endpoint, event_types=[EventType.RISK_SHARED], by=lead, now=now)
    comment(risk, lead, now)
    theirs = ladder.risk(ladder.actor(ladder.neighbour), now=now)
    risks.involve(risk=theirs, organisations=[ladder.icb], by=ladder.actor(ladder.neighbour), now=now)
    sending.send_due(now=now)
    assert receiver.events == []
    risks.involve(risk=theirs, organisations=[ladder.provider], by=ladder.actor(ladder.neighbour), now=now)
    sending.send_due(now=now)
    assert [(message.type, message.said["data"]["id"]) for message in receiver.events] == [
        ("risk.shared", theirs.reference)
    ]


def test_what_is_rolled_back_is_not_told_and_what_is_committed_is(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    with transaction.atomic():
        comment(risk, lead, now)
        assert WebhookDelivery.objects.waiting().count() == 1
        transaction.set_rollback(True)
    sending.send_due(now=now)
    assert receiver.events == []


def test_the_same_occasion_is_told_once(ladder: Ladder, risk: Risk, endpoint: WebhookEndpoint, now: datetime) -> None:
    from notifications.webhooks.events import happened

    for _ in range(2):
        happened(
            EventType.RISK_CHANGED, organisation=ladder.provider, path=risk.path, reference="", key="once", now=now
        )
    assert WebhookDelivery.objects.filter(event__key="once").count() == 1


def test_one_event_has_one_id_for_every_endpoint_and_every_try(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    services.add_webhook(
        url=receiver.url, description="Another", event_types=[EventType.RISK_COMMENTED], by=lead, now=now
    )
    sending.send_due(now=now)
    comment(risk, lead, now)
    receiver.answer = reply(503)
    sending.send_due(now=now)
    receiver.answer = take
    sending.send_due(now=now + timedelta(minutes=1))
    assert len(receiver.events) == 4
    assert len({message.id for message in receiver.events}) == 1
    assert len({message.body for message in receiver.events}) == 1


# Answers.


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_taken(status: int, risk: Risk, lead: Actor, receiver: Receiver, now: datetime) -> None:
    receiver.answer = reply(status)
    comment(risk, lead, now)
    assert sending.send_due(now=now).sent == 1
    assert sending.send_due(now=now + THREE_DAYS).sent == 0
    assert len(receiver.events) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int, risk: Risk, lead: Actor, receiver: Receiver, now: datetime) -> None:
    receiver.answer = reply(status, Location=f"http://127.0.0.1:{receiver.port}/elsewhere")
    comment(risk, lead, now)
    assert sending.send_due(now=now).failed == 1
    assert [message.path for message in receiver.events] == ["/hooks?from=register"]
    assert WebhookAttempt.objects.exclude(problem="").get().problem == f"It answered {status}"


def test_a_message_is_tried_ten_times_over_three_days_and_given_up(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = reply(500)
    comment(risk, lead, now)
    row = WebhookDelivery.objects.waiting().get()
    began, moments = now, []
    while row.next_at:
        now = row.next_at
        moments.append(now)
        assert sending.send_due(now=now - timedelta(seconds=1)).failed == 0
        assert sending.send_due(now=now).failed == 1
        row.refresh_from_db()
    assert len(moments) == len(receiver.events) == row.attempts.count() == 10
    assert timedelta(days=2.5) < moments[-1] - began < timedelta(days=3.5)
    for moment, after, wait in zip(moments[:-1], moments[1:], schedule.WAITS, strict=True):
        assert wait * 0.9 <= after - moment <= wait * 1.1
    assert row.dead_at == moments[-1]
    [told] = Notification.objects.filter(kind="WEBHOOK")
    assert "did not take messages in three days" in told.message
    endpoint.refresh_from_db()
    assert endpoint.is_active


def test_waits_differ_from_each_other() -> None:
    assert len({schedule.wait_after(5) for _ in range(20)}) > 1


def test_410_disables_the_endpoint_and_tells_administrators_too(
    ladder: Ladder, risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    administrator = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    receiver.answer = reply(410)
    comment(risk, lead, now)
    comment(risk, lead, now + timedelta(seconds=1))
    sending.send_due(now=now + timedelta(seconds=1))
    endpoint.refresh_from_db()
    assert endpoint.is_disabled
    assert "410" in endpoint.why
    assert WebhookDelivery.objects.waiting().count() == 0
    assert WebhookDelivery.objects.dead().count() == 2
    told = Notification.objects.filter(kind="WEBHOOK")
    assert {one.recipient for one in told} == {lead.user, administrator.user}
    assert list(Notification.objects.visible_to(administrator)) == list(told.filter(recipient=administrator.user))
    mail.outbox.clear()
    delivery.send(now=now + timedelta(days=1))
    assert administrator.user.email in [letter.to[0] for letter in mail.outbox]
    comment(risk, lead, now + timedelta(seconds=2))
    assert WebhookEvent.objects.filter(type="risk.commented").count() == 2


def test_five_days_of_nothing_but_failures_disable_it(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = reply(500)
    comment(risk, lead, now)
    sending.send_due(now=now)
    comment(risk, lead, now + timedelta(days=4))
    sending.send_due(now=now + timedelta(days=4, hours=23))
    endpoint.refresh_from_db()
    assert endpoint.is_active
    sending.send_due(now=now + timedelta(days=5))
    endpoint.refresh_from_db()
    assert endpoint.is_disabled
    assert "5 days" in endpoint.why


def test_one_success_begins_the_five_days_anew(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = reply(500)
    comment(risk, lead, now)
    sending.send_due(now=now)
    receiver.answer = take
    sending.send_due(now=now + timedelta(days=4))
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_one_endpoint_that_fails_does_not_hold_up_another(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    other = Receiver()
    try:
        from django.conf import settings

        settings.WEBHOOK_PORTS.append(other.port)
        services.add_webhook(
            url=other.url, description="Other", event_types=[EventType.RISK_COMMENTED], by=lead, now=now
        )
        sending.send_due(now=now)
        receiver.answer = reply(500)
        for second in range(3):
            comment(risk, lead, now + timedelta(seconds=second))
        sent = sending.send_due(now=now + timedelta(minutes=1))
        assert (sent.sent, sent.failed) == (3, 1)
    finally:
        other.stop()


# Secrets.


def test_for_a_day_after_a_new_secret_both_sign(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    old = secret_of(endpoint, lead, now)
    services.rotate_secret(endpoint=endpoint, by=lead, now=now - timedelta(hours=23, minutes=59))
    new = secret_of(endpoint, lead, now)
    comment(risk, lead, now)
    sending.send_due(now=now)
    assert receiver.events[-1].is_signed_with(old)
    assert receiver.events[-1].is_signed_with(new)
    assert len(receiver.events[-1].headers["webhook-signature"].split()) == 2
    services.WebhookSecret.objects.filter(expires_at__isnull=False).update(expires_at=now)
    comment(risk, lead, now + timedelta(seconds=1))
    sending.send_due(now=now + timedelta(seconds=1))
    assert not receiver.events[-1].is_signed_with(old)
    assert receiver.events[-1].is_signed_with(new)


def test_a_secret_is_shown_once_and_sealed(lead: Actor, endpoint: WebhookEndpoint, now: datetime) -> None:
    secret = secret_of(endpoint, lead, now)
    assert secret.startswith("whsec_")
    with pytest.raises(services.NotNow, match="shown only once"):
        secret_of(endpoint, lead, now)
    assert secret not in endpoint.secrets.get().sealed


def test_the_sealing_key_is_changed_by_adding_one_before_it(
    lead: Actor, endpoint: WebhookEndpoint, settings: Any, now: datetime
) -> None:
    settings.WEBHOOK_SECRET_KEYS = ["new key", settings.SECRET_KEY]
    assert services.reseal() == 1
    settings.WEBHOOK_SECRET_KEYS = ["new key"]
    assert secret_of(endpoint, lead, now).startswith("whsec_")


def test_a_lost_sealing_key_is_a_failure_that_says_so(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, settings: Any, now: datetime
) -> None:
    settings.WEBHOOK_SECRET_KEYS = ["another key"]
    comment(risk, lead, now)
    assert sending.send_due(now=now).failed == 1
    assert receiver.events == []
    assert WebhookAttempt.objects.filter(problem__contains="make a new one").count() == 1


# Again.


def test_a_message_is_sent_again_under_its_id(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    comment(risk, lead, now)
    sending.send_due(now=now)
    row = WebhookDelivery.objects.get(event__type="risk.commented")
    services.send_again(delivery=row, by=lead, now=now)
    sending.send_due(now=now)
    assert [message.id for message in receiver.events] == [row.event.message_id] * 2
    assert row.attempts.count() == 2


def test_what_was_given_up_since_a_time_is_sent_again_and_nothing_else(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    for hours in (3, 2, 1):
        comment(risk, lead, now - timedelta(hours=hours))
    endpoint.deliveries.all().give_up("Trouble", now)
    comment(risk, lead, now)
    since = now - timedelta(hours=2, minutes=30)
    assert services.replay_failed(endpoint=endpoint, since=since, by=lead, now=now) == 2
    sending.send_due(now=now)
    assert len(receiver.events) == 3
    assert WebhookDelivery.objects.dead().count() == 1


def test_what_is_old_is_forgotten_but_not_while_it_waits(
    risk: Risk, lead: Actor, endpoint: WebhookEndpoint, now: datetime
) -> None:
    comment(risk, lead, now)
    services.forget_old(now=now + timedelta(days=31))
    assert [event.type for event in WebhookEvent.objects.all()] == ["risk.commented"]
    endpoint.deliveries.all().give_up("Trouble", now)
    services.forget_old(now=now + timedelta(days=31))
    assert not WebhookEvent.objects.exists()
