"""The figures about hazards counted again, slowly, as those in `slowly` are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from risks.models import LikelyPair, PairDismissal, Risk, RiskLink
from tests.overview.figures.slowly import Everything, Table, band_of, local

if TYPE_CHECKING:
    from datetime import datetime


def recurring_hazards(every: Everything) -> Table:
    rows = []
    for pair in {(one.theme, one.process) for one in every.open}:
        those = [one for one in every.open if (one.theme, one.process) == pair]
        owners = {one.organisation_id for one in those}
        if len(owners) >= 3:
            rows.append([*pair, len(owners), len(those)])
    return rows


def same_hazard(every: Everything) -> Table:
    """A group is as large as it gets: so long as none is cut off, that is all that belongs together."""
    ours = [one for one in PairDismissal.objects.all() if one.organisation_id == every.body.pk]
    ties = {(one.first_id, one.second_id) for one in LikelyPair.objects.all()}
    ties -= {(one.first_id, one.second_id) for one in ours}
    agreed = RiskLink.objects.filter(status="ACCEPTED", kind="SAME_HAZARD")
    ties |= {(link.from_risk_id, link.to_risk_id) for link in agreed}
    left, rows = {one.pk for one in every.open}, []
    ties = {tie for tie in ties if left.issuperset(tie)}
    while left:
        group, size = {left.pop()}, 0
        while size < len(group):
            size = len(group)
            group |= {one for tie in ties if group & {*tie} for one in tie}
        left -= group
        if len({every.risks[pk].organisation_id for pk in group}) >= 3:
            rows.append(_of_hazard([every.risks[pk] for pk in sorted(group)], every.now))
    return rows


def _of_hazard(group: list[Risk], now: datetime) -> list[Any]:
    days = {str(one.pk): local(one.logged_at) for one in group}
    new = [pk for pk, day in days.items() if day > local(now) - timedelta(days=90)]
    scores = [one.likelihood * one.consequence for one in group]
    worst = sorted((one.reference, one) for one in group if one.likelihood * one.consequence == max(scores))[0][1]
    bodies = {one.organisation_id for one in group}
    first, last = min(days.values()).isoformat(), max(days.values()).isoformat()
    is_emerging = "Yes" if len(new) > len(group) / 2 else "No"
    return [str(worst.pk), len(bodies), [*days], band_of(max(scores)), first, last, new, is_emerging]


def emerging_hazards(every: Everything) -> Table:
    rows = []
    since = local(every.now) - timedelta(days=89)
    for pair in {(one.theme, one.process) for one in every.logged}:
        days = [local(one.logged_at) for one in every.logged if (one.theme, one.process) == pair]
        recent = len([day for day in days if day >= since])
        before = len([day for day in days if since - timedelta(days=90) <= day < since])
        if recent >= 5 and recent >= 2 * before:
            rows.append([*pair, since.isoformat(), recent, before])
    return rows


COUNTED = {one.__name__: one for one in (recurring_hazards, emerging_hazards, same_hazard)}
