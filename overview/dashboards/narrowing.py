"""Those rows of a figure that are about one kind of thing: what numbers of another figure are taken from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from overview.figures.showing import WORDS
from overview.figures.tables import Holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overview.figures.showing import Shown
    from overview.figures.tables import Column, Figure

# What can be asked for, by the key of a column. Only columns of these: their words are those of a fixed list.
BY = {"urgency": Holds.URGENCY, "theme": Holds.THEME}


def columns_of(figure: Figure) -> dict[str, Column]:
    """Those by which a figure can be narrowed down, by their keys."""
    return {column.key: column for column in figure.columns if BY.get(column.key) == column.holds}


def narrowed(shown: Shown, asked: Mapping[str, str]) -> Shown:
    """None of its rows where something is asked for that does not exist."""
    wanted = {
        place: asked[column.key]
        for place, column in enumerate(shown.columns)
        if column.key in columns_of(shown.figure) and asked.get(column.key)
    }
    rows = [row for row in shown.rows if all(row[place].value == value for place, value in wanted.items())]
    return replace(shown, rows=rows)


def wrong(figure: Figure, asked: Mapping[str, str]) -> list[str]:
    """What is asked for in words that do not exist, by the keys of the columns."""
    return [key for key, column in columns_of(figure).items() if asked.get(key, "") not in {"", *WORDS[column.holds]}]


def in_words(figure: Figure, asked: Mapping[str, str]) -> list[str]:
    """By what it is narrowed down: "Urgency: High"."""
    return [
        f"{column.heading}: {WORDS[column.holds].get(asked[key], asked[key])}"
        for key, column in columns_of(figure).items()
        if asked.get(key)
    ]
