"""Risks that came from an organisation's own system: from which, in which file, and what became of each row."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from risks.models.risk import Risk

if TYPE_CHECKING:
    from accounts.actors import Actor


Row = TypeVar("Row", bound=models.Model)


class OfOrganisationQuerySet(models.QuerySet[Row]):
    def visible_to(self, actor: Actor) -> OfOrganisationQuerySet[Row]:
        """Those of the acting organisation, for whoever reads its risks."""
        return self.filter(organisation=actor.organisation) if actor.reads_risks else self.none()


class ImportSource(models.Model):
    """A system of the organisation, such as its Datix, and how its files are read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    columns = models.JSONField(
        default=dict, blank=True, help_text="What each column holds, by its heading in small letters; empty: left out"
    )
    values = models.JSONField(
        default=dict, blank=True, help_text="By field, the code that each of its own words stands for"
    )
    created_at = models.DateTimeField()

    objects = OfOrganisationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organisation",
                Lower("name"),
                name="import_source_once",
                violation_error_message="You have this already",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BatchStatus(models.TextChoices):
    TO_CHECK = "TO_CHECK", "Waiting to be checked"
    CHECKED = "CHECKED", "Checked: nothing imported yet"
    TO_RUN = "TO_RUN", "Waiting to be imported"
    DONE = "DONE", "Imported"
    REFUSED = "REFUSED", "Refused: nothing was imported"
    FAILED = "FAILED", "Failed: nothing was imported"
    EXPIRED = "EXPIRED", "Not imported in time: the file was thrown away"


UNFINISHED = (BatchStatus.TO_CHECK, BatchStatus.TO_RUN)


class BatchQuerySet(OfOrganisationQuerySet["ImportBatch"]):
    def visible_to(self, actor: Actor) -> BatchQuerySet:
        """Those of the acting organisation, for its safety leads: a remark may quote what nobody has checked yet."""
        return self.filter(organisation=actor.organisation) if actor.is_safety_lead else self.none()

    def newest_first(self) -> BatchQuerySet:
        return self.order_by("-created_at", "-pk")

    def waiting(self) -> BatchQuerySet:
        """Those that a worker has something to do for."""
        return self.filter(status__in=UNFINISHED).order_by("created_at", "pk")


class ImportBatch(models.Model):
    """One file: who sent it and when, and what became of it. The file itself is kept until it is done or expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(ImportSource, on_delete=models.PROTECT, related_name="batches")
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+", help_text="In which role it was sent"
    )
    file_name = models.CharField(max_length=200)
    file = models.BinaryField(null=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    size = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=BatchStatus, default=BatchStatus.TO_CHECK)
    all_or_nothing = models.BooleanField(default=True)
    keep_drafts = models.BooleanField(default=False, help_text="Keep as drafts what lacks something to be logged")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who owns the risks for which the file names nobody",
    )
    all_checked = models.BooleanField(default=False, help_text="Somebody said: nothing in it identifies a patient")
    rows_checked = models.JSONField(default=list, help_text="The rows of which somebody said so")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker began with it")
    headings = models.JSONField(default=list)
    counts = models.JSONField(default=dict, help_text="How many rows of each outcome")
    words = models.TextField(blank=True, help_text="What became of it, where the counts do not say")
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status__in=["TO_CHECK", "CHECKED", "TO_RUN"]) | Q(file__isnull=False),
                name="import_has_its_file_until_done",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-created_at"], name="import_of_organisation"),
            models.Index(fields=["created_at"], condition=Q(status__in=["TO_CHECK", "TO_RUN"]), name="import_waiting"),
            models.Index(fields=["expires_at"], condition=Q(file__isnull=False), name="import_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} from {self.source}"

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        return f"/risks/import/{self.pk}/"

    @property
    def is_waiting(self) -> bool:
        return self.status in UNFINISHED

    @property
    def is_checked(self) -> bool:
        return self.status == BatchStatus.CHECKED

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None


class RowOutcome(models.TextChoices):
    """What became, or would become, of a row."""

    ADD = "ADD", "Logged"
    DRAFT = "DRAFT", "Kept as a draft"
    UPDATE = "UPDATE", "Updated"
    UNCHANGED = "UNCHANGED", "Unchanged"
    LEFT_OUT = "LEFT_OUT", "Left out"
    REFUSED = "REFUSED", "Refused"


class ImportRow(models.Model):
    """One row of a file. What it said is not kept; what was wrong with it is, column by column."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="As the spreadsheet counts: the headings are row 1")
    outcome = models.CharField(max_length=10, choices=RowOutcome)
    external_reference = models.CharField(max_length=80, blank=True)
    risk = models.ForeignKey(Risk, null=True, on_delete=models.SET_NULL, related_name="+")
    remarks = models.JSONField(default=list, help_text="kind (error, find, conflict or note), column and words")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        indexes: ClassVar = [models.Index(F("batch"), F("outcome"), F("number"), name="import_rows_by_outcome")]

    def __str__(self) -> str:
        return f"Row {self.number}: {self.outcome}"


class ImportedRisk(models.Model):
    """Which risk a source's own reference stands for, and a digest of each value that the source said last.

    By the digests an import tells what changed in the source from what somebody changed here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(ImportSource, on_delete=models.PROTECT, related_name="risks")
    external_reference = models.CharField(max_length=80)
    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="imported")
    digests = models.JSONField(default=dict)
    imported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_reference"], name="imported_once"),
            models.UniqueConstraint(fields=["source", "risk"], name="imported_as_one"),
        ]

    def __str__(self) -> str:
        return f"{self.external_reference}: {self.risk_id}"
