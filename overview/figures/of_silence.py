"""Organisations that have gone silent: nothing logged, reviewed or answered for long, beside their own usual rhythm.

What they do counts as far as the body whose figures these are reads the risk in full: it learns nothing of the rest.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate

from accounts.models import Level, Organisation
from deadlines.models import Deadline, Kind
from escalations.models import Feedback, FeedbackKind
from overview.figures.listing import open_risks, owned_by
from overview.figures.tables import Column, Figure, Holds, Row
from risks.models import Involvement, Risk
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.db.models import QuerySet

    from accounts.models.organisations import OrganisationQuerySet
    from overview.figures.scope import Scope

LONGEST = timedelta(days=90)
TIMES_AS_USUAL = 2


def silent(scope: Scope) -> list[Row]:
    """Those that never did anything first, then by how long ago they last did."""
    last = _last_days(scope)
    quiet = [body for body in _below(scope) if body not in last or scope.today - last[body] > LONGEST]
    usual = _usual_gaps(scope, [body for body in quiet if body in last])
    found = []
    for body in quiet:
        days = (scope.today - last[body]).days if body in last else None
        if days is None or body not in usual or days > TIMES_AS_USUAL * usual[body]:
            found.append([str(body), days, usual.get(body)])
    held = dict(scope.risks.values_list("organisation").annotate(many=Count("pk")).order_by())
    by_id = {str(body): many for body, many in held.items()}
    in_order = sorted(found, key=lambda row: (row[1] is not None, -(row[1] or 0), row[0]))
    return [[*row, by_id.get(row[0], 0)] for row in in_order]


def below(body: Organisation) -> OrganisationQuerySet:
    """Every organisation that answers to it, at any distance, and has not closed."""
    under = Q(parent=body) | Q(parent__parent=body) | Q(parent__parent__parent=body)
    return Organisation.objects.open().filter(under)


def _below(scope: Scope) -> list[Any]:
    return list(below(scope.organisation).values_list("pk", flat=True))


def _acts(scope: Scope) -> Iterator[tuple[QuerySet[Any], str, str]]:
    """What counts as doing something: rows, and how they lead to who did it and when."""
    read = Risk.objects.read_in_full_at(scope.organisation)
    yield scope.logged_risks, "organisation", "logged_at"
    reviews = Deadline.objects.filter(kind=Kind.REVIEW, met_at__isnull=False)
    yield reviews.filter(risk_reference__in=read.values("reference")), "owed_by", "met_at"
    yield Involvement.objects.filter(answered_at__isnull=False, risk__in=read), "organisation", "answered_at"
    answers = Feedback.objects.filter(kind=FeedbackKind.ANSWER, escalation__risk__in=read)
    yield answers, "escalation__to_organisation", "given_at"


def _last_days(scope: Scope) -> dict[Any, date]:
    last: dict[Any, date] = {}
    for rows, who, when in _acts(scope):
        for body, moment in rows.order_by().values_list(who).annotate(last=Max(when)):
            day = moment.astimezone(LONDON).date()
            last[body] = max(day, last.get(body, day))
    return last


def _usual_gaps(scope: Scope, bodies: list[Any]) -> dict[Any, float]:
    """The median number of days between one day on which a body did something and the next. Needs two such days."""
    days: dict[Any, set[date]] = defaultdict(set)
    for rows, who, when in _acts(scope):
        theirs = rows.order_by().filter(**{f"{who}__in": bodies})
        for body, day in theirs.values_list(who, TruncDate(when, tzinfo=LONDON)).distinct():
            days[body].add(day)
    return {
        body: median((later - earlier).days for earlier, later in pairwise(sorted(some)))
        for body, some in days.items()
        if len(some) > 1
    }


FIGURES = (
    Figure(
        "silent_organisations",
        "Organisations that have gone silent",
        f"Organisations below yours that for more than {LONGEST.days} days logged no risk, reviewed none, and answered "
        "no question about a risk and no escalation, as far as you read the risks in full; and for more than "
        f"{TIMES_AS_USUAL} times their usual gap, which is the median number of days between two days on which they "
        "did one of these. Those that never did are here too. The days lead to no list: what an organisation did "
        "stands in several, and what it did not do in none.",
        (
            Column("organisation", "Organisation", Holds.ORGANISATION),
            Column("silent", "Days since they did anything", Holds.DAYS, none="never"),
            Column("usual", "Their usual gap in days", Holds.DAYS, none="not known"),
            Column("risks", "Open risks", Holds.NUMBER),
        ),
        silent,
        {"risks": lambda row: open_risks(**owned_by(row))},
        frozenset({Level.ICB, Level.REGION, Level.NATIONAL}),
    ),
)
