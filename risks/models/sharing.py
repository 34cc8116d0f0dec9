"""Why an organisation can see a risk."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation


class Basis(models.TextChoices):
    OWNER = "OWNER", "It owns the risk"
    OVERSIGHT = "OVERSIGHT", "It oversees an organisation on a risk that crosses a boundary"
    ESCALATION = "ESCALATION", "It was asked to act in an escalation"
    TRANSFER = "TRANSFER", "It has been asked to take the risk over"
    INVOLVEMENT = "INVOLVEMENT", "It is named on the risk"
    LINK = "LINK", "A risk of its own is linked to this one"


FULL_BASES = (Basis.OWNER, Basis.OVERSIGHT, Basis.ESCALATION, Basis.TRANSFER)


class RiskShareQuerySet(models.QuerySet["RiskShare"]):
    def live(self) -> RiskShareQuerySet:
        return self.filter(revoked_at=None)

    def for_organisation(self, organisation: Organisation) -> RiskShareQuerySet:
        """Those by which an organisation sees anything at all."""
        return self.live().filter(organisation=organisation)

    def in_full_for(self, organisation: Organisation) -> RiskShareQuerySet:
        """Those by which it reads everything, not just what an involved or linked one reads."""
        return self.for_organisation(organisation).filter(basis__in=FULL_BASES)


def seen(way: str, actor: Actor) -> Q:
    """That the actor sees the risk to which `way` leads from a row."""
    return _shared(RiskShare.objects.for_organisation(actor.organisation), way, actor)


def read_in_full(way: str, actor: Actor) -> Q:
    """That the actor reads in full the risk to which `way` leads from a row."""
    return _shared(RiskShare.objects.in_full_for(actor.organisation), way, actor)


def _shared(shares: RiskShareQuerySet, way: str, actor: Actor) -> Q:
    """It asks for the share alone: by way of the risks that are seen, the database would go through all of them."""
    return Q(Exists(shares.filter(risk=OuterRef(way)))) if actor.reads_risks else Q(pk__in=[])


class RiskShare(models.Model):
    """Why an organisation can see a risk. Nothing else makes a risk visible."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey("risks.Risk", on_delete=models.PROTECT, related_name="shares")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=12, choices=Basis)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = RiskShareQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk", "organisation", "basis"],
                condition=Q(revoked_at=None),
                name="share_one_live",
            )
        ]
        indexes: ClassVar = [
            # With the basis in it, who reads what is answered without looking at the rows.
            models.Index(
                fields=["organisation", "risk"], include=["basis"], condition=Q(revoked_at=None), name="share_live"
            ),
            # What came into view without asking for anything: few of the risks that a body above the providers sees.
            models.Index(
                fields=["organisation", "granted_at"],
                condition=Q(revoked_at=None, basis__in=["OVERSIGHT", "LINK"]),
                name="share_into_view",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} sees {self.risk_id}: {self.basis}"
