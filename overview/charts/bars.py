"""Bars in the rows of a table: the table is the chart, so its numbers are read, linked and printed as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from overview.charts.reading import alike, amount, label_of, number_places, places, sum_of, unit
from overview.figures.tables import Holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overview.figures.showing import Cell, Shown

LEAST = 1.0  # of what is there at all something is to be seen


@dataclass(frozen=True)
class Bar:
    """One row. `lengths` are by column parts of the longest bar, from 0 to 100; `band` is that of a row about one."""

    cells: list[Cell]
    lengths: dict[int, float]
    band: str = ""


@dataclass(frozen=True)
class Bars:
    """`left_out` counts the rows that are not drawn."""

    kind: ClassVar[str] = "bars"
    rows: list[Bar]
    left_out: int
    says: str


def draw(shown: Shown, most: int | None = None, of: Sequence[int] | None = None) -> Bars:
    """The first `most` rows, in the order of the table. Lengths are measured against the longest of all rows."""
    of = of or alike(shown.columns)
    is_share = shown.columns[of[0]].holds == Holds.SHARE
    longest = 1.0 if is_share else max(amount(row[place]) for row in shown.rows for place in of)
    rows = [
        Bar(row, {place: _length(amount(row[place]), longest) for place in of}, _band(shown, row))
        for row in shown.rows[:most]
    ]
    return Bars(rows, len(shown.rows) - len(rows), _says(shown, of[0]))


def _length(value: float, longest: float) -> float:
    return max(round(min(value / longest, 1) * 100, 1), LEAST) if value else 0


def _band(shown: Shown, row: list[Cell]) -> str:
    return next((str(row[place].value) for place in places(shown.columns, Holds.BAND)), "")


def _says(shown: Shown, place: int) -> str:
    column, known = shown.columns[place], [row for row in shown.rows if row[place].value is not None]
    if not any(row[place].value for row in known):
        return f"{column.heading}: none in any row."
    top = max(known, key=lambda row: amount(row[place]))
    largest = f"{label_of(shown.columns, top)}, {top[place].text}{unit(column)}"
    if column.holds != Holds.NUMBER:
        return f"{column.heading}, highest: {largest}."
    is_alone = number_places(shown.columns) == [place]  # beside others, a sum could be of things that are counted twice
    return f"{column.heading}, most: {largest}{f' of {sum_of(shown, place)}' if is_alone else ''}."
