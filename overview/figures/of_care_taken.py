"""Figures about how well risks are looked after: what is late, and what records lack."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from accounts.models import Level
from deadlines.models import Kind
from overview.figures.listing import open_risks, owned_by
from overview.figures.tables import Column, Figure, Holds, Row
from risks.counting import lacks, with_overdue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from overview.figures.scope import Scope
    from risks.models import RiskQuerySet


LACKING = {
    "No control in place": "control",
    "No target score": "target",
    "Effect that repeats the cause": "effect",
}


def overdue(scope: Scope) -> list[Row]:
    """Those of which something is late, the most first."""
    late = (scope.risks.filter(with_overdue(kind, scope.now)) for kind in (Kind.REVIEW, Kind.ACTION))
    return sorted(([body, *many] for body, many in _by_owner(*late).items()), key=_most_first)


def quality(scope: Scope) -> list[Row]:
    sums = [sum(many) for many in zip(*scope.once(_records).values(), strict=True)]
    whole, *lacking = sums or [0] * (1 + len(LACKING))
    return [[words, many, many / whole if whole else None] for words, many in zip(LACKING, lacking, strict=True)]


def quality_by_owner(scope: Scope) -> list[Row]:
    """Those whose records lack most first."""
    rows = ([body, *many] for body, many in scope.once(_records).items())
    return sorted(rows, key=lambda row: _most_first([row[0], *row[2:]]))


def _records(scope: Scope) -> dict[str, list[int]]:
    """Of each organisation: its open risks, and how many of them lack each thing."""
    return _by_owner(scope.risks, *(scope.risks.filter(lacks(code)) for code in LACKING.values()))


def _by_owner(*some: RiskQuerySet) -> dict[str, list[int]]:
    """How many of each of these sets of risks an organisation owns, for every one that owns any."""
    counted: dict[str, list[int]] = defaultdict(lambda: [0] * len(some))
    for place, risks in enumerate(some):
        for organisation, many in risks.values_list("organisation").annotate(many=Count("pk")).order_by():
            counted[str(organisation)][place] = many
    return counted


def _most_first(row: Row) -> tuple[int, str]:
    return -sum(row[1:]), row[0]


def _lacking(row: Mapping[str, Any]) -> str:
    return open_risks(missing=LACKING[row["what"]])


def _of_owner(**more: object) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: open_risks(**owned_by(row), **more)


REPEATS = (
    "An effect repeats the cause if the two texts have at least 60% of their trigrams (runs of three letters or "
    "figures within words) in common."
)


FIGURES = (
    Figure(
        "overdue_by_organisation",
        "Reviews and actions overdue",
        "Open risks that you read in full, by the organisation that owns them: those whose review is late, and those "
        "with at least one action that is late. Organisations with neither are left out.",
        (
            Column("organisation", "Organisation", Holds.ORGANISATION),
            Column("reviews", "Risks with a late review", Holds.NUMBER),
            Column("actions", "Risks with a late action", Holds.NUMBER),
        ),
        overdue,
        {
            "reviews": _of_owner(review_overdue="true"),
            "actions": _of_owner(action_overdue="true"),
        },
    ),
    Figure(
        "quality_of_records",
        "Quality of records",
        "Open risks that you read in full of which the record lacks something, and their share of all of those. "
        f"{REPEATS}",
        (
            Column("what", "What is lacking", Holds.WORDS),
            Column("risks", "Open risks", Holds.NUMBER),
            Column("share", "Share", Holds.SHARE),
        ),
        quality,
        {"risks": _lacking, "share": _lacking},
    ),
    Figure(
        "quality_by_organisation",
        "Quality of records by organisation",
        "Open risks that you read in full, by the organisation that owns them: how many there are, and how many of "
        f"them lack something. Those whose records lack most come first. {REPEATS}",
        (
            Column("organisation", "Organisation", Holds.ORGANISATION),
            Column("risks", "Open risks", Holds.NUMBER),
            *(Column(code, words, Holds.NUMBER) for words, code in LACKING.items()),
        ),
        quality_by_owner,
        {"risks": _of_owner(), **{code: _of_owner(missing=code) for code in LACKING.values()}},
        frozenset({Level.ICB, Level.REGION, Level.NATIONAL}),
    ),
)
