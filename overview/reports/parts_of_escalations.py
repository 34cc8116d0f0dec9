"""The lists of a report that are about escalations and clocks: ids, codes and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Value, When

from deadlines.models import Deadline, Urgency
from escalations.models import Feedback, FeedbackKind
from overview import owed
from overview.reports.listing import Listing
from overview.reports.parts_of_risks import top_risks
from risks.models import Risk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from escalations.models import Escalation
    from overview.reports.looking_up import Row
    from overview.reports.parts import Period

MOST_URGENT_FIRST = Case(*(When(urgency=urgency, then=Value(place)) for place, urgency in enumerate(Urgency)))


def asked_about_top(period: Period) -> Iterator[Row]:
    found = [risk.pk for risk in top_risks(period)]
    hops = period.escalations.open().filter(risk__in=found).order_by("raised_at", "pk")
    for hop in sorted(hops, key=lambda hop: found.index(hop.risk_id)):
        yield [str(hop.risk_id), str(hop.from_organisation_id), str(hop.to_organisation_id), str(hop.pk)]


def open_ones(period: Period) -> Listing:
    return Listing(period.escalations.open().order_by(MOST_URGENT_FIRST, "raised_at", "pk"), _open)


def _open(hops: list[Escalation]) -> list[Row]:
    return [
        [
            str(hop.risk_id), str(hop.from_organisation_id), str(hop.to_organisation_id), hop.urgency, hop.status,
            hop.raised_at.isoformat(),
        ]
        for hop in hops
    ]  # fmt: skip


def answers(period: Period) -> Listing:
    given = Feedback.objects.filter(
        kind=FeedbackKind.ANSWER, given_at__gt=period.since, escalation__in=period.escalations
    )
    return Listing(given.select_related("escalation").order_by("-given_at", "pk"), _answered)


def _answered(given: list[Feedback]) -> list[Row]:
    return [
        [
            str(one.escalation.risk_id), str(one.escalation.from_organisation_id),
            str(one.escalation.to_organisation_id), str(one.pk), one.given_at.isoformat(), str(one.pk),
        ]
        for one in given
    ]  # fmt: skip


def overdue(period: Period) -> Listing:
    late = Deadline.objects.visible_to(period.reader).live().filter(paused_at=None, due_at__lte=period.now)
    return Listing(late.order_by("due_at", "pk"), lambda found: _late(period, found))


def _late(period: Period, found: list[Deadline]) -> list[Row]:
    """With the risk that each is about, where the body reads it in full."""
    read = Risk.objects.read_in_full_by(period.reader).filter(reference__in={one.risk_reference for one in found})
    risks = dict(read.values_list("reference", "pk"))
    return [
        [
            one.kind, str(one.owed_by_id), str(one.owed_to_id),
            str(risks[one.risk_reference]) if one.risk_reference in risks else None, one.due_at.isoformat(),
        ]
        for one in found
    ]  # fmt: skip


def late_below(period: Period) -> Listing:
    """As on the home page: what they owe to the body itself is in its own list."""
    late = owed.late_below(period.reader)
    looks = period.organisation.level in owed.LOOKS_BELOW
    return Listing(
        late.order_by("due_at", "pk") if looks else late.none(),
        lambda found: [[one.kind, str(one.owed_by_id), str(one.owed_to_id), one.due_at.isoformat()] for one in found],
    )
