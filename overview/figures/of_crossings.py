"""Figures about what crosses which boundary: from the owner of a risk to the other bodies that it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F

from accounts.models import Level
from overview.figures.listing import open_risks, owned_by
from overview.figures.tables import Column, Figure, Holds, Row
from risks.counting import crossings

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from overview.figures.scope import Scope
    from risks.models import RiskShare

MOST_PAIRS = 1_000


def between_organisations(scope: Scope) -> list[Row]:
    rows = _crossing(scope).values_list("risk__organisation", "organisation")
    return _largest(rows)


def between_areas(scope: Scope) -> list[Row]:
    rows = _crossing(scope).exclude(from_area=F("to_area")).annotate(start=F("from_area"), end=F("to_area"))
    return _largest(rows.values_list("start", "end"))


def _crossing(scope: Scope) -> QuerySet[RiskShare]:
    return crossings(scope.organisation).filter(risk__in=scope.risks)


def _largest(pairs: QuerySet[RiskShare]) -> list[Row]:
    counted = ([str(start), str(end), many] for start, end, many in pairs.annotate(many=Count("risk", distinct=True)))
    return sorted(counted, key=lambda row: (-row[2], row[:2]))[:MOST_PAIRS]


COUNTED = f"A risk that crosses to several counts once for each. At most the {MOST_PAIRS:,} pairs with the most risks."
OTHERS = "All other pairs"  # in tables of earlier reports, whose last row adds them up
FIGURES = (
    Figure(
        "crossings",
        "What crosses which boundary",
        "Open risks that you read in full, from the organisation that owns each to every other one that is involved "
        "(and has not said that it is not affected), has a part in an escalation that was not withdrawn, or owns a "
        f"risk linked to it that you see too. {COUNTED}",
        (
            Column("owner", "From", Holds.ORGANISATION, none=OTHERS),
            Column("to", "To", Holds.ORGANISATION, none=OTHERS),
            Column("risks", "Open risks", Holds.NUMBER),
        ),
        between_organisations,
        {"risks": lambda row: open_risks(**owned_by(row, "owner"), crosses_to=row["to"].ods_code)},
    ),
    Figure(
        "crossings_of_areas",
        "What crosses between integrated care boards",
        "The same, from the ICB of the owner to the ICB of the other organisation, where they are not the same one. An "
        f"ICB counts with its providers; regions and the national body count by themselves. {COUNTED}",
        (
            Column("owner", "From", Holds.ORGANISATION, none=OTHERS),
            Column("to", "To", Holds.ORGANISATION, none=OTHERS),
            Column("risks", "Open risks", Holds.NUMBER),
        ),
        between_areas,
        {"risks": lambda row: open_risks(area=row["owner"].ods_code, crosses_to_area=row["to"].ods_code)},
        frozenset({Level.REGION, Level.NATIONAL}),
    ),
)
