"""Risks that belong together: a stated relation between two risks, and the consent of those who own them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from risks.models.risk import Risk

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation


class LinkKind(models.TextChoices):
    """What the first risk is to the second. The first and the last read the same in both directions."""

    SAME_HAZARD = "SAME_HAZARD", "Same hazard"
    CONTRIBUTES_TO = "CONTRIBUTES_TO", "Contributes to"
    CAUSES = "CAUSES", "Causes"
    RELATED = "RELATED", "Related"


DIRECTED = (LinkKind.CONTRIBUTES_TO, LinkKind.CAUSES)
# How the relation reads from the second risk.
TURNED_ROUND = {LinkKind.CONTRIBUTES_TO: "Receives from", LinkKind.CAUSES: "Caused by"}


class LinkStatus(models.TextChoices):
    PROPOSED = "PROPOSED", "Waiting for consent"
    ACCEPTED = "ACCEPTED", "Accepted"
    DECLINED = "DECLINED", "Declined"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


STANDING = (LinkStatus.PROPOSED, LinkStatus.ACCEPTED)


class RiskLinkQuerySet(models.QuerySet["RiskLink"]):
    def visible_to(self, actor: Actor) -> RiskLinkQuerySet:
        """Those of the acting organisation's own risks, those it proposed, and those between risks it may know of.

        Whoever reads one of the two in full sees an accepted link if they see the other one at all: so no link shows
        anybody that a risk exists which they do not see.
        """
        if not actor.reads_risks:
            return self.none()
        seen, read = Risk.objects.visible_to(actor), Risk.objects.read_in_full_by(actor)
        between = Q(from_risk__in=read, to_risk__in=seen) | Q(from_risk__in=seen, to_risk__in=read)
        return self.filter(
            Q(from_risk__organisation=actor.organisation)
            | Q(to_risk__organisation=actor.organisation)
            | Q(proposed_by=actor.organisation)
            | (Q(status=LinkStatus.ACCEPTED) & between)
        )

    def of_risk(self, risk: Risk) -> RiskLinkQuerySet:
        return self.filter(Q(from_risk=risk) | Q(to_risk=risk))

    def between(self, first: Risk, second: Risk) -> RiskLinkQuerySet:
        """In either direction."""
        return self.filter(Q(from_risk=first, to_risk=second) | Q(from_risk=second, to_risk=first))

    def accepted(self) -> RiskLinkQuerySet:
        return self.filter(status=LinkStatus.ACCEPTED)

    def proposed(self) -> RiskLinkQuerySet:
        return self.filter(status=LinkStatus.PROPOSED)

    def standing(self) -> RiskLinkQuerySet:
        return self.filter(status__in=STANDING)

    def newest_first(self) -> RiskLinkQuerySet:
        return self.order_by("-created_at", "-pk")


class RiskLink(models.Model):
    """A relation between two risks, read from the first to the second: the first contributes to the second."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="links_from")
    to_risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="links_to")
    kind = models.CharField(max_length=15, choices=LinkKind)
    status = models.CharField(max_length=10, choices=LinkStatus, default=LinkStatus.PROPOSED)
    reason = models.TextField()
    proposed_by = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was declined or withdrawn")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_for = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_why = models.TextField(blank=True)

    objects = RiskLinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(from_risk=F("to_risk")),
                name="link_to_another_risk",
                violation_error_message="A risk cannot be linked with itself",
            ),
            models.UniqueConstraint(
                Least("from_risk", "to_risk"),
                Greatest("from_risk", "to_risk"),
                condition=Q(status__in=STANDING),
                name="link_one_standing",
                violation_error_message="These two risks are linked already",
            ),
            models.CheckConstraint(
                condition=Q(status__in=STANDING, ended_at=None) | (~Q(status__in=STANDING) & Q(ended_at__isnull=False)),
                name="link_ended_once",
            ),
            models.CheckConstraint(
                condition=~Q(status=LinkStatus.ACCEPTED) | Q(accepted_at__isnull=False),
                name="link_accepted_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["from_risk", "status"], name="link_from"),
            models.Index(fields=["to_risk", "status"], name="link_to"),
        ]

    def __str__(self) -> str:
        return f"{self.from_risk_id} {self.get_kind_display().lower()} {self.to_risk_id}"

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        return f"/links/{self.pk}/"

    @property
    def is_directed(self) -> bool:
        return self.kind in DIRECTED

    @property
    def is_proposed(self) -> bool:
        return self.status == LinkStatus.PROPOSED

    @property
    def is_accepted(self) -> bool:
        return self.status == LinkStatus.ACCEPTED

    @property
    def is_standing(self) -> bool:
        return self.status in STANDING

    @property
    def asked(self) -> set[uuid.UUID]:
        """The organisations whose consent it needs. Prefetch `consents` where there are many links."""
        return {consent.organisation_id for consent in self.consents.all()}

    @property
    def awaited(self) -> set[uuid.UUID]:
        """Those of them that have yet to give it."""
        return {consent.organisation_id for consent in self.consents.all() if consent.given_at is None}

    def side_of(self, organisation: Organisation) -> Risk | None:
        """The organisation's own risk of the two (the first, if both are its own)."""
        own = (risk for risk in (self.from_risk, self.to_risk) if risk.organisation_id == organisation.pk)
        return next(own, None)

    def other_than(self, risk: Risk) -> Risk:
        return self.to_risk if risk.pk == self.from_risk_id else self.from_risk

    def words_from(self, risk: Risk) -> str:
        """How the relation reads from one of its two risks: "Contributes to", or "Receives from" the other way."""
        if risk.pk == self.from_risk_id or not self.is_directed:
            return self.get_kind_display()
        return TURNED_ROUND[LinkKind(self.kind)]


class LinkConsentQuerySet(models.QuerySet["LinkConsent"]):
    def awaited(self) -> LinkConsentQuerySet:
        return self.filter(link__status=LinkStatus.PROPOSED, given_at=None)

    def about_link_of(self, risk: Risk) -> LinkConsentQuerySet:
        """Those to links of a risk, whichever of the two risks is the asked owner's."""
        of_risk = Q(link__from_risk=risk) | Q(link__to_risk=risk)
        return self.filter(of_risk).order_by("organisation__name", "pk")


class LinkConsent(models.Model):
    """An owner who has to accept a link before it stands: every one but whoever proposed it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(RiskLink, on_delete=models.PROTECT, related_name="consents")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="+", help_text="Its own risk of the two")
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = LinkConsentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["link", "organisation"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} to {self.link_id}"


class PairDismissal(models.Model):
    """Two risks that an organisation looked at together and found not to belong together. Remembered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "first", "second"], name="dismissal_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="dismissal_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"
