"""Who signs in, and for which organisations they act."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.models.organisations import Organisation

if TYPE_CHECKING:
    from accounts.actors import Actor


SYSTEM_ADDRESSES = "systems.invalid"  # a domain that no mail is ever delivered to (RFC 2606)


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
    """A person. Signs in with an e-mail address; may act for several organisations, one at a time.

    Or a system, which acts through the API alone: it has no password, and its e-mail address leads nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "This e-mail address is already in use"}
    )
    name = models.CharField(max_length=300, help_text="Of a system, with whose it is")
    is_system = models.BooleanField(default=False, help_text="Not a person")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),
            models.CheckConstraint(
                condition=Q(is_system=False)
                | Q(
                    is_staff=False,
                    is_superuser=False,
                    password__startswith=UNUSABLE_PASSWORD_PREFIX,
                    email__endswith=f"@{SYSTEM_ADDRESSES}",
                ),
                name="user_system_cannot_sign_in",
            ),
        ]

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
        """Administrators see who is a member of their organisation. Systems are clients, on pages of their own."""
        mine = self.live().people().filter(organisation=actor.organisation)
        return mine if actor.is_administrator else self.none()

    def live(self) -> MembershipQuerySet:
        return self.filter(ended_at=None, user__is_active=True)

    def people(self) -> MembershipQuerySet:
        """Without systems: only a person can own, handle, decide about others, or be told."""
        return self.filter(user__is_system=False)

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
