"""The one table of all figures, in the order of the dashboard."""

from __future__ import annotations

from overview.figures import (
    of_care_taken,
    of_clocks,
    of_crossings,
    of_escalations,
    of_glance,
    of_hazards,
    of_risks,
    of_same_hazards,
    of_silence,
    of_variation,
    over_time,
)
from overview.figures.tables import Figure

ALL: tuple[Figure, ...] = (
    *of_glance.FIGURES,
    *of_risks.FIGURES,
    *over_time.FIGURES,
    *of_crossings.FIGURES,
    *of_hazards.FIGURES,
    *of_same_hazards.FIGURES,
    *of_escalations.FIGURES,
    *of_clocks.FIGURES,
    *of_variation.FIGURES,
    *of_care_taken.FIGURES,
    *of_silence.FIGURES,
)


def for_level(level: str) -> list[Figure]:
    """Those of the dashboards of one level."""
    return [figure for figure in ALL if level in figure.levels]
