"""The lists of a report that are about escalations and clocks: ids, codes and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Value, When

from deadlines.models import Deadline, Urgency
from escalations.models import Feedback, FeedbackKind
from overview.owed import LOOKS_BELOW
from overview.reports.parts_of_risks import AT_ONCE, top_risks
from risks.models import Risk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from overview.reports.looking_up import Row
    from overview.reports.parts import Period

MOST_URGENT_FIRST = Case(*(When(urgency=urgency, then=Value(place)) for place, urgency in enumerate(Urgency)))


def asked_about_top(period: Period) -> Iterator[Row]:
    found = [risk.pk for risk in top_risks(period)]
    hops = period.escalations.open().filter(risk__in=found).order_by("raised_at", "pk")
    for hop in sorted(hops, key=lambda hop: found.index(hop.risk_id)):
        yield [str(hop.risk_id), str(hop.from_organisation_id), str(hop.to_organisation_id), str(hop.pk)]


def open_ones(period: Period) -> Iterator[Row]:
    for hop in period.escalations.open().order_by(MOST_URGENT_FIRST, "raised_at", "pk").iterator(AT_ONCE):
        yield [
            str(hop.risk_id), str(hop.from_organisation_id), str(hop.to_organisation_id), hop.urgency, hop.status,
            hop.raised_at.isoformat(),
        ]  # fmt: skip


def answers(period: Period) -> Iterator[Row]:
    given = Feedback.objects.filter(
        kind=FeedbackKind.ANSWER, given_at__gt=period.since, escalation__in=period.escalations
    )
    for feedback in given.select_related("escalation").order_by("-given_at", "pk").iterator(AT_ONCE):
        hop = feedback.escalation
        yield [
            str(hop.risk_id), str(hop.from_organisation_id), str(hop.to_organisation_id), str(feedback.pk),
            feedback.given_at.isoformat(), str(feedback.pk),
        ]  # fmt: skip


def overdue(period: Period) -> Iterator[Row]:
    late = Deadline.objects.visible_to(period.reader).live().filter(paused_at=None, due_at__lte=period.now)
    rows = list(late.order_by("due_at", "pk"))
    read = Risk.objects.read_in_full_by(period.reader).filter(reference__in={row.risk_reference for row in rows})
    risks = dict(read.values_list("reference", "pk"))
    for row in rows:
        risk = risks.get(row.risk_reference)
        yield [
            row.kind, str(row.owed_by_id), str(row.owed_to_id), str(risk) if risk else None, row.due_at.isoformat(),
        ]  # fmt: skip


def late_below(period: Period) -> Iterator[Row]:
    """As on the home page: what they owe to the body itself is in its own list."""
    if period.organisation.level in LOOKS_BELOW:
        late = Deadline.objects.late_below(period.reader).exclude(owed_to=period.organisation)
        for row in late.order_by("due_at", "pk").iterator(AT_ONCE):
            yield [row.kind, str(row.owed_by_id), str(row.owed_to_id), row.due_at.isoformat()]
