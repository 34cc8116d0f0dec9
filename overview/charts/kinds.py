"""Which chart shows a figure: said by its columns, unless a row of `CHOSEN` says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from overview.charts.reading import alike, label_places, number_places, places
from overview.figures.tables import Holds

if TYPE_CHECKING:
    from overview.figures.tables import Column, Figure


class Kind(StrEnum):
    GLANCE = "glance"  # a few numbers at the top of the dashboard
    HEAT_MAP = "heat_map"  # likelihood, consequence and a number
    MATRIX = "matrix"  # two organisations and a number
    BARS = "bars"  # labels, and numbers that are drawn
    STACKED = "stacked"  # labels, and from two to six numbers that are parts of one whole
    LINES = "lines"  # months and numbers; or months, a label and a number
    RANGES = "ranges"  # a label, and from two to five numbers of which the least and the most are the ends
    TABLE = "table"  # nothing is drawn


@dataclass(frozen=True)
class Choice:
    """`of` are the keys of the columns that are drawn; without any, the numbers that are of one kind with the first."""

    kind: Kind
    of: tuple[str, ...] = ()


# By the key of the figure, where its columns would say something else. That numbers are parts of one whole, no column
# can say, so a figure of such stands here.
CHOSEN: dict[str, Choice] = {
    "at_a_glance": Choice(Kind.GLANCE),
    "recurring_hazards": Choice(Kind.BARS, ("risks",)),
    "quality_of_records": Choice(Kind.BARS, ("share",)),
    "quality_by_organisation": Choice(Kind.BARS, ("control", "target", "effect")),
    "escalations_by_stage": Choice(Kind.STACKED, ("week", "month", "quarter", "longer")),
    "loops_closed": Choice(Kind.LINES, ("raised", "answered", "read", "confirmed", "disputed")),
    "times_by_level": Choice(Kind.STACKED, ("half", "whole", "double", "later", "still_late")),
    "times_by_month": Choice(Kind.LINES, ("in_time",)),
    "variation_by_kind": Choice(Kind.RANGES, ("quickest", "middle", "slowest")),
    "variation_by_body": Choice(Kind.BARS, ("middle",)),
    "variation_in_outcomes": Choice(Kind.BARS, ("share",)),
}
A_RANGE = range(3, 6)


def kind_of(figure: Figure) -> Kind:
    return choice_of(figure).kind


def choice_of(figure: Figure) -> Choice:
    """What was chosen, as long as the figure has the columns that it names."""
    chosen = CHOSEN.get(figure.key)
    has_all = chosen and {*chosen.of} <= {column.key for column in figure.columns}
    return chosen if chosen and has_all else Choice(by_columns(figure.columns))


def drawn_places(figure: Figure) -> list[int]:
    """Where the columns stand that are drawn."""
    keys = choice_of(figure).of
    of_one_kind = alike(figure.columns)
    return [place for place, column in enumerate(figure.columns) if column.key in keys] if keys else of_one_kind


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
    return Kind.RANGES if len(places(columns, Holds.DAYS)) in A_RANGE else Kind.BARS
