"""A named set of filters of one list."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

if TYPE_CHECKING:
    from accounts.actors import Actor


class List(models.TextChoices):
    """The lists whose filters can be saved, by the names of their pages."""

    TRIAGE = "triage", "Triage"
    RISKS = "risk-list", "Risks"
    ESCALATIONS = "escalations", "Escalations: in-tray"
    ESCALATIONS_SENT = "escalations-sent", "Escalations: sent"
    POSITIONS = "involvements", "Positions: asked of us"
    POSITIONS_ASKED = "involvements-sent", "Positions: asked by us"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, actor: Actor) -> SavedViewQuerySet:
        """Those of the actor's own membership, and those that the organisation shares."""
        if not actor.reads_risks:
            return self.none()
        shared = Q(organisation=actor.organisation, is_shared=True)
        return self.filter(shared | Q(membership=actor.membership))

    def in_order(self) -> SavedViewQuerySet:
        return self.order_by("list", "name", "pk")


class SavedView(models.Model):
    """It holds the words of an address and nothing of what they find: whoever opens it finds what they may see."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+", help_text="Whose it is while it is private"
    )
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    list = models.CharField(max_length=20, choices=List)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000, help_text="What stands after the question mark")
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "list", "name"],
                condition=Q(is_shared=True),
                name="saved_view_shared_name_once",
                violation_error_message="Your organisation shares a view of this list with this name already",
            ),
            models.UniqueConstraint(
                fields=["membership", "list", "name"],
                condition=Q(is_shared=False),
                name="saved_view_own_name_once",
                violation_error_message="You have a view of this list with this name already",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "list"], name="saved_view_of_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """The list as it was saved."""
        return f"{reverse(self.list)}?{self.query}"
