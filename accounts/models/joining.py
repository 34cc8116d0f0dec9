"""Invitations, the e-mails about accounts, and tries at what could be guessed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Lower

from accounts.models.organisations import Organisation
from accounts.models.people import Role, User
from safetyreg.outbox import OutboxQuerySet, OutboxRow

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, actor: Actor) -> InvitationQuerySet:
        return self.filter(organisation=actor.organisation) if actor.is_administrator else self.none()

    def unanswered(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn; it may be too late to accept."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def with_email(self) -> InvitationQuerySet:
        """Adds when the latest e-mail with the link was sent, and when sending it was given up."""
        latest = AccountEmail.objects.filter(invitation=OuterRef("pk")).order_by("-created_at", "-pk")
        return self.annotate(
            email_sent_at=Subquery(latest.values("sent_at")[:1]), email_dead_at=Subquery(latest.values("dead_at")[:1])
        )


class Invitation(models.Model):
    """An invitation sent by e-mail. The link is a signature of the id, so the database holds no secret."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail address")
    role = models.CharField(max_length=20, choices=Role)
    invited_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty when the operator did"
    )
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "email", "role"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_once",
                violation_error_message="This person has already been invited; send the invitation again instead",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organisation_id}"

    def is_waiting(self, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > now


class AccountEmail(OutboxRow):
    """An e-mail about an account that waits to be sent. What it says is written when it is sent: a link is a secret."""

    class Kind(models.TextChoices):
        INVITATION = "INVITATION", "Invitation"
        PASSWORD_RESET = "PASSWORD_RESET", "New password"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    address = models.EmailField()
    invitation = models.ForeignKey(Invitation, null=True, on_delete=models.PROTECT, related_name="emails")
    created_at = models.DateTimeField()

    objects = OutboxQuerySet["AccountEmail"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="INVITATION", invitation__isnull=False) | Q(kind="PASSWORD_RESET", invitation=None),
                name="accountemail_invitation_if_it_is_one",
            ),
            *OutboxRow.Meta.constraints,
        ]
        indexes: ClassVar = [*OutboxRow.Meta.indexes]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.address}"


class Attempt(models.Model):
    """One try at something that could be guessed. `key` is a keyed hash of what was tried and by whom: no address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["key", "at"], name="attempt_counted"),
            models.Index(fields=["at"], name="attempt_age"),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} at {self.at}"
