"""Every way an endpoint changes by somebody's hand, and sending again what was sent or given up."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import Organisation
from notifications.webhooks import events, lifecycle, permissions, sealing, sending, targets
from notifications.webhooks.lifecycle import NotNow
from notifications.webhooks.models import (
    State,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
    WebhookEndpoint,
    WebhookEvent,
    WebhookSecret,
)
from notifications.webhooks.types import Own
from safetyreg import preconditions
from safetyreg.audit.services import record
from safetyreg.words import plural, when

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from accounts.actors import Actor

MOST = 20  # endpoints of one organisation
OVERLAP = timedelta(hours=24)  # in which the old secret signs too
FURTHEST_BACK = timedelta(days=30)


@transaction.atomic
def add_webhook(
    *, url: str, description: str, event_types: Collection[str], by: Actor, now: datetime
) -> WebhookEndpoint:
    """Give an address that is told what happens, once it has sent back the challenge that it is sent within a minute.

    Raises PermissionDenied, ValidationError, NotNow.
    """
    if not permissions.can_manage_webhooks(by):
        raise PermissionDenied
    Organisation.objects.select_for_update().get(pk=by.organisation_id)  # so that two at once count each other
    if WebhookEndpoint.objects.visible_to(by).count() >= MOST:
        raise NotNow(f"{by.organisation.name} has {MOST} endpoints, which is as many as there can be")
    endpoint = WebhookEndpoint(
        organisation=by.organisation,
        url=url.strip(),
        description=description.strip(),
        event_types=_in_order(event_types),
        created_at=now,
        created_by=by.user,
        challenge=_new_challenge(),
    )
    _check(endpoint)
    endpoint.save()
    _new_secret(endpoint, now)
    events.tell_of_itself(endpoint, Own.CHALLENGE, key=endpoint.challenge, now=now)
    record("add_webhook", endpoint, f"added the webhook {endpoint.description}", by=by, now=now)
    return endpoint


@transaction.atomic
def change_webhook(
    *,
    endpoint: WebhookEndpoint,
    url: str | None = None,
    description: str | None = None,
    event_types: Collection[str] | None = None,
    by: Actor,
    now: datetime,
) -> WebhookEndpoint:
    """Change what is given. A new address is challenged before it is told anything; what happens meanwhile waits.

    Raises PermissionDenied, ValidationError.
    """
    endpoint = _locked(endpoint, by)
    before = _what_it_is(endpoint)
    endpoint.url = endpoint.url if url is None else url.strip()
    endpoint.description = endpoint.description if description is None else description.strip()
    endpoint.event_types = endpoint.event_types if event_types is None else _in_order(event_types)
    _check(endpoint)
    after = _what_it_is(endpoint)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if changed:
        endpoint.save()
        record(
            "change_webhook", endpoint, f"changed the webhook {endpoint.description}", by=by, now=now, details=changed
        )
    if "url" in changed and not endpoint.is_disabled:
        _challenge(endpoint, now)
    return endpoint


def _what_it_is(endpoint: WebhookEndpoint) -> dict[str, object]:
    return {name: getattr(endpoint, name) for name in ("url", "description", "event_types")}


@transaction.atomic
def show_secret(*, endpoint: WebhookEndpoint, by: Actor, now: datetime) -> str:
    """The newest signing secret, shown once. Whoever lost it makes a new one.

    Raises PermissionDenied, NotNow.
    """
    endpoint = _locked(endpoint, by)
    secret = endpoint.secrets.get(expires_at=None)
    if secret.shown_at:
        raise NotNow(f"The signing secret was shown on {when(secret.shown_at)}, and is shown only once. Make a new one")
    try:
        plain = sealing.unseal(secret.sealed)
    except sealing.CannotOpen as error:
        raise NotNow("The register cannot read the signing secret any more. Make a new one") from error
    secret.shown_at = now
    secret.save(update_fields=["shown_at"])
    record("show_webhook_secret", endpoint, f"read the signing secret of {endpoint.description}", by=by, now=now)
    return plain


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint, by: Actor, now: datetime) -> WebhookEndpoint:
    """Make a new signing secret. For 24 hours messages are signed with the one before as well.

    Raises PermissionDenied.
    """
    endpoint = _locked(endpoint, by)
    endpoint.secrets.filter(expires_at=None).update(expires_at=now + OVERLAP)
    _new_secret(endpoint, now)
    record("rotate_webhook_secret", endpoint, f"made a new signing secret for {endpoint.description}", by=by, now=now)
    return endpoint


@transaction.atomic
def disable_webhook(*, endpoint: WebhookEndpoint, by: Actor, now: datetime) -> WebhookEndpoint:
    """Send it nothing more. What waits to be sent is given up, and can be sent again later.

    Raises PermissionDenied, NotNow.
    """
    endpoint = _locked(endpoint, by)
    lifecycle.require_not_disabled(endpoint)
    sending.stop(endpoint, f"Disabled by {by.user.name}", now)
    record("disable_webhook", endpoint, f"disabled the webhook {endpoint.description}", by=by, now=now)
    return endpoint


@transaction.atomic
def ask_again(*, endpoint: WebhookEndpoint, by: Actor, now: datetime) -> WebhookEndpoint:
    """Send an endpoint that is not active a new challenge. A disabled one is enabled again by answering it.

    Raises PermissionDenied, NotNow.
    """
    endpoint = _locked(endpoint, by)
    lifecycle.require_not_active(endpoint)
    _challenge(endpoint, now)
    record("challenge_webhook", endpoint, f"asked the webhook {endpoint.description} to answer", by=by, now=now)
    return endpoint


@transaction.atomic
def ping_webhook(*, endpoint: WebhookEndpoint, by: Actor, now: datetime) -> WebhookEndpoint:
    """Send a test to an active endpoint, within a minute.

    Raises PermissionDenied, NotNow.
    """
    endpoint = _locked(endpoint, by)
    lifecycle.require_active(endpoint)
    events.tell_of_itself(endpoint, Own.PING, key=now.isoformat(), now=now)
    record("ping_webhook", endpoint, f"sent a test to the webhook {endpoint.description}", by=by, now=now)
    return endpoint


@transaction.atomic
def send_again(*, delivery: WebhookDelivery, by: Actor, now: datetime) -> WebhookDelivery:
    """Send one message again, under the same id, whether it was taken or not.

    Raises PermissionDenied, NotNow.
    """
    endpoint = _locked(delivery.endpoint, by)
    lifecycle.require_active(endpoint)
    delivery = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("event").get(pk=delivery.pk)
    if delivery.event.is_challenge:
        raise NotNow("A challenge is not sent again: the endpoint has answered one")
    _put_back(WebhookDelivery.objects.filter(pk=delivery.pk), now)
    record("send_webhook_again", endpoint, f"sent a message to {endpoint.description} again", by=by, now=now)
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def replay_failed(*, endpoint: WebhookEndpoint, since: datetime, by: Actor, now: datetime) -> int:
    """Send again everything that was given up and happened since a time, at most 30 days back. How many there are.

    Raises PermissionDenied, ValidationError, NotNow.
    """
    endpoint = _locked(endpoint, by)
    lifecycle.require_active(endpoint)
    if not now - FURTHEST_BACK <= since <= now:
        raise ValidationError({"since": f"Enter a time within the last {FURTHEST_BACK.days} days"})
    failed = endpoint.deliveries.all().dead().filter(event__happened_at__gte=since).exclude(event__type=Own.CHALLENGE)
    count = _put_back(failed, now)
    summary = f"sent {plural(count, 'message')} to {endpoint.description} again"
    record("replay_webhook", endpoint, summary, by=by, now=now)
    return count


@transaction.atomic
def reseal() -> int:
    """Seal every secret with the first key of the settings. How many there are. Raises CannotOpen."""
    for secret in WebhookSecret.objects.order_by("pk"):
        secret.sealed = sealing.seal_anew(secret.sealed)
        secret.save(update_fields=["sealed"])
    return WebhookSecret.objects.count()


def forget_old(*, now: datetime) -> int:
    """Delete what was told so long ago that it cannot be sent again, and secrets that sign no more."""
    WebhookSecret.objects.filter(expires_at__lt=now - OVERLAP).delete()
    old = WebhookEvent.objects.filter(happened_at__lt=now - FURTHEST_BACK)
    return old.exclude(deliveries__next_at__isnull=False).delete()[0]


def _put_back(deliveries: WebhookDeliveryQuerySet, now: datetime) -> int:
    return deliveries.update(next_at=now, tries=0, sent_at=None, dead_at=None, why="")


def _locked(endpoint: WebhookEndpoint, by: Actor) -> WebhookEndpoint:
    if not permissions.can_manage_webhook(by, endpoint):
        raise PermissionDenied
    rows = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("organisation")
    locked = rows.get(pk=endpoint.pk)
    preconditions.look()
    return locked


def _challenge(endpoint: WebhookEndpoint, now: datetime) -> None:
    lifecycle.move(endpoint, State.PENDING)
    endpoint.challenge = _new_challenge()
    endpoint.save()
    endpoint.deliveries.filter(event__type=Own.CHALLENGE).give_up("Another challenge was sent", now)
    events.tell_of_itself(endpoint, Own.CHALLENGE, key=endpoint.challenge, now=now)


def _new_challenge() -> str:
    return secrets.token_urlsafe(32)


def _new_secret(endpoint: WebhookEndpoint, now: datetime) -> None:
    WebhookSecret.objects.create(endpoint=endpoint, sealed=sealing.seal(sealing.new_secret()), created_at=now)


def _in_order(event_types: Collection[str]) -> list[str]:
    return sorted(set(event_types))


def _check(endpoint: WebhookEndpoint) -> None:
    """Raises ValidationError."""
    problems: dict[str, list[str]] = {}
    try:
        endpoint.full_clean(exclude=["url", "activated_at", "failing_since"])
    except ValidationError as error:
        problems |= error.message_dict
    if url_problem := targets.problem_of(endpoint.url):
        problems["url"] = [url_problem]
    if not endpoint.description:
        problems["description"] = ["Enter a description"]
    if not endpoint.event_types:
        problems.pop("__all__", None)
        problems["event_types"] = ["Select what it is told"]
    if problems:
        raise ValidationError(problems)
