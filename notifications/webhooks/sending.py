"""Sending what is due: claimed under a lock that others skip, sent outside any transaction, then noted.

A worker that is killed after sending and before noting it sends again once its hold has passed, with the same id.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from notifications.webhooks import lifecycle, posting, schedule, signing, telling
from notifications.webhooks.models import State, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.webhooks.posting import Answer
from notifications.webhooks.sealing import CannotOpen, unseal
from safetyreg.audit.services import record
from safetyreg.outbox import HOLD, Sent

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

logger = logging.getLogger(__name__)

RUN = 180  # seconds after which a run takes nothing more, well within the time that a task may take
GONE = "It answered 410: it wants no more messages"
ONLY_FAILURES = f"Nothing that was sent to it in {schedule.DISABLED_AFTER.days} days was taken"
NO_ECHO = "It did not send the challenge back"


@dataclass(frozen=True)
class Outcome:
    answer: Answer
    problem: str = ""  # why it was in vain

    @property
    def is_good(self) -> bool:
        return not self.problem


def send_due(*, now: datetime, most: int = 2000) -> Sent:
    """Send what is due, oldest first. An endpoint that fails is not tried again in this run, and holds nobody up."""
    began, total = time.monotonic(), Sent()
    failed: set[UUID] = set()
    for _ in range(most):
        delivery = _claim(now, failed)
        if delivery is None or time.monotonic() - began > RUN:
            break
        outcome = _send(delivery, now)
        _note(delivery, outcome, now)
        if outcome.is_good:
            total += Sent(sent=1)
        else:
            total += Sent(failed=1)
            failed.add(delivery.endpoint_id)
    return total


@transaction.atomic
def _claim(now: datetime, failed: set[UUID]) -> WebhookDelivery | None:
    """Hold one. It counts as a try, also for one that kills its sender."""
    due = WebhookDelivery.objects.due(now).exclude(endpoint__in=failed).select_related("event", "endpoint")
    delivery = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "pk").first()
    if delivery:
        delivery.tries += 1
        WebhookDelivery.objects.filter(pk=delivery.pk).update(tries=F("tries") + 1, next_at=now + HOLD)
    return delivery


def _send(delivery: WebhookDelivery, now: datetime) -> Outcome:
    event, endpoint = delivery.event, delivery.endpoint
    body = event.body.encode()
    try:
        sealed = endpoint.secrets.live(now).newest_first().values_list("sealed", flat=True)
        secrets = [unseal(one) for one in sealed]
    except CannotOpen:
        logger.exception("The secret of a webhook cannot be opened: is a key of WEBHOOK_SECRET_KEYS missing?")
        return Outcome(Answer(None, "", 0), "The register cannot read its signing secret any more: make a new one")
    answer = posting.post(
        endpoint.url, body, signing.headers(message_id=event.message_id, body=body, secrets=secrets, now=now)
    )
    if not answer.is_taken:
        return Outcome(answer, answer.problem or f"It answered {answer.status}")
    if event.is_challenge and not echoes(answer.body, json.loads(event.body)["data"]["challenge"]):
        return Outcome(answer, NO_ECHO)
    return Outcome(answer)


def echoes(body: bytes, challenge: str) -> bool:
    """Whether an answer is the challenge, by itself or as `{"challenge": "..."}`."""
    text = body.decode(errors="replace").strip()
    if text == challenge:
        return True
    try:
        said = json.loads(text)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("challenge") == challenge


@transaction.atomic
def _note(delivery: WebhookDelivery, outcome: Outcome, now: datetime) -> None:
    endpoint = WebhookEndpoint.objects.select_for_update().select_related("organisation").get(pk=delivery.endpoint_id)
    locked = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("event").get(pk=delivery.pk)
    answer = outcome.answer
    WebhookAttempt.objects.create(
        delivery=locked, at=now, status=answer.status, problem=outcome.problem, took_ms=answer.took_ms
    )
    if locked.next_at is None:  # meanwhile somebody else has sent it, or the endpoint was disabled
        return
    if outcome.is_good:
        _delivered(locked, endpoint, now)
    elif locked.tries == delivery.tries:  # or else somebody else holds it by now
        _failed(locked, endpoint, outcome, now)


def _delivered(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> None:
    delivery.sent_at, delivery.next_at, delivery.why = now, None, ""
    delivery.save()
    if endpoint.failing_since:
        endpoint.failing_since = None
        endpoint.save(update_fields=["failing_since"])
    if delivery.event.is_challenge and endpoint.is_pending:
        _activate(endpoint, delivery, now)


def _activate(endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime) -> None:
    """If it is the latest challenge that was answered, not that of an address it had before."""
    if json.loads(delivery.event.body)["data"]["challenge"] != endpoint.challenge:
        return
    lifecycle.move(endpoint, State.ACTIVE)
    endpoint.activated_at = endpoint.activated_at or now
    endpoint.save(update_fields=["state", "why", "activated_at"])
    record("activate_webhook", endpoint, f"{endpoint.description} answered its challenge", by=None, now=now)


def _failed(delivery: WebhookDelivery, endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> None:
    delivery.why = outcome.problem
    wait = schedule.wait_after(delivery.tries, is_challenge=delivery.event.is_challenge)
    delivery.next_at, delivery.dead_at = (None, now) if wait is None else (now + wait, None)
    delivery.save()
    if delivery.event.is_challenge:
        endpoint.why = outcome.problem
        endpoint.save(update_fields=["why"])
        return
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.save(update_fields=["failing_since"])
    if outcome.answer.is_gone:
        disable(endpoint, GONE, now)
    elif now - endpoint.failing_since >= schedule.DISABLED_AFTER:
        disable(endpoint, ONLY_FAILURES, now)
    elif delivery.dead_at:
        telling.tell_given_up(delivery, endpoint, now)


def disable(endpoint: WebhookEndpoint, why: str, now: datetime) -> None:
    """The register itself stops sending to a locked endpoint, and says so to those who look after it."""
    stop(endpoint, why, now)
    record("disable_webhook", endpoint, f"{endpoint.description} was disabled: {why}", by=None, now=now)
    telling.tell_disabled(endpoint, now)


def stop(endpoint: WebhookEndpoint, why: str, now: datetime) -> None:
    """What waits is given up; it can be sent again later."""
    lifecycle.move(endpoint, State.DISABLED, why=why)
    endpoint.save(update_fields=["state", "why", "failing_since"])
    endpoint.deliveries.all().give_up("The endpoint was disabled", now)
