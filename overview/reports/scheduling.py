"""Monthly reports: on which day, made once for each month however often it is swept, and who is told."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from overview.reports import permissions
from overview.reports.models import Recipient, Report, ReportSchedule
from overview.reports.services import KEPT_FOR
from safetyreg import preconditions
from safetyreg.audit.services import record
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from accounts.actors import Actor

AT = time(5)  # London time: before the digest of the day goes out, and never an hour that a clock change takes away


def next_run(day: int, after: datetime) -> datetime:
    """The first such day of a month after a moment, at five; the last day of a month that has no such day."""
    local = after.astimezone(LONDON).date()
    first = local.replace(day=1)
    this_month = _run(first, day)
    return this_month if this_month > after else _run(first + timedelta(days=31), day)


def _run(within: date, day: int) -> datetime:
    last = monthrange(within.year, within.month)[1]
    return datetime.combine(within.replace(day=min(day, last)), AT, tzinfo=LONDON)


@transaction.atomic
def set_report_schedule(*, is_on: bool, day: int, by: Actor, now: datetime) -> ReportSchedule:
    """Have a report made on one day of each month, or no longer. Raises PermissionDenied, ValidationError."""
    if not permissions.can_set_schedule(by):
        raise PermissionDenied
    found = ReportSchedule.objects.select_for_update(of=("self",)).filter(organisation=by.organisation).first()
    preconditions.look()
    schedule = found or ReportSchedule(organisation=by.organisation)
    schedule.is_on, schedule.day, schedule.set_by, schedule.set_at = is_on, day, by.user, now
    schedule.next_at = next_run(max(1, min(day, 31)), now) if is_on else None
    schedule.full_clean(exclude=["organisation"], validate_unique=False)
    schedule.save()
    words = f"set the monthly report to day {day}" if is_on else "switched the monthly report off"
    record("set_report_schedule", schedule, words, by=by, now=now, details={"is_on": is_on, "day": day})
    return schedule


@transaction.atomic
def choose_report_link(*, wanted: bool, by: Actor, now: datetime) -> None:
    """Be sent the link of each monthly report of the organisation that you act for, or no longer.

    Raises PermissionDenied.
    """
    if not permissions.can_choose_link(by):
        raise PermissionDenied
    if wanted:
        _, changed = Recipient.objects.get_or_create(membership=by.membership, defaults={"chosen_at": now})
    else:
        changed = Recipient.objects.filter(membership=by.membership).delete()[0] > 0
    if changed:
        words = "chose to be told of each monthly report" if wanted else "chose to be told of monthly reports no more"
        record("choose_report_link", by.membership, words, by=by, now=now)


def is_chosen(actor: Actor) -> bool:
    return Recipient.objects.filter(membership=actor.membership).exists()


def sweep(*, now: datetime) -> int:
    """Begin the reports whose day has come: one for a body, however long nobody swept. Any number may run at once."""
    begun = 0
    while _begin_one(now):
        begun += 1
    return begun


@transaction.atomic
def _begin_one(now: datetime) -> bool:
    due = ReportSchedule.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    schedule = due.select_for_update(skip_locked=True, of=("self",)).select_related("organisation").first()
    if schedule is None:
        return False
    body, was = schedule.organisation, schedule.next_at
    if body.is_open:
        Report.objects.create(organisation=body, scheduled_for=was, asked_at=now, expires_at=now + KEPT_FOR)
        schedule.next_at = next_run(schedule.day, now)
    else:
        schedule.is_on, schedule.next_at = False, None
    schedule.save(update_fields=["is_on", "next_at"])
    words = "began the monthly report" if body.is_open else "ended the monthly report of a closed organisation"
    record("sweep_report_schedule", schedule, words, by=None, now=now)
    return True
