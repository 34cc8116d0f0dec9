"""Endpoints, what they are told, and every try to tell them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from notifications.webhooks.types import EventType, Own

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation


class State(models.TextChoices):
    PENDING = "PENDING", "Waiting for its answer to the challenge"
    ACTIVE = "ACTIVE", "Active"
    DISABLED = "DISABLED", "Disabled"


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation=actor.organisation)

    def told_of(self, event_type: str, organisation: Organisation) -> Self:
        """Those that have chosen it. One whose new address has yet to be confirmed is told later what happens now."""
        proven = Q(state=State.ACTIVE) | Q(state=State.PENDING, activated_at__isnull=False)
        return self.filter(proven, organisation=organisation, event_types__contains=[event_type])


class WebhookEndpoint(models.Model):
    """An address of a system of an organisation, and what is sent to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    url = models.CharField("address", max_length=500)
    description = models.CharField(max_length=200)
    event_types = ArrayField(models.CharField(max_length=40, choices=EventType))
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    why = models.CharField(max_length=300, blank=True, help_text="Why it is not active, in words")
    challenge = models.CharField(max_length=60, help_text="What it has to send back before it is told anything")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True, help_text="When it first answered a challenge")
    failing_since = models.DateTimeField(null=True, help_text="When the first of only failures was")

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(event_types__len__gt=0),
                name="webhook_endpoint_is_told_something",
                violation_error_message="Select what it is told",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACTIVE) | Q(activated_at__isnull=False),
                name="webhook_endpoint_active_is_proven",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        return reverse("webhook", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.state == State.ACTIVE

    @property
    def is_pending(self) -> bool:
        return self.state == State.PENDING

    @property
    def is_disabled(self) -> bool:
        return self.state == State.DISABLED

    @property
    def told(self) -> list[str]:
        """What it is told, in words."""
        return [words for name, words in EventType.choices if name in self.event_types]


class WebhookSecretQuerySet(models.QuerySet["WebhookSecret"]):
    def live(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class WebhookSecret(models.Model):
    """What an endpoint's messages are signed with: sealed, since signing needs it in the clear."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.TextField()
    created_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, help_text="It is shown once")
    expires_at = models.DateTimeField(null=True, help_text="Set when another one has taken its place")

    objects = WebhookSecretQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(expires_at=None), name="webhook_secret_one_without_end"
            )
        ]

    def __str__(self) -> str:
        return f"A secret of {self.endpoint}"


class WebhookEvent(models.Model):
    """Something one organisation is told. Its id and its body are the same for every endpoint and every try."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=40, choices=[*EventType.choices, *Own.choices])
    reference = models.CharField(max_length=20, blank=True, help_text="The risk it concerns, if any")
    body = models.TextField(help_text="The JSON that is sent")
    key = models.CharField(max_length=200, help_text="Names the occasion, so that it is told once")
    happened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "type", "key"], name="webhook_event_once")
        ]
        indexes: ClassVar = [models.Index(fields=["happened_at"], name="webhook_event_age")]

    def __str__(self) -> str:
        return self.type

    @property
    def message_id(self) -> str:
        return f"evt_{self.pk.hex}"

    @property
    def is_challenge(self) -> bool:
        return self.type == Own.CHALLENGE


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def due(self, now: datetime) -> Self:
        """What may be sent now: to an endpoint that has answered its challenge, or the challenge itself."""
        to_active = Q(endpoint__state=State.ACTIVE) & ~Q(event__type=Own.CHALLENGE)
        challenges = Q(endpoint__state=State.PENDING, event__type=Own.CHALLENGE)
        return self.filter(to_active | challenges, next_at__lte=now)

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(endpoint__organisation=actor.organisation)

    def waiting(self) -> Self:
        return self.filter(next_at__isnull=False)

    def dead(self) -> Self:
        return self.filter(dead_at__isnull=False)

    def newest_first(self) -> Self:
        return self.order_by("-event__happened_at", "-pk")

    def give_up(self, why: str, now: datetime) -> int:
        return self.waiting().update(next_at=None, dead_at=now, why=why)


class WebhookDelivery(models.Model):
    """One event for one endpoint: waiting (`next_at`), delivered, or given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    next_at = models.DateTimeField(null=True, help_text="When the next try may be made")
    tries = models.PositiveSmallIntegerField(default=0, help_text="Since it was last asked for")
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True, help_text="When it was given up")
    why = models.CharField(max_length=200, blank=True, help_text="What went wrong last")

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(next_at__isnull=False, sent_at=None, dead_at=None)
                | Q(next_at=None, sent_at__isnull=False, dead_at=None)
                | Q(next_at=None, sent_at=None, dead_at__isnull=False),
                name="webhook_delivery_waits_or_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("next_at"), condition=Q(next_at__isnull=False), name="webhook_delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}"

    @property
    def state(self) -> str:
        if self.sent_at:
            return DeliveryState.DELIVERED
        return DeliveryState.FAILED if self.dead_at else DeliveryState.WAITING

    @property
    def state_in_words(self) -> str:
        return str(DeliveryState(self.state).label)


class DeliveryState(models.TextChoices):
    WAITING = "WAITING", "Waiting to be sent"
    DELIVERED = "DELIVERED", "Delivered"
    FAILED = "FAILED", "Given up"


class WebhookAttempt(models.Model):
    """One try: when, and what came of it. Nothing of what was answered is kept but its status."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="The HTTP status that was answered, if any")
    problem = models.CharField(max_length=200, blank=True)
    took_ms = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.status or self.problem}"
