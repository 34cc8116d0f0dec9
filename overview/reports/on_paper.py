"""The charts of the dashboard as a report shows them: drawings as SVG that looks the same in black and white, and the
5x5 matrix as the table that it is, in tints that get darker with the band.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from overview.charts.grids import HeatMap
from overview.charts.paper import Drawing
from risks.scoring import BAND_RANGES, Band

if TYPE_CHECKING:
    from overview.charts.drawing import Chart

LOOKS = settings.BASE_DIR / "static" / "drawings.css"
# Fill and letters of each band.
TINTS = {
    Band.LOW: ("#f4faf6", "#000000"),
    Band.MODERATE: ("#ffd340", "#000000"),
    Band.HIGH: ("#f0a235", "#000000"),
    Band.EXTREME: ("#8f1610", "#ffffff"),
}
LIMITS = ", ".join(f"{band.label.lower()} {low} to {high}" for band, (low, high) in BAND_RANGES.items())
READS = (
    "Likelihood runs from left to right, consequence from bottom to top; the small number is the score. "
    f"The darker, the higher: {LIMITS}."
)


def as_given(chart: Chart | None, heading: str, font: str) -> dict[str, Any]:
    """What the drawing of the report is given of a chart: nothing of a table with bars, which is there as a table."""
    if isinstance(chart, HeatMap):
        return {"says": chart.says, "heat": _heat(chart)}
    if isinstance(chart, Drawing):
        beside = ". ".join(words for words in (chart.reads.rstrip("."), chart.not_drawn) if words)
        return {"says": chart.says, "svg": svg(chart, font), "alt": f"{heading}. {chart.says}", "beside": beside}
    return {}


def svg(chart: Drawing, font: str) -> str:
    """A file of its own. Words in it are escaped by the template."""
    given = {"chart": chart, "looks": mark_safe(_looks()), "font": font}  # noqa: S308 - our own file
    return render_to_string("overview/report_drawing.jinja", given)


@cache
def _looks() -> str:
    return LOOKS.read_text()


def _heat(chart: HeatMap) -> dict[str, Any]:
    return {
        "what": chart.what,
        "reads": READS,
        "columns": chart.columns,
        "rows": [
            {
                "name": name,
                "cells": [
                    {
                        "score": str(one.score),
                        "number": one.cell.text if one.cell else "0",
                        "fill": TINTS[Band(one.band)][0],
                        "ink": TINTS[Band(one.band)][1],
                    }
                    for one in cells
                ],
            }
            for name, cells in chart.rows
        ],
    }
