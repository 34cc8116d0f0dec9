"""Which chart shows a figure: said by its columns, unless a row of `CHOSEN` says otherwise."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from overview.charts.reading import label_places, number_places, places
from overview.figures.tables import Holds

if TYPE_CHECKING:
    from overview.figures.tables import Column, Figure


class Kind(StrEnum):
    GLANCE = "glance"  # a few numbers at the top of the dashboard
    HEAT_MAP = "heat_map"  # likelihood, consequence and a number
    MATRIX = "matrix"  # two organisations and a number
    BARS = "bars"  # labels, and a number that is drawn
    STACKED = "stacked"  # a label, and several numbers that are parts of one whole
    LINES = "lines"  # months and numbers; or months, a label and a number
    RANGES = "ranges"  # a label, and days from the least to the most
    TABLE = "table"  # nothing is drawn


# By the key of the figure, where its columns would say something else.
CHOSEN: dict[str, Kind] = {
    "at_a_glance": Kind.GLANCE,
}
A_WHOLE = range(2, 7)  # more parts cannot be told apart
A_RANGE = range(3, 6)


def kind_of(figure: Figure) -> Kind:
    return CHOSEN.get(figure.key) or by_columns(figure.columns)


def by_columns(columns: tuple[Column, ...]) -> Kind:
    labels = [columns[place].holds for place in label_places(columns)]
    numbers = [columns[place].holds for place in number_places(columns)]
    if not numbers or not labels or Holds.RISK in labels:
        return Kind.TABLE
    if Holds.MONTH in labels and (len(labels) == 1 or (len(labels) == 2 and len(numbers) == 1)):
        return Kind.LINES if len(set(numbers)) == 1 else Kind.BARS
    if {Holds.LIKELIHOOD, Holds.CONSEQUENCE} == set(labels) and len(numbers) == 1:
        return Kind.HEAT_MAP
    if labels == [Holds.ORGANISATION] * 2 and len(numbers) == 1:
        return Kind.MATRIX
    if len(places(columns, Holds.DAYS)) in A_RANGE:
        return Kind.RANGES
    if len(numbers) in A_WHOLE and set(numbers) == {Holds.NUMBER}:
        return Kind.STACKED
    return Kind.BARS
