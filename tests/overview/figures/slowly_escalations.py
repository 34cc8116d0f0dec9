"""The figures about escalations and clocks once more: slowly, row by row, with nothing of the register's own sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import holidays

from deadlines.models import Deadline
from escalations.models import Escalation, Feedback, FeedbackReceipt, Step
from risks.models import Risk, RiskShare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Organisation

LONDON = ZoneInfo("Europe/London")
ENGLAND = holidays.country_holidays("GB", subdiv="ENG")
HOW = ["HALF", "WHOLE", "DOUBLE", "LATER", "STILL_LATE"]
KINDS = ["ACKNOWLEDGE", "DECIDE", "ANSWER"]
STAGES = [
    "RAISED", "ACKNOWLEDGED", "INFORMATION_REQUESTED", "ACCEPTED", "ESCALATED_ON", "ANSWERED",
]  # fmt: skip
DAY = timedelta(days=1)


@cache
def worked(start: datetime, end: datetime) -> timedelta:
    """Day by day, as much of each working day as lies between."""
    if end < start:
        return -worked(end, start)
    total, day = timedelta(0), start.astimezone(LONDON).date()
    while datetime.combine(day, time(), LONDON) < end:
        begins = datetime.combine(day, time(), LONDON).astimezone(UTC)
        ends = datetime.combine(day + DAY, time(), LONDON).astimezone(UTC)
        if day.weekday() < 5 and day not in ENGLAND:
            total += max(min(ends, end) - max(begins, start), timedelta(0))
        day += DAY
    return total


def read_in_full(body: Organisation) -> set[Any]:
    return {
        share.risk_id
        for share in RiskShare.objects.all()
        if share.revoked_at is None
        and share.organisation_id == body.pk
        and share.basis in ("OWNER", "OVERSIGHT", "ESCALATION", "TRANSFER")
    }


def hops(body: Organisation) -> list[Escalation]:
    seen = read_in_full(body)
    found = Escalation.objects.select_related("risk").prefetch_related("steps")
    return [hop for hop in found if hop.risk_id in seen]


def months(now: datetime) -> list[str]:
    local = now.astimezone(LONDON)
    found, year, month = [], local.year, local.month
    for _ in range(12):
        found.append(f"{year}-{month:02d}")
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found[::-1]


def month(at: datetime) -> str:
    return at.astimezone(LONDON).strftime("%Y-%m")


def came(hop: Escalation) -> datetime:
    """When it came to its stage."""
    return max(step.at for step in Step.objects.filter(escalation=hop) if step.from_status != step.to_status)


def by_stage(body: Organisation, now: datetime) -> list[list[Any]]:
    days = defaultdict(list)
    for hop in hops(body):
        if hop.status in STAGES:
            days[hop.status].append((now - came(hop)).total_seconds() / 86400)
    return [
        [
            stage, len(some),
            sum(each < 7 for each in some), sum(7 <= each < 28 for each in some),
            sum(28 <= each < 91 for each in some), sum(each >= 91 for each in some),
            round(median(some), 1), int(max(some)),
        ]
        for stage in STAGES if (some := days.get(stage))
    ]  # fmt: skip


def loops(body: Organisation, now: datetime) -> list[list[Any]]:
    rows, every = [], hops(body)
    for name in months(now):
        raised = [hop for hop in every if month(hop.raised_at) == name]
        if not raised:
            continue
        said = {hop.pk: [one for one in Feedback.objects.filter(escalation=hop) if one.outcome] for hop in raised}
        verbs = {hop.pk: {step.verb for step in Step.objects.filter(escalation=hop)} for hop in raised}
        read = [
            hop for hop in raised
            if FeedbackReceipt.objects.filter(feedback__in=said[hop.pk], organisation=hop.from_organisation)
        ]  # fmt: skip
        confirmed = sum("CONFIRM" in verbs[hop.pk] for hop in raised)
        withdrawn = sum("WITHDRAW" in verbs[hop.pk] for hop in raised)
        left = len(raised) - withdrawn
        rows.append([
            name, len(raised), sum(bool(said[hop.pk]) for hop in raised), len(read), confirmed,
            sum("DISPUTE" in verbs[hop.pk] for hop in raised), withdrawn,
            sum(not said[hop.pk] and hop.ended_at is None for hop in raised),
            confirmed / left if left else None,
        ])  # fmt: skip
    return rows


def how(one: Deadline, now: datetime) -> str | None:
    if one.cancelled_at:
        return None
    if one.met_at is None:
        return "STILL_LATE" if one.due_at <= (one.paused_at or now) else None
    over, allowed = _over(one), _allowed(one)
    if (one.paused_at or one.met_at) < one.due_at:
        return "HALF" if -over * 2 >= allowed else "WHOLE"
    return "DOUBLE" if over <= allowed else "LATER"


def days(one: Deadline) -> float:
    """How long it took, of what was done."""
    return (_allowed(one) + _over(one)) / DAY


def _over(one: Deadline) -> timedelta:
    until = one.paused_at or one.met_at
    assert until
    return worked(one.due_at, until) if one.unit == "WORKING_DAYS" else until - one.due_at


def _allowed(one: Deadline) -> timedelta:
    assert one.amount
    assert one.unit in ("WORKING_DAYS", "HOURS")
    return one.amount * (DAY if one.unit == "WORKING_DAYS" else timedelta(hours=1))


def fell_due(body: Organisation, now: datetime) -> Iterable[tuple[Deadline, Escalation]]:
    by_pk, wanted = {hop.pk: hop for hop in hops(body)}, months(now)
    for one in Deadline.objects.select_related("owed_by"):
        if one.subject_id in by_pk and one.due_at <= now and month(one.due_at) in wanted:
            yield one, by_pk[one.subject_id]


def _times(counted: Counter[tuple[str, str, str]], keys: list[str]) -> list[list[Any]]:
    rows = []
    for kind in KINDS:
        for key in keys:
            counts = [counted[kind, key, each] for each in HOW]
            if sum(counts):
                rows.append([kind, key, sum(counts), *counts, (counts[0] + counts[1]) / sum(counts)])
    return rows


def times_by_level(body: Organisation, now: datetime) -> list[list[Any]]:
    counted = Counter((one.kind, one.owed_by.level, how(one, now) or "") for one, _hop in fell_due(body, now))
    return _times(counted, ["PROVIDER", "ICB", "REGION", "NATIONAL"])


def times_by_month(body: Organisation, now: datetime) -> list[list[Any]]:
    counted = Counter((one.kind, month(one.due_at), how(one, now) or "") for one, _hop in fell_due(body, now))
    return _times(counted, months(now))


def overdue_by_body(body: Organisation, now: datetime) -> list[list[Any]]:
    seen = read_in_full(body)
    references = {risk.reference for risk in Risk.objects.all() if risk.pk in seen}
    late: dict[Any, list[datetime]] = defaultdict(list)
    for one in Deadline.objects.select_related("owed_by"):
        if one.met_at or one.cancelled_at or one.paused_at or one.due_at > now or one.owed_by_id == one.owed_to_id:
            continue
        is_ours = body.pk in (one.owed_by_id, one.owed_to_id)
        is_read = one.risk_reference in references and one.kind != "LINK"
        is_below = one.owed_by.parent_id == body.pk and one.breached_at
        if is_ours or is_read or is_below:
            late[str(one.owed_by_id)].append(one.due_at)
    rows = [[pk, len(dues), min(dues)] for pk, dues in late.items()]
    return [
        [pk, many, (now - oldest).days] for pk, many, oldest in sorted(rows, key=lambda row: (-row[1], row[2], row[0]))
    ]


def decided(body: Organisation, now: datetime, least: int) -> dict[tuple[str, str], dict[str, list[float]]]:
    found: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one, hop in fell_due(body, now):
        if one.kind == "DECIDE" and one.met_at:
            found[hop.urgency, hop.risk.theme][str(one.owed_by_id)].append(days(one))
    enough = {kind: {pk: days for pk, days in of.items() if len(days) >= least} for kind, of in found.items()}
    return {kind: of for kind, of in enough.items() if len(of) >= 2}


def outcomes(body: Organisation, now: datetime, least: int) -> set[tuple[Any, ...]]:
    found: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for hop in hops(body):
        answers = sorted(
            (one for one in Feedback.objects.filter(escalation=hop) if one.outcome), key=lambda one: one.given_at
        )
        if answers and month(answers[-1].given_at) in months(now):
            found[hop.urgency, hop.risk.theme, str(hop.to_organisation_id)][answers[-1].outcome] += 1
    enough = {key: counts for key, counts in found.items() if sum(counts.values()) >= least}
    kinds = Counter(key[:2] for key in enough)
    return {
        (*key, outcome, many, many / sum(counts.values()))
        for key, counts in enough.items() if kinds[key[:2]] > 1
        for outcome, many in counts.items()
    }  # fmt: skip


def is_sorted(values: list[float]) -> bool:
    return all(before >= after for before, after in pairwise(values))
