"""The lists of a report that are about risks: ids, codes and numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, OuterRef, Q, Subquery

from overview import positions
from overview.figures.of_same_hazards import EMERGING, same_hazard
from overview.reports.listing import Listing
from overview.trend import in_words
from risks.models import FULL_BASES, Action, Risk, RiskShare, Score, ScoreKind
from risks.scoring import band
from safetyreg.words import LONDON, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from overview.reports.looking_up import Row
    from overview.reports.parts import Period
    from risks.models import RiskQuerySet

TOP = 25
AT_ONCE = 500  # rows fetched together
A_MONTH = timedelta(days=31)


def new(period: Period) -> Listing:
    return _of(period.risks.filter(logged_at__gt=period.since))


def newly_read(period: Period) -> Listing:
    """Those that were logged before, and of which the oldest reason why the body reads them in full is new."""
    reasons = RiskShare.objects.filter(organisation=period.organisation, basis__in=FULL_BASES)
    before = reasons.filter(granted_at__lte=period.since)
    return _of(
        period.risks.filter(logged_at__lte=period.since, pk__in=reasons.live().values("risk")).exclude(
            pk__in=before.values("risk")
        )
    )


def moved(period: Period) -> Iterator[Row]:
    """Those in another band than that of their last judgement until then."""
    judged = Score.objects.filter(risk=OuterRef("pk")).exclude(kind=ScoreKind.TARGET)
    then = judged.filter(created_at__lte=period.since).order_by("-created_at", "-kind", "-pk")
    scored = Score.objects.filter(created_at__gt=period.since).exclude(kind=ScoreKind.TARGET).values("risk")
    rows = period.risks.filter(pk__in=scored).annotate(
        then=Subquery(then.values(value=F("likelihood") * F("consequence"))[:1])
    )
    judged_again = rows.filter(then__isnull=False).order_by("-score", "reference")
    for pk, then, now in judged_again.values_list("pk", "then", "score").iterator(AT_ONCE):
        if band(then) != band(now):
            yield [str(pk), str(pk), then, band(then).value, now, band(now).value]


def closed(period: Period) -> Listing:
    things = Risk.objects.read_in_full_at(period.organisation).filter(closed_at__gt=period.since)
    return Listing(
        things.order_by("-closed_at", "pk"),
        lambda found: [
            [*_whose(risk), risk.get_closure_reason_display(), risk.closed_at.isoformat()] for risk in found
        ],
    )


def top(period: Period) -> Iterator[Row]:
    found = top_risks(period)
    scores: dict[object, list[Score]] = {risk.pk: [] for risk in found}
    for score in Score.objects.filter(risk__in=found).order_by("created_at", "kind", "pk"):
        scores[score.risk_id].append(score)
    asked = dict(
        period.escalations.open().filter(risk__in=found).values_list("risk").annotate(many=Count("pk")).order_by()
    )
    for risk in found:
        yield [*_scored(risk), in_words(scores[risk.pk]), asked.get(risk.pk, 0)]


def positions_on_top(period: Period) -> Iterator[Row]:
    for risk in top_risks(period):
        if risk.organisation.is_above_providers:
            found = positions.on(risk, period.reader, period.now, reads_all=True)
            for one in found.shown if found else ():
                yield [
                    str(risk.pk), str(one.link.pk), str(one.link.pk), one.risk.score,
                    one.target.score if one.target else None, len(one.controls),
                    len(one.to_do) if one.shows_everything else None, one.trend_words,
                    listed(one.missing) or "nothing",
                ]  # fmt: skip


def top_risks(period: Period) -> list[Risk]:
    return list(period.risks.select_related("organisation").order_by("-score", "reference")[:TOP])


def rising_themes(period: Period) -> Iterator[Row]:
    length = period.now - period.since
    since, earlier = Q(logged_at__gt=period.since), Q(logged_at__lte=period.since)
    rows = Risk.objects.read_in_full_at(period.organisation).logged().exclude(theme="")
    counted = (
        rows.filter(logged_at__gt=period.since - length)
        .values_list("theme")
        .annotate(now=Count("pk", filter=since), before=Count("pk", filter=earlier))
        .filter(now__gt=F("before"))
        .order_by(F("before") - F("now"), "theme")
    )
    yield from (list(row) for row in counted)


def emerging_hazards(period: Period) -> Iterator[Row]:
    for such_as, bodies, held, worst, _first, _last, new, emerging in same_hazard(period):
        if emerging == EMERGING:
            yield [such_as, bodies, len(held), len(new), worst]


def actions_due(period: Period) -> Listing:
    until = (period.now + A_MONTH).astimezone(LONDON).date()
    things = Action.objects.filter(risk__in=period.risks, done_at=None, dropped_at=None, due_on__lte=until)
    return Listing(
        things.order_by("due_on", "created_at", "pk"),
        lambda found: [[str(one.risk_id), str(one.pk), str(one.pk), one.due_on.isoformat()] for one in found],
    )


def _of(risks: RiskQuerySet) -> Listing:
    return Listing(risks.order_by("-score", "reference"), lambda found: [_scored(risk) for risk in found])


def _whose(risk: Risk) -> list[str]:
    """For two columns: the risk, and its owner."""
    return [str(risk.pk), str(risk.pk)]


def _scored(risk: Risk) -> Row:
    return [*_whose(risk), risk.score, risk.band.value if risk.band else None]
