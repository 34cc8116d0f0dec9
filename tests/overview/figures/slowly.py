"""Every figure about risks counted again, slowly: in plain Python over all rows, with nothing of `overview.figures`."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from accounts.models import Organisation
from deadlines.models import Deadline
from escalations.models import Escalation, Feedback
from risks.models import Control, Involvement, Risk, RiskLink, RiskShare, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Table = list[list[Any]]
LONDON = ZoneInfo("Europe/London")
WHOLE = {"OWNER", "OVERSIGHT", "ESCALATION", "TRANSFER"}
BANDS = {"LOW": {1, 2, 3}, "MODERATE": {4, 5, 6}, "HIGH": {8, 9, 10, 12}, "EXTREME": {15, 16, 20, 25}}


def local(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def month_of(moment: datetime) -> str:
    return local(moment).strftime("%Y-%m")


def band_of(product: int) -> str:
    return next(name for name, products in BANDS.items() if product in products)


@dataclass
class Everything:
    """All rows of a register, and for whom and when they are counted."""

    body: Organisation
    now: datetime

    def __post_init__(self) -> None:
        self.bodies = {one.pk: one for one in Organisation.objects.all()}
        self.risks = {one.pk: one for one in Risk.objects.all()}
        self.shares = [one for one in RiskShare.objects.all() if one.revoked_at is None]
        self.clocks = list(Deadline.objects.all())
        self.scores = defaultdict(list)
        for score in sorted(Score.objects.all(), key=lambda one: one.created_at):
            self.scores[score.risk_id].append(score)
        ours = [share for share in self.shares if share.organisation_id == self.body.pk]
        self.seen = {share.risk_id for share in ours}
        self.read = {share.risk_id for share in ours if share.basis in WHOLE}
        self.logged = [self.risks[pk] for pk in self.read if self.risks[pk].status != "DRAFT"]
        self.open = [risk for risk in self.logged if risk.status == "OPEN"]

    def late(self, risk: Risk, kind: str) -> bool:
        return any(
            clock.risk_reference == risk.reference
            and clock.kind == kind
            and clock.met_at is None
            and clock.cancelled_at is None
            and clock.due_at <= self.now
            for clock in self.clocks
        )

    def area(self, pk: Any) -> Any:
        body = self.bodies[pk]
        return body.parent_id if body.level == "PROVIDER" else body.pk


def tally(keys: Iterable[Any]) -> dict[Any, int]:
    found: dict[Any, int] = defaultdict(int)
    for key in keys:
        found[key] += 1
    return dict(found)


def heat_map(every: Everything) -> Table:
    return [[*pair, many] for pair, many in tally((one.likelihood, one.consequence) for one in every.open).items()]


def risks_by_theme(every: Everything) -> Table:
    return [[theme, many] for theme, many in tally(one.theme for one in every.open).items()]


def risks_by_process(every: Everything) -> Table:
    return [[process, many] for process, many in tally(one.process for one in every.open).items()]


def risks_by_band(every: Everything) -> Table:
    products = [one.likelihood * one.consequence for one in every.open]
    return [[name, len([one for one in products if one in among])] for name, among in BANDS.items()]


# Over time


def twelve_months(now: datetime) -> list[str]:
    day, found = local(now), []
    while len(found) < 12:
        found.append(day.strftime("%Y-%m"))
        day = day.replace(day=1) - timedelta(days=1)
    return found[::-1]


def open_by_month(every: Everything) -> Table:
    rows = []
    for month in twelve_months(every.now):
        standing = dict.fromkeys(BANDS, 0)
        for risk in every.logged:
            logged, closed = month_of(risk.logged_at), risk.closed_at and month_of(risk.closed_at)
            if logged <= month and not (closed and closed <= month):
                given = [one for one in every.scores[risk.pk] if one.kind != "TARGET"]
                until_then = [one for one in given if month_of(one.created_at) <= month]
                standing[band_of(until_then[-1].likelihood * until_then[-1].consequence)] += 1
        rows.append([month, *standing.values()])
    return rows


def changes_by_month(every: Everything) -> Table:
    rows = []
    for month in twelve_months(every.now):
        raised, lowered = set(), set()
        for risk in every.logged:
            given = [one for one in every.scores[risk.pk] if one.kind != "TARGET"]
            for place, score in enumerate(given):
                if place and month_of(score.created_at) == month:
                    before = given[place - 1].likelihood * given[place - 1].consequence
                    change = score.likelihood * score.consequence - before
                    (raised if change > 0 else lowered if change < 0 else set()).add(risk.pk)
        logged = [one for one in every.logged if month_of(one.logged_at) == month]
        closed = [one for one in every.logged if one.closed_at and month_of(one.closed_at) == month]
        rows.append([month, len(logged), len(closed), len(raised), len(lowered)])
    return rows


# Between organisations


def pairs(every: Everything) -> set[tuple[Any, Any, Any]]:
    """(risk, owner, other): from involvements, escalations and links themselves, not from who sees what."""
    concerned = set()
    for one in Involvement.objects.all():
        if one.asked_at and one.position != "NOT_AFFECTED":
            concerned.add((one.risk_id, one.organisation_id))
    hops = list(Escalation.objects.all())
    asked = {(hop.risk_id, hop.to_organisation_id) for hop in hops}
    for hop in hops:
        if hop.status != "WITHDRAWN":
            concerned |= {(hop.risk_id, hop.to_organisation_id)}
            concerned |= {(hop.risk_id, hop.from_organisation_id)} & asked
    for link in RiskLink.objects.filter(status="ACCEPTED"):
        for here, there in ((link.from_risk_id, link.to_risk_id), (link.to_risk_id, link.from_risk_id)):
            if there in every.seen:
                concerned.add((here, every.risks[there].organisation_id))
    owners = {one.pk: one.organisation_id for one in every.open}
    return {(risk, owners[risk], to) for risk, to in concerned if risk in owners and to != owners[risk]}


def crossings(every: Everything) -> Table:
    return [[str(owner), str(to), many] for (owner, to), many in tally((o, t) for _r, o, t in pairs(every)).items()]


def crossings_of_areas(every: Everything) -> Table:
    between = {(risk, every.area(owner), every.area(to)) for risk, owner, to in pairs(every)}
    counted = tally((owner, to) for _risk, owner, to in between if owner != to)
    return [[str(owner), str(to), many] for (owner, to), many in counted.items()]


# Care taken


def overdue_by_organisation(every: Everything) -> Table:
    reviews = tally(str(one.organisation_id) for one in every.open if every.late(one, "REVIEW"))
    actions = tally(str(one.organisation_id) for one in every.open if every.late(one, "ACTION"))
    return [[body, reviews.get(body, 0), actions.get(body, 0)] for body in reviews.keys() | actions.keys()]


def trigrams(text: str) -> set[str]:
    padded = (f"  {word} " for word in re.findall(r"[a-z0-9]+", text.lower()))
    return {word[at : at + 3] for word in padded for at in range(len(word) - 2)}


def repeats(risk: Risk) -> bool:
    cause, effect = trigrams(risk.cause), trigrams(risk.effect)
    return len(cause & effect) / len(cause | effect) >= 0.6


def lacking(every: Everything) -> dict[str, list[Risk]]:
    controlled = {one.risk_id for one in Control.objects.all() if one.ended_at is None}
    aimed = {risk for risk, scores in every.scores.items() if any(one.kind == "TARGET" for one in scores)}
    return {
        "No control in place": [one for one in every.open if one.pk not in controlled],
        "No target score": [one for one in every.open if one.pk not in aimed],
        "Effect that repeats the cause": [one for one in every.open if repeats(one)],
    }


def quality_of_records(every: Everything) -> Table:
    whole = len(every.open)
    return [[what, len(some), len(some) / whole if whole else None] for what, some in lacking(every).items()]


def quality_by_organisation(every: Everything) -> Table:
    def many(body: Any, some: list[Risk]) -> int:
        return len([one for one in some if one.organisation_id == body])

    owners = {one.organisation_id for one in every.open}
    found = lacking(every).values()
    return [[str(body), many(body, every.open), *(many(body, some) for some in found)] for body in owners]


def days_of_acts(every: Everything) -> dict[Any, set[date]]:
    references = {every.risks[pk].reference for pk in every.read}
    days: dict[Any, set[date]] = defaultdict(set)
    for risk in every.logged:
        days[risk.organisation_id].add(local(risk.logged_at))
    for clock in every.clocks:
        if clock.kind == "REVIEW" and clock.met_at and clock.risk_reference in references:
            days[clock.owed_by_id].add(local(clock.met_at))
    for one in Involvement.objects.all():
        if one.answered_at and one.risk_id in every.read:
            days[one.organisation_id].add(local(one.answered_at))
    for said in Feedback.objects.select_related("escalation"):
        if said.kind == "ANSWER" and said.escalation.risk_id in every.read:
            days[said.escalation.to_organisation_id].add(local(said.given_at))
    return days


def silent_organisations(every: Everything) -> Table:
    days, rows = days_of_acts(every), []
    for body in every.bodies.values():
        if body.closed_on or not is_below(every, body):
            continue
        acted = sorted(days[body.pk])
        gaps = [(later - earlier).days for earlier, later in pairwise(acted)]
        usual = median(gaps) if gaps else None
        quiet = (local(every.now) - acted[-1]).days if acted else None
        if quiet is None or (quiet > 90 and (usual is None or quiet > 2 * usual)):
            held = len([one for one in every.open if one.organisation_id == body.pk])
            rows.append([str(body.pk), quiet, usual, held])
    return rows


def is_below(every: Everything, body: Organisation) -> bool:
    above = body.parent_id
    while above:
        if above == every.body.pk:
            return True
        above = every.bodies[above].parent_id
    return False


COUNTED: dict[str, Callable[[Everything], Table]] = {
    one.__name__: one
    for one in (
        heat_map,
        risks_by_theme,
        risks_by_process,
        risks_by_band,
        open_by_month,
        changes_by_month,
        crossings,
        crossings_of_areas,
        overdue_by_organisation,
        quality_of_records,
        quality_by_organisation,
        silent_organisations,
    )
}
