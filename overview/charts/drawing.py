"""From a figure as it is shown to the chart that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from overview.charts import bars, grids, lines, ranges, stacked
from overview.charts.kinds import Kind, drawn_places, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from overview.figures.showing import Shown

Chart = bars.Bars | grids.HeatMap | grids.Matrix | stacked.Stacked | lines.Lines | ranges.Ranges
DRAWN_BY: dict[Kind, Callable[[Shown, int | None, list[int]], Chart]] = {
    Kind.HEAT_MAP: grids.heat_map,
    Kind.MATRIX: grids.matrix,
    Kind.BARS: bars.draw,
    Kind.STACKED: stacked.draw,
    Kind.LINES: lines.draw,
    Kind.RANGES: ranges.draw,
}


def chart_of(shown: Shown, most: int | None = None) -> Chart | None:
    """The chart of a figure, with `most` rows of it at most. None of one without any number, or without a chart."""
    draw = DRAWN_BY.get(kind_of(shown.figure))
    drawn = drawn_places(shown.figure)
    has_any = any(row[place].value is not None for row in shown.rows for place in drawn)
    return draw(shown, most, drawn) if draw and has_any else None
