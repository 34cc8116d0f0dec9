"""How far numbers of the same kind lie apart: a line from the least to the most, with the middle marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from overview.charts.paper import LINE, WIDTH, Drawing, Words, label
from overview.charts.reading import alike, amount, label_of, unit
from overview.charts.scales import in_short, ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overview.figures.showing import Cell, Shown

HEIGHT, GAP, AXIS = 18, 14, 26
EDGE = 8
BESIDE = 110  # for the numbers, at the right of a label
A_BOX = 5  # least, quarter, middle, three quarters, most


@dataclass(frozen=True)
class Range:
    """One row. `box` is from the quarter to the three quarters, where these are known."""

    label: list[Words]
    numbers: Words
    y: float
    low: float
    high: float
    middle: float | None
    box: tuple[float, float] | None


@dataclass(frozen=True)
class Ranges(Drawing):
    kind: ClassVar[str] = "ranges"
    numbers: str  # what those beside a label are, in their order
    rows: list[Range]
    scale: list[Words]
    height: float
    left_out: int
    says: str
    width: int = WIDTH
    thick: int = HEIGHT

    @property
    def reads(self) -> str:
        return f"Each line runs from the least to the most; the mark is the middle. Numbers: {self.numbers}."


def draw(shown: Shown, most: int | None = None, of: Sequence[int] | None = None) -> Ranges:
    """The first `most` rows that have a number, in the order of the table."""
    spans = list(of or alike(shown.columns))
    known = [row for row in shown.rows if any(row[place].value is not None for place in spans)]
    scale = ticks(max((amount(row[place]) for row in known for place in spans), default=0))
    rows, y = [], 0.0
    for row in known[:most]:
        cells = [row[place] for place in spans if row[place].value is not None]
        drawn = _range(label_of(shown.columns, row), cells, y, scale[-1])
        rows.append(drawn)
        y = drawn.y + HEIGHT + GAP
    return Ranges(
        _numbers(shown, spans),
        rows,
        _axis(scale, y + AXIS - GAP, unit(shown.columns[spans[0]])),
        y + AXIS - GAP + 6,
        len(shown.rows) - len(rows),
        _says(shown, known, spans),
    )


def _range(text: str, cells: list[Cell], y: float, most: float) -> Range:
    lines = label(text, y, width=WIDTH - BESIDE)
    in_order = sorted(cells, key=amount)
    at = [_x(amount(cell), most) for cell in in_order]
    numbers = " \N{EN DASH} ".join(in_short(amount(cell)) for cell in in_order)
    return Range(
        lines,
        Words(WIDTH, lines[0].y, numbers, "end"),
        y + LINE * len(lines) + 4,
        at[0],
        at[-1],
        at[len(at) // 2] if len(at) % 2 else None,
        (at[1], at[3]) if len(at) == A_BOX else None,
    )


def _x(value: float, most: float) -> float:
    return round(EDGE + (WIDTH - 2 * EDGE) * value / most, 1)


def _axis(scale: list[float], y: float, of: str) -> list[Words]:
    last = len(scale) - 1
    anchors = {0: "start", last: "end"}
    return [
        Words(
            _x(value, scale[-1]) + (EDGE if place == last else -EDGE if place == 0 else 0),
            y,
            in_short(value) + (of if place == last else ""),
            anchors.get(place, "middle"),
        )
        for place, value in enumerate(scale)
    ]


def _numbers(shown: Shown, spans: list[int]) -> str:
    return ", ".join(shown.columns[place].heading for place in spans)


def _says(shown: Shown, known: list[list[Cell]], spans: list[int]) -> str:
    middle = spans[len(spans) // 2]
    given = [row for row in known if row[middle].value is not None]
    if not given:
        return "There are no numbers to compare yet."
    low, high = min(given, key=lambda row: amount(row[middle])), max(given, key=lambda row: amount(row[middle]))
    column = shown.columns[middle]
    return (
        f"{column.heading}: from {low[middle].text}{unit(column)} ({label_of(shown.columns, low)})"
        f" to {high[middle].text}{unit(column)} ({label_of(shown.columns, high)})."
    )
