"""Who people are and whom they act for."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Lower

from safetyreg.outbox import OutboxQuerySet, OutboxRow

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor


class Level(models.TextChoices):
    PROVIDER = "PROVIDER", "Provider"
    ICB = "ICB", "Integrated care board"
    REGION = "REGION", "Region"
    NATIONAL = "NATIONAL", "National"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def open(self) -> OrganisationQuerySet:
        return self.filter(closed_on=None)

    def in_order(self) -> OrganisationQuerySet:
        return self.order_by("name", "ods_code")


class Organisation(models.Model):
    """A body in the NHS Organisation Data Service. Its ODS code is data: it can change hands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ods_code = models.CharField(
        "ODS code", max_length=10, unique=True, error_messages={"unique": "This code is already in the register"}
    )
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=10, choices=Level)
    kind = models.CharField(max_length=40, help_text="ICB, NHS_TRUST, AMBULANCE_TRUST, INDEPENDENT_PROVIDER ...")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    duty_email = models.EmailField("duty e-mail address", blank=True)
    duty_phone = models.CharField("duty telephone number", max_length=40, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "ods_code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(level=Level.NATIONAL, parent=None) | (~Q(level=Level.NATIONAL) & Q(parent__isnull=False)),
                name="organisation_has_parent_unless_national",
                violation_error_message="Every organisation but the national body has an organisation above it",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gte=F("opened_on")),
                name="organisation_closes_after_it_opens",
                violation_error_message="An organisation cannot close before it opens",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def is_above_providers(self) -> bool:
        """An ICB, a region or the national body: what it owns is a system risk."""
        return self.level != Level.PROVIDER

    @property
    def icb_id(self) -> uuid.UUID | None:
        """The ICB that oversees this organisation: itself if it is one, its parent if a provider."""
        if self.level == Level.ICB:
            return self.pk
        return self.parent_id if self.level == Level.PROVIDER else None


class Succession(models.Model):
    """One body taking over from another, in whole or in part. Many to many: some ICBs were split."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="predecessions")
    legal_on = models.DateField()
    scope = models.CharField(max_length=200, blank=True, help_text="What moved, if not everything")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["predecessor", "successor", "legal_on"], name="succession_once"),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_to_another",
                violation_error_message="An organisation cannot succeed itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} to {self.successor_id} on {self.legal_on}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in with an e-mail address; may act for several organisations, one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "This e-mail address is already in use"}
    )
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class Role(models.TextChoices):
    VIEWER = "VIEWER", "Viewer"
    REPORTER = "REPORTER", "Reporter"
    SAFETY_LEAD = "SAFETY_LEAD", "Safety lead"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrator"


CLINICAL_ROLES = (Role.VIEWER, Role.REPORTER, Role.SAFETY_LEAD)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, actor: Actor) -> MembershipQuerySet:
        """Administrators see who is a member of their organisation."""
        return self.live().filter(organisation=actor.organisation) if actor.is_administrator else self.none()

    def live(self) -> MembershipQuerySet:
        return self.filter(ended_at=None, user__is_active=True)

    def clinical(self) -> MembershipQuerySet:
        return self.filter(role__in=CLINICAL_ROLES)

    def safety_leads(self) -> MembershipQuerySet:
        return self.filter(role=Role.SAFETY_LEAD)

    def loggers(self) -> MembershipQuerySet:
        """Those who may own a risk or an action: they can also act on it."""
        return self.filter(role__in=[Role.REPORTER, Role.SAFETY_LEAD])


class Membership(models.Model):
    """A person's role in an organisation, for as long as it lasts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True, help_text="When this person last said: I have seen these")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at=None, role__in=CLINICAL_ROLES),
                name="membership_one_clinical_role",
                violation_error_message="This person already has a role in this organisation",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at=None, role=Role.ADMINISTRATOR),
                name="membership_one_administrator_role",
                violation_error_message="This person is already an administrator of this organisation",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="membership_ends_after_it_starts",
                violation_error_message="A membership cannot end before it starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.organisation} ({self.get_role_display()})"


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
