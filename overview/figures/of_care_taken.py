"""Figures about how well risks are looked after: what is late, and what records lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from deadlines.models import Kind
from overview.figures.listing import open_risks, owned_by
from overview.figures.tables import Column, Figure, Holds, Row
from risks.counting import with_overdue, with_repeated_cause, without_control, without_target

if TYPE_CHECKING:
    from overview.figures.scope import Scope

LACKING = {
    "No control in place": ("control", without_control),
    "No target score": ("target", without_target),
    "Effect that repeats the cause": ("effect", with_repeated_cause),
}


def overdue(scope: Scope) -> list[Row]:
    """Those of which something is late, the most first."""
    counted: dict[str, list[int]] = {}
    for place, kind in enumerate((Kind.REVIEW, Kind.ACTION)):
        late = scope.risks.filter(with_overdue(kind, scope.now)).values_list("organisation")
        for organisation, many in late.annotate(many=Count("pk")).order_by():
            counted.setdefault(str(organisation), [0, 0])[place] = many
    return sorted(([body, *late] for body, late in counted.items()), key=lambda row: (-row[1] - row[2], row[0]))


def quality(scope: Scope) -> list[Row]:
    whole = scope.risks.count()
    counted = ((words, scope.risks.filter(lacks()).count()) for words, (_code, lacks) in LACKING.items())
    return [[words, many, many / whole if whole else None] for words, many in counted]


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
            "reviews": lambda row: open_risks(**owned_by(row), review_overdue="true"),
            "actions": lambda row: open_risks(**owned_by(row), action_overdue="true"),
        },
    ),
    Figure(
        "quality_of_records",
        "Quality of records",
        "Open risks that you read in full of which the record lacks something, and their share of all of those. An "
        "effect repeats the cause if the two texts have at least 60% of their trigrams (runs of three letters or "
        "figures within words) in common.",
        (
            Column("what", "What is lacking", Holds.WORDS),
            Column("risks", "Open risks", Holds.NUMBER),
            Column("share", "Share", Holds.SHARE),
        ),
        quality,
        {"risks": lambda row: open_risks(missing=LACKING[row["what"]][0])},
    ),
)
