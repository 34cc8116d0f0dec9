"""Figures about the risks that a body reads in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from overview.figures.listing import open_risks
from overview.figures.tables import Column, Figure, Holds, Row
from risks.scoring import BAND_RANGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overview.figures.scope import Scope


def heat_map(scope: Scope) -> list[Row]:
    """Every scored pair that occurs: likelihood, consequence, how many."""
    counted = scope.risks.values_list("likelihood", "consequence").annotate(many=Count("pk"))
    return [list(row) for row in counted.order_by("likelihood", "consequence") if row[0] and row[1]]


def by_theme(scope: Scope) -> list[Row]:
    return _by(scope, "theme")


def by_process(scope: Scope) -> list[Row]:
    return _by(scope, "process")


def by_band(scope: Scope) -> list[Row]:
    counted = heat_map(scope)
    return [
        [
            band.value,
            sum(many for likelihood, consequence, many in counted if lowest <= likelihood * consequence <= highest),
        ]
        for band, (lowest, highest) in BAND_RANGES.items()
    ]


def _by(scope: Scope, field: str) -> list[Row]:
    """Most frequent first."""
    counted = scope.risks.exclude(**{field: ""}).values_list(field).annotate(many=Count("pk"))
    return [list(row) for row in counted.order_by("-many", field)]


def _heat(row: Mapping[str, Any]) -> str:
    return open_risks(likelihood=row["likelihood"], consequence=row["consequence"])


RISKS = Column("risks", "Open risks", Holds.NUMBER)
FIGURES = (
    Figure(
        "heat_map",
        "Where open risks stand on the 5x5 matrix",
        "Open risks that you read in full, by the likelihood and consequence they were last scored at.",
        (
            Column("likelihood", "Likelihood", Holds.LIKELIHOOD),
            Column("consequence", "Consequence", Holds.CONSEQUENCE),
            RISKS,
        ),
        heat_map,
        {"risks": _heat},
    ),
    Figure(
        "risks_by_theme",
        "Open risks by theme",
        "Open risks that you read in full, by their LFPSE risk theme.",
        (Column("theme", "Theme", Holds.THEME), RISKS),
        by_theme,
        {"risks": lambda row: open_risks(theme=row["theme"])},
    ),
    Figure(
        "risks_by_process",
        "Open risks by part of care",
        "Open risks that you read in full, by their LFPSE healthcare process.",
        (Column("process", "Part of care", Holds.PROCESS), RISKS),
        by_process,
        {"risks": lambda row: open_risks(process=row["process"])},
    ),
    Figure(
        "risks_by_band",
        "Open risks by band",
        "Open risks that you read in full, by the band of their current score.",
        (Column("band", "Band", Holds.BAND), RISKS),
        by_band,
        {"risks": lambda row: open_risks(band=row["band"])},
    ),
)
