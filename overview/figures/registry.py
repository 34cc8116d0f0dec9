"""The one table of all figures, in the order of the dashboard."""

from __future__ import annotations

from overview.figures import of_clocks, of_escalations, of_risks, of_variation
from overview.figures.tables import Figure

ALL: tuple[Figure, ...] = (*of_risks.FIGURES, *of_escalations.FIGURES, *of_clocks.FIGURES, *of_variation.FIGURES)


def for_level(level: str) -> list[Figure]:
    """Those of the dashboards of one level."""
    return [figure for figure in ALL if level in figure.levels]
