"""Bars that are cut into parts of one whole, each in a pattern of its own with its number in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from overview.charts.paper import LINE, WIDTH, Drawing, Words, label, wide
from overview.charts.reading import alike, amount, label_of
from overview.charts.scales import in_short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overview.figures.showing import Cell, Shown

HEIGHT, GAP = 26, 14
BESIDE = 70  # for the sum, at the right of a label
PATTERNS = 6
INSIDE = 6  # around a number in its part


@dataclass(frozen=True)
class Part:
    """`pattern` counts from 1, as in the key. `words` is None where the number does not fit in."""

    x: float
    width: float
    pattern: int
    words: Words | None


@dataclass(frozen=True)
class Whole:
    """One bar: always as long as the drawing is wide, whatever its sum, so that shares can be compared."""

    label: list[Words]
    sum: Words
    y: float
    parts: list[Part]


@dataclass(frozen=True)
class Stacked(Drawing):
    kind: ClassVar[str] = "stacked"
    names: list[str]
    rows: list[Whole]
    height: float
    left_out: int
    says: str
    width: int = WIDTH
    bar: int = HEIGHT

    @property
    def key(self) -> list[str]:
        """The names of the parts."""
        return self.names


def draw(shown: Shown, most: int | None = None, of: Sequence[int] | None = None) -> Stacked:
    """The first `most` rows, in the order of the table."""
    numbers, rows, y = list(of or alike(shown.columns)), [], 0.0
    for row in shown.rows[:most]:
        drawn = _whole(label_of(shown.columns, row), [row[place] for place in numbers], y)
        rows.append(drawn)
        y = drawn.y + HEIGHT + GAP
    names = [shown.columns[place].heading for place in numbers]
    return Stacked(names, rows, max(y - GAP, 0) + 1, len(shown.rows) - len(rows), _says(shown, numbers))


def _whole(text: str, cells: list[Cell], y: float) -> Whole:
    values = [amount(cell) for cell in cells]
    lines = label(text, y, width=WIDTH - BESIDE)
    top, whole = y + LINE * len(lines) + 4, sum(values)
    parts, x = [], 0.0
    for number, value in enumerate(values, start=1):
        width = WIDTH * value / whole if whole else 0
        if value:
            parts.append(Part(round(x, 1), round(width, 1), number, _number(value, x, width, top)))
        x += width
    return Whole(lines, Words(WIDTH, lines[0].y, f"of {in_short(whole)}", "end"), top, parts)


def _number(value: float, x: float, width: float, top: float) -> Words | None:
    text = in_short(value)
    if wide(text) + INSIDE > width:
        return None
    return Words(round(x + width / 2, 1), top + HEIGHT / 2 + 4.5, text, "middle")


def _says(shown: Shown, numbers: list[int]) -> str:
    """Over all rows, how much of the whole each part is."""
    sums = [sum(amount(row[place]) for row in shown.rows) for place in numbers]
    whole = sum(sums)
    if not whole:
        return "Nothing to compare yet: every number is 0."
    names = [shown.columns[place].heading for place in numbers]
    parts = ", ".join(f"{name} {round(part / whole * 100)}%" for name, part in zip(names, sums, strict=True))
    return f"Of {round(whole):,} in all: {parts}."
