"""Figures about how differently the same kind of escalation is treated: for those who see several bodies asked."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Aggregate, Count, F, FloatField

from accounts.models import Level
from deadlines.models import Kind
from deadlines.taken import Taken, days_taken
from escalations.models import Outcome
from escalations.standing import last_outcome
from overview.figures import of_clocks, of_escalations
from overview.figures.tables import Column, Figure, Holds, Row
from safetyreg.months import twelve_began

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overview.figures.scope import Scope

LEAST = 10  # decisions, or answers, of one body on one kind of escalation: of fewer, chance says more than the body
MOST_KINDS = 10
LEVELS = frozenset({Level.REGION.value, Level.NATIONAL.value})


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def _decided(scope: Scope) -> dict[tuple[str, str], list[tuple[str, int, float]]]:
    """By urgency and theme: each body with enough decisions, how many, and its median in days."""
    decided = scope.escalations.filter(
        deadlines__kind=Kind.DECIDE,
        deadlines__met_at__isnull=False,
        deadlines__due_at__gte=twelve_began(scope.now),
        deadlines__due_at__lte=scope.now,
    )
    medians = (
        decided.order_by()
        .annotate(days=days_taken(scope.now, "deadlines__"), theme=F("risk__theme"), body=F("deadlines__owed_by"))
        .values_list("urgency", "theme", "body")
        .annotate(many=Count("deadlines__pk"), middle=Median("days"))
        .filter(many__gte=LEAST)
    )
    kinds: dict[tuple[str, str], list[tuple[str, int, float]]] = defaultdict(list)
    for urgency, theme, body, many, middle in medians:
        kinds[urgency, theme].append((str(body), many, middle))
    return {kind: bodies for kind, bodies in kinds.items() if len(bodies) > 1}


def _widest_first(kinds: Mapping[tuple[str, str], list[tuple[str, int, float]]]) -> list[tuple[str, str]]:
    def order(kind: tuple[str, str]) -> tuple[float, tuple[str, str]]:
        middles = [middle for _body, _many, middle in kinds[kind]]
        return min(middles) - max(middles), kind

    return sorted(kinds, key=order)[:MOST_KINDS]


def of_kinds(scope: Scope) -> list[Row]:
    """The kinds of escalation that bodies take most differently long to decide on."""
    kinds = scope.once(_decided)
    rows = []
    for kind in _widest_first(kinds):
        middles = [middle for _body, _many, middle in kinds[kind]]
        quick, slow = round(min(middles), 1), round(max(middles), 1)
        rows.append([*kind, len(middles), quick, round(median(middles), 1), slow, round(slow - quick, 1)])
    return rows


def of_bodies(scope: Scope) -> list[Row]:
    """Of the same kinds: each body, the slowest first."""
    kinds = scope.once(_decided)
    return [
        [*kind, body, many, round(middle, 1)]
        for kind in _widest_first(kinds)
        for body, many, middle in sorted(kinds[kind], key=lambda each: (-each[2], each[0]))
    ]


def of_outcomes(scope: Scope) -> list[Row]:
    """By body asked and outcome, for every body with enough answers: how many, and the share of its answers."""
    answered = scope.escalations.filter(answered_at__gte=twelve_began(scope.now), answered_at__lte=scope.now)
    rows = (
        answered.annotate(outcome=last_outcome())
        .order_by()
        .values_list("to_organisation", "urgency", "risk__theme", "outcome")
        .annotate(many=Count("pk"))
    )
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for body, urgency, theme, outcome, many in rows:
        found[urgency, theme, str(body)][outcome] = many
    enough = {key: counts for key, counts in found.items() if sum(counts.values()) >= LEAST}
    return [
        [*key, outcome, counts[outcome], counts[outcome] / sum(counts.values())]
        for key, counts in _compared(enough)
        for outcome in Outcome.values
        if outcome in counts
    ]


def _compared(
    found: Mapping[tuple[str, str, str], dict[str, int]],
) -> list[tuple[tuple[str, str, str], dict[str, int]]]:
    """Of the kinds that at least two bodies answered: those with most answers, and their bodies in turn."""
    kinds: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for key in found:
        kinds[key[:2]].append(key)
    answers = {kind: sum(sum(found[key].values()) for key in keys) for kind, keys in kinds.items() if len(keys) > 1}
    shown = sorted(answers, key=lambda kind: (-answers[kind], kind))[:MOST_KINDS]
    return [(key, found[key]) for kind in shown for key in sorted(kinds[kind])]


def _bodies(row: Mapping[str, Any]) -> str:
    """The bodies that are compared on one kind, each with its median and its decisions."""
    return f"/dashboard/variation_by_body/?{urlencode({'urgency': row['urgency'], 'theme': row['theme']})}"


def _decisions(row: Mapping[str, Any]) -> str:
    return of_clocks.listed(
        kind="DECIDE", in_full="true", due="YEAR", taken=[how for how in Taken.values if how != Taken.STILL_LATE],
        urgency=row["urgency"], theme=row["theme"], owed_by=row["organisation"].ods_code,
    )  # fmt: skip


def _answers(row: Mapping[str, Any]) -> str:
    return of_escalations.listed(
        answered="YEAR",
        to=row["organisation"].ods_code,
        urgency=row["urgency"],
        theme=row["theme"],
        outcome=row["outcome"],
    )


URGENCY, THEME = Column("urgency", "Urgency", Holds.URGENCY), Column("theme", "Theme", Holds.THEME)
ORGANISATION = Column("organisation", "Body asked", Holds.ORGANISATION)
DECIDED = Column("decided", "Decisions", Holds.NUMBER)
SAYS = (
    "Decisions on escalations of risks that you read in full whose time to decide fell due in the last twelve months, "
    "in days as the standard counts them, without pauses. The same kind is the same urgency and the same theme. A body "
    f"is compared only where it made at least {LEAST} decisions on a kind, and a kind is shown only where at least two "
    f"bodies did. The {MOST_KINDS} kinds with the widest spread between medians are shown. "
)
FIGURES = (
    Figure(
        "variation_by_kind",
        "How differently long the same kind of escalation takes to decide",
        SAYS + "Quickest and slowest are the medians of single bodies.",
        (
            URGENCY,
            THEME,
            Column("bodies", "Bodies compared", Holds.NUMBER),
            Column("quickest", "Quickest body, median days", Holds.DAYS),
            Column("middle", "Middle body, median days", Holds.DAYS),
            Column("slowest", "Slowest body, median days", Holds.DAYS),
            Column("spread", "Spread, in days", Holds.DAYS),
        ),
        of_kinds,
        dict.fromkeys(("bodies", "quickest", "middle", "slowest", "spread"), _bodies),
        LEVELS,
    ),
    Figure(
        "variation_by_body",
        "How long each body takes to decide on the same kind of escalation",
        SAYS,
        (URGENCY, THEME, ORGANISATION, DECIDED, Column("middle", "Median days", Holds.DAYS)),
        of_bodies,
        {"decided": _decisions, "middle": _decisions},
        LEVELS,
    ),
    Figure(
        "variation_in_outcomes",
        "How differently the same kind of escalation is answered",
        "Escalations of risks that you read in full that were last answered in the last twelve months, by the outcome "
        "of that answer. The same kind is the same urgency and the same theme. A body is compared only where it "
        f"answered at least {LEAST} of a kind, and a kind is shown only where at least two bodies did. The "
        f"{MOST_KINDS} kinds with most answers are shown.",
        (
            URGENCY,
            THEME,
            ORGANISATION,
            Column("outcome", "Outcome", Holds.OUTCOME),
            Column("answers", "Answers", Holds.NUMBER),
            Column("share", "Share of the body's answers", Holds.SHARE),
        ),
        of_outcomes,
        {"answers": _answers, "share": _answers},
        LEVELS,
    ),
)
