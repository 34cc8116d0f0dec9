"""Other systems that act for one organisation: what they may do, their secrets, and what they asked."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from oauth2_provider.generators import generate_client_id
from oauth2_provider.models import AbstractApplication

from accounts.models.organisations import Organisation
from accounts.models.people import Membership, User
from safetyreg.api.scopes import Scope
from safetyreg.audit.append_only import NO_TRUNCATE

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, actor: Actor) -> ClientQuerySet:
        """Administrators see the clients of their organisation."""
        return self.filter(organisation=actor.organisation) if actor.is_administrator else self.none()

    def live(self) -> ClientQuerySet:
        return self.filter(revoked_at=None)

    def with_last_use(self) -> ClientQuerySet:
        """Adds when each last asked for anything, as far back as that is kept."""
        asked = ClientRequest.objects.filter(client=OuterRef("pk")).newest_first()
        return self.annotate(last_used_at=Subquery(asked.values("at")[:1]))

    def with_people(self) -> ClientQuerySet:
        return self.select_related("organisation", "membership__user", "responsible", "created_by", "revoked_by")


class Client(AbstractApplication):
    """A system that acts for an organisation under a membership of its own. It is known by its `client_id`.

    What django-oauth-toolkit keeps for other ways of getting a token is left out: this is the only one there is.
    """

    client_type = AbstractApplication.CLIENT_CONFIDENTIAL
    authorization_grant_type = AbstractApplication.GRANT_CLIENT_CREDENTIALS
    registration_source = AbstractApplication.RegistrationSource.MANUAL
    redirect_uris = post_logout_redirect_uris = allowed_origins = algorithm = ""
    client_secret = ""  # they are rows of their own, as there may be two
    hash_client_secret = True
    skip_authorization = False
    user = created = updated = cimd_expires_at = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_id = models.CharField(max_length=64, unique=True, default=generate_client_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="client")
    name = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope))
    responsible = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="Owns what it logs")
    rate_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1, "Enter a number of at least 1")],
        help_text="Requests a minute, if not what is usual in this register",
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(revoked_at=None),
                name="client_name_once",
                violation_error_message="Your organisation has a client with this name already",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="client_revoked_by_somebody",
            ),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="client_may_do_something"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None

    @property
    def scope_words(self) -> list[str]:
        return [str(scope.label) for scope in Scope if scope in self.scopes]

    def is_usable(self, request: Any) -> bool:
        """Asked by django-oauth-toolkit before it gives a token."""
        return self.is_live

    def clean(self) -> None:
        """What the toolkit checks here is about fields that there are none of."""


class ClientSecretQuerySet(models.QuerySet["ClientSecret"]):
    def live(self, now: datetime) -> ClientSecretQuerySet:
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("-created_at", "-pk")


class ClientSecret(models.Model):
    """A secret that a client shows to get a token, as its SHA-256: it is random, so nothing is won by trying."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="secrets")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = ClientSecretQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("created_at")), name="clientsecret_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"of {self.client_id} since {self.created_at}"


class ClientRequestQuerySet(models.QuerySet["ClientRequest"]):
    def newest_first(self) -> ClientRequestQuerySet:
        return self.order_by("-at", "-pk")


# Nobody removes what is younger than this, whatever the settings say.
KEPT_AT_LEAST = 30  # days


class ClientRequest(models.Model):
    """Something that a client asked for, and how it was answered. The query string is not kept: it may hold words."""

    id = models.BigAutoField(primary_key=True)  # one row for each request: short, and in order
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="requests", db_index=False)
    at = models.DateTimeField()
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=20, help_text="That of the request, as in the log of the web server")

    objects = ClientRequestQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["client", "-at", "-id"], name="clientrequest_of_a_client"),
            models.Index(fields=["at"], name="clientrequest_age"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="no_change", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="kept_for_a_while",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(f"OLD.at > now() - interval '{KEPT_AT_LEAST} days'"),
                func=f"RAISE EXCEPTION 'What a client asked for is kept for {KEPT_AT_LEAST} days at least';",
            ),
            NO_TRUNCATE,
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
