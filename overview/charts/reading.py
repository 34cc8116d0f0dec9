"""What of a figure's table is label and what is number: all that a chart needs to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from overview.figures.tables import NUMERIC, Holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overview.figures.showing import Cell, Shown
    from overview.figures.tables import Column

UNITS = {Holds.DAYS: " days"}


def places(columns: Sequence[Column], *holds: Holds) -> list[int]:
    """Where the columns of these kinds stand, from the left."""
    return [place for place, column in enumerate(columns) if column.holds in holds]


def number_places(columns: Sequence[Column]) -> list[int]:
    return places(columns, *NUMERIC)


def label_places(columns: Sequence[Column]) -> list[int]:
    return [place for place, column in enumerate(columns) if column.holds not in NUMERIC]


def alike(columns: Sequence[Column]) -> list[int]:
    """Where the first number stands, and those that are of one kind with it."""
    numbers = number_places(columns)
    return [place for place in numbers if columns[place].holds == columns[numbers[0]].holds]


def label_of(columns: Sequence[Column], row: Sequence[Cell], *, without: Sequence[int] = ()) -> str:
    """What a row is about, in words: "Acknowledge, ICB"."""
    return ", ".join(row[place].text for place in label_places(columns) if place not in without)


def amount(cell: Cell) -> float:
    """The number in a cell; 0 where there is none, and no less."""
    return max(float(cell.value or 0), 0.0)


def sum_of(shown: Shown, place: int) -> str:
    """Of all numbers in a column, as a table would print it."""
    return f"{round(sum(amount(row[place]) for row in shown.rows)):,}"


def unit(column: Column) -> str:
    return UNITS.get(column.holds, "")
