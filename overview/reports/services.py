"""Asking for a report, making it step by step outside the request, and handing it out (ADR 0030)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Organisation
from notifications import services as notifications
from notifications.models import Kind
from overview import making
from overview.figures import snapshots
from overview.making import MadeStatus
from overview.reports import document, parts, pdf, permissions, workbook
from overview.reports.looking_up import anybody_at, may_still_read
from overview.reports.models import FILES, HEAVY, Report, recipients_at
from safetyreg.audit.services import record
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor

KEPT_FOR = timedelta(days=400)  # so that a year's meetings can be looked back on
A_MONTH = timedelta(days=31)  # what is told of as changed, where there is no earlier report
MOST_A_DAY = 20  # of one body: each takes a worker's time, and is kept for long
TO_DRAW = 2  # the steps that are not done again when a report is drawn without what is no longer shared


class NotReady(DomainError):
    """The report is not there: it is still being made, could not be made, or is no longer kept."""


class EnoughForToday(DomainError):
    """The body has asked for as many as a day has room for."""


@transaction.atomic
def ask_report(*, by: Actor, now: datetime) -> Report:
    """Ask for a report of the organisation that you act for. While one is being made, that is the answer.

    Raises PermissionDenied, EnoughForToday.
    """
    if not permissions.can_ask_report(by):
        raise PermissionDenied
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)  # one request at a time
    asked = Report.objects.filter(organisation=by.organisation, scheduled_for=None, ready_at=None)
    if waiting := asked.filter(status=MadeStatus.WAITING).first():
        return waiting
    lately = Report.objects.filter(organisation=by.organisation, asked_at__gt=now - timedelta(days=1))
    if lately.count() >= MOST_A_DAY:
        raise EnoughForToday(f"{MOST_A_DAY} reports were asked for within a day: use one of those")
    report = Report.objects.create(
        organisation=by.organisation, asked_by=by.user, asked_at=now, expires_at=now + KEPT_FOR
    )
    record("ask_report", report, "asked for a report", by=by, now=now)
    return report


def fetch(*, report: Report, kind: str, by: Actor, now: datetime) -> bytes:
    """One of its files, and a record that it was fetched. Raises PermissionDenied, NotReady.

    Where it names what the body may no longer read it is drawn anew without that, and not handed out until then.
    """
    if by.organisation_id != report.organisation_id or not permissions.can_read_reports(by, report):
        raise PermissionDenied
    draw_again_if_needed(report=report, now=now)
    with transaction.atomic():
        report = Report.objects.defer(*(name for name in HEAVY if name != kind)).get(pk=report.pk)
        data = getattr(report, kind) if kind in FILES else None
        if not report.is_ready or data is None or report.expires_at <= now:
            raise NotReady(f"This report cannot be downloaded: {report.get_status_display().lower()}")
        record("fetch_report", report, f"downloaded a report as {kind.upper()}", by=by, now=now)
        return bytes(data)


def draw_again_if_needed(*, report: Report, now: datetime) -> bool:
    """Throw away the files of a report that names what its body may no longer read, and have it drawn without it.

    A worker that is drawing it is not waited for.
    """
    light = Report.objects.select_related("organisation").defer("pdf", "xlsx", "tables", "contents")
    return not _is_fit(light.get(pk=report.pk)) and _draw_again(light, report, now)


def _is_fit(report: Report) -> bool:
    """Whether there are no files that name what the body may not read."""
    return not report.is_ready or may_still_read(anybody_at(report.organisation), report.names)


@transaction.atomic
def _draw_again(light: QuerySet[Report], report: Report, now: datetime) -> bool:
    report = light.select_for_update(of=("self",)).get(pk=report.pk)
    if _is_fit(report):
        return False
    making.again(report)
    report.steps_done = TO_DRAW
    report.pdf = report.xlsx = None
    report.names, report.redrawn_at = {}, now
    report.save()
    record("redraw_report", report, "drew a report again without what is no longer shared", by=None, now=now)
    return True


def work(*, now: datetime) -> int:
    """Make the reports that wait, and throw away those kept long enough. Any number may run at once."""
    return making.work(Report, _make, now=now, give_up=_give_up)


def _make(report: Report, now: datetime) -> bool:
    """The next step of it. Whether there is another, which is then a transaction of its own."""
    WORK[report.steps_done](report, now)
    report.steps_done += 1
    report.attempts = 1  # at the step that comes next, which this worker goes on to
    if report.steps_done == len(WORK):
        is_new = report.ready_at is None
        making.ready(report, now)
        report.save()
        if is_new:
            _tell(report, "is ready", now)
        return False
    report.save()
    return True


def _count(report: Report, now: datetime) -> None:
    """The dashboard shows the same figures from this moment on, until they are counted anew."""
    figures = snapshots.make(report.organisation, now)
    kept = Report.objects.filter(organisation=report.organisation, ready_at__isnull=False, moment__lt=figures.made_at)
    report.previous = kept.filter(tables__isnull=False).order_by("-moment", "-pk").first()
    report.tables, report.moment = figures.tables, figures.made_at
    report.since = report.previous.moment if report.previous else figures.made_at - A_MONTH


def _list(report: Report, now: datetime) -> None:
    assert report.moment  # noqa: S101 - the step before has set both
    assert report.since  # noqa: S101
    report.contents = parts.listed(parts.Period(report.organisation, report.moment, report.since))


def _draw(report: Report, now: datetime) -> None:
    assert report.moment  # noqa: S101
    drawn = document.of(report)
    report.pdf = pdf.drawn(drawn, report.moment)
    report.pdf_size, report.names = len(report.pdf), drawn.names


def _write(report: Report, now: datetime) -> None:
    """What either file names counts: a share may have ended between the two."""
    written = document.of(report)
    report.xlsx = workbook.written(written)
    report.xlsx_size = len(report.xlsx)
    both = {*report.names, *written.names}
    report.names = {
        among: sorted({*report.names.get(among, ()), *written.names.get(among, ())}) for among in sorted(both)
    }


WORK = (_count, _list, _draw, _write)  # as models.STEPS says them


def _give_up(report: Report, now: datetime) -> None:
    _tell(report, "could not be made", now)


def _tell(report: Report, what: str, now: datetime) -> None:
    """Whoever asked; of a scheduled one those who chose to be told or, where nobody is left who did, the safety leads.

    It is a link: what a report says goes into no e-mail.
    """
    body = report.organisation
    chose = [membership.user for membership in recipients_at(body)] if report.is_scheduled else []
    told = {
        "organisation": body, "kind": Kind.REPORT, "path": report.path, "now": now,
        "key": f"report:{report.pk}:{what.replace(' ', '-')}",
        "message": f"The {'monthly ' if report.is_scheduled else ''}report of {body.name} {what}",
    }  # fmt: skip
    if report.asked_by:
        notifications.notify(recipients=[report.asked_by], reason="You asked for it", **told)
    elif chose:
        notifications.notify(recipients=chose, reason="You chose to be told of each monthly report", **told)
    else:
        notifications.notify_safety_leads(**told)
