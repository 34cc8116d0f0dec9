"""A report of a body, when its next one is made by itself, and who is told of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Membership
from overview.making import Made, MadeStatus

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import MembershipQuerySet, Organisation

STEPS = ("Counting the figures", "Listing risks, escalations and actions", "Drawing the PDF", "Writing the workbook")
FILES = ("pdf", "xlsx")
HEAVY = (*FILES, "tables", "contents", "names")


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor) -> ReportQuerySet:
        """Those of the acting organisation, for whoever reads risks there."""
        return self.filter(organisation=actor.organisation) if actor.reads_risks else self.none()

    def newest_first(self) -> ReportQuerySet:
        return self.order_by("-asked_at", "-pk")

    def in_short(self) -> ReportQuerySet:
        """Without files and contents, and with who asked."""
        return self.select_related("asked_by", "organisation").defer(*HEAVY)


class Report(Made):
    """A body's report as of one moment. `tables` are its figures and `contents` its lists, with ids in place of words.

    `names` says what its files show in words, by the sentence that allows it: they are handed out only while all of
    that may still be read.
    """

    emptied: ClassVar[dict[str, object]] = {"pdf": None, "xlsx": None, "tables": None, "contents": None, "names": {}}

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty if scheduled"
    )
    scheduled_for = models.DateTimeField(null=True, help_text="The moment of the schedule that it was made for")
    moment = models.DateTimeField(null=True, help_text="When its figures were counted")
    since = models.DateTimeField(null=True, help_text="From when on it says what changed")
    previous = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    steps_done = models.PositiveSmallIntegerField(default=0)
    redrawn_at = models.DateTimeField(null=True, help_text="When a part had to be left out that is no longer shared")
    tables = models.JSONField(null=True)
    contents = models.JSONField(null=True)
    names = models.JSONField(default=dict)
    pdf = models.BinaryField(null=True)
    xlsx = models.BinaryField(null=True)
    pdf_size = models.PositiveIntegerField(default=0)
    xlsx_size = models.PositiveIntegerField(default=0)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status=MadeStatus.READY, pdf__isnull=False, xlsx__isnull=False, moment__isnull=False)
                | ~Q(status=MadeStatus.READY),
                name="report_has_its_files_while_ready",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None, scheduled_for__isnull=False) | Q(asked_by__isnull=False, scheduled_for=None),
                name="report_asked_for_or_scheduled",
            ),
            models.UniqueConstraint(fields=["organisation", "scheduled_for"], name="report_scheduled_once"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(status=MadeStatus.WAITING, scheduled_for=None, ready_at=None),
                name="report_one_waiting",
                violation_error_message="A report is being made already",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-asked_at"], name="report_of_organisation"),
            models.Index(fields=["asked_at"], condition=Q(status=MadeStatus.WAITING), name="report_waiting"),
            models.Index(fields=["expires_at"], condition=Q(status=MadeStatus.READY), name="report_expires"),
        ]

    def __str__(self) -> str:
        return f"Report of {self.asked_at:%d %B %Y}"

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        return f"/reports/{self.pk}/"

    @property
    def is_scheduled(self) -> bool:
        return self.scheduled_for is not None

    @property
    def steps(self) -> int:
        return len(STEPS)

    @property
    def doing(self) -> str:
        """What is being done right now, in words; empty when nothing is."""
        return STEPS[self.steps_done] if self.is_waiting and self.steps_done < len(STEPS) else ""


class ReportSchedule(models.Model):
    """On which day of each month a body's report is made by itself, if on any."""

    organisation = models.OneToOneField(
        "accounts.Organisation", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    is_on = models.BooleanField()
    day = models.PositiveSmallIntegerField(help_text="Of the month; the last one of a month that has no such day")
    next_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(day__range=(1, 31)),
                name="report_day_of_month",
                violation_error_message="Enter a day of the month from 1 to 31",
            ),
            models.CheckConstraint(
                condition=Q(is_on=True, next_at__isnull=False) | Q(is_on=False, next_at=None),
                name="report_schedule_on_has_a_next",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="report_schedule_next")
        ]

    def __str__(self) -> str:
        return f"Monthly report on day {self.day}" if self.is_on else "No monthly report"


class Recipient(models.Model):
    """A member who chose to be sent the link of each scheduled report, for as long as they are one."""

    membership = models.OneToOneField(
        "accounts.Membership", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.membership)


def recipients_at(organisation: Organisation) -> MembershipQuerySet:
    """Who chose it, is still a member, and still reads risks."""
    chose = Membership.objects.filter(organisation=organisation, pk__in=Recipient.objects.values("membership"))
    return chose.live().people().clinical().select_related("user").order_by("user__name", "pk")
