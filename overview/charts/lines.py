"""Lines over months, told apart by dashes and by the shape of their points, with their last numbers printed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from overview.charts.paper import SIZE, WIDTH, Drawing, Words, wide
from overview.charts.reading import alike, amount, label_of, label_places, places, unit
from overview.charts.scales import in_short, ticks
from overview.figures.tables import Holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overview.figures.showing import Cell, Shown
    from overview.figures.tables import Column

HEIGHT = 210
TOP, BOTTOM = 12, 26
MOST_LINES = 5
MOST_NUMBERS = 13  # of a single line, each is printed
MOST_BETWEEN = 3  # months that are named between the first and the last
APART = 13  # between the last numbers of two lines


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """`style` counts from 1, as in the key. A line has several `runs` where months are missing in between."""

    name: str
    style: int
    runs: list[str]
    points: list[Point]
    last: Words | None


@dataclass(frozen=True)
class Lines(Drawing):
    kind: ClassVar[str] = "lines"
    noun: ClassVar[str] = "line"
    lines: list[Line]
    rules: list[Words]  # across the drawing, at the height of each number of the scale
    months: list[Words]
    numbers: list[Words]  # over the points of a single line
    left: float
    right: float
    left_out: int
    says: str
    width: int = WIDTH
    height: int = HEIGHT
    bottom: float = HEIGHT - BOTTOM

    @property
    def key(self) -> list[str]:
        return [line.name for line in self.lines]


Series = dict[str, dict[int, "Cell"]]  # by name, by month


def draw(shown: Shown, most: int | None = None, of: Sequence[int] | None = None) -> Lines:
    """One line for each column of numbers; or, with a second label, one for each of what it says.

    Of more than five those with the largest sums are drawn; `left_out` counts the others.
    """
    of = of or alike(shown.columns)
    series = _series(shown, of)
    kept = sorted(series, key=lambda name: -sum(map(amount, series[name].values())))[:MOST_LINES]
    lines = {name: found for name, found in series.items() if name in kept}
    months = sorted({month for found in series.values() for month in found})
    scale = _scale(lines, shown.columns[of[0]])
    left = max(wide(words) for words in scale.values()) + 8
    lasts = [_printed(found[max(found)]) for found in lines.values()]
    sheet = _Sheet(months, max(scale), left, WIDTH - max(map(wide, lasts)) - 12)
    return Lines(
        _spread([_line(name, style, found, sheet) for style, (name, found) in enumerate(lines.items(), start=1)]),
        [Words(left - 6, sheet.y(value) + 4, words, "end") for value, words in scale.items()],
        _month_words(sheet),
        _numbers(lines, sheet),
        left,
        sheet.right,
        len(series) - len(lines),
        _says(shown.columns[of[0]], lines, months),
    )


@dataclass(frozen=True)
class _Sheet:
    """Where months and numbers stand. A month is counted in months since the year 0."""

    months: list[int]
    most: float
    left: float
    right: float

    def x(self, month: int) -> float:
        first, last = self.months[0], self.months[-1]
        part = (month - first) / (last - first) if last > first else 0.5
        return round(self.left + (self.right - self.left) * part, 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.most, 1)


def _series(shown: Shown, of: Sequence[int]) -> Series:
    month = places(shown.columns, Holds.MONTH)[0]
    others = [place for place in label_places(shown.columns) if place != month]
    series: Series = defaultdict(dict)
    for row in shown.rows:
        year, number = map(int, row[month].value.split("-"))
        about = label_of(shown.columns, row, without=[month])
        for place in of if not others else of[:1]:
            if row[place].value is not None:
                series[about or shown.columns[place].heading][year * 12 + number - 1] = row[place]
    return dict(series)


def _scale(lines: Series, column: Column) -> dict[float, str]:
    if column.holds == Holds.SHARE:
        return {quarter / 4: f"{quarter * 25}%" for quarter in range(5)}
    top = max(amount(cell) for found in lines.values() for cell in found.values())
    return {value: in_short(value) for value in ticks(top)}


def _line(name: str, style: int, found: dict[int, Cell], sheet: _Sheet) -> Line:
    points = {month: Point(sheet.x(month), sheet.y(amount(found[month]))) for month in sorted(found)}
    last = max(found)
    end = Words(points[last].x + 8, points[last].y + 4, _printed(found[last]))
    return Line(name, style, _runs(points), list(points.values()), end)


def _runs(points: dict[int, Point]) -> list[str]:
    runs: list[list[str]] = []
    before = None
    for month, point in points.items():
        if before is None or month > before + 1:
            runs.append([])
        runs[-1].append(f"{point.x},{point.y}")
        before = month
    return [" ".join(run) for run in runs if len(run) > 1]


def _spread(lines: list[Line]) -> list[Line]:
    """Last numbers that would stand on each other are moved apart, downwards, or left out where there is no room."""
    moved: dict[str, Words | None] = {}
    lowest = 0.0
    for name, last in sorted(((line.name, line.last) for line in lines if line.last), key=lambda one: one[1].y):
        y = max(last.y, lowest)
        moved[name] = Words(last.x, round(y, 1), last.text) if y < HEIGHT - BOTTOM + 6 else None
        lowest = y + APART
    return [replace(line, last=moved[line.name]) for line in lines]


def _numbers(lines: Series, sheet: _Sheet) -> list[Words]:
    """Over each point of a single line but the last, whose number stands beside it."""
    if len(lines) > 1 or len(sheet.months) > MOST_NUMBERS:
        return []
    (found,) = lines.values()
    texts = {month: _printed(cell) for month, cell in sorted(found.items())[:-1]}
    step = (sheet.right - sheet.left) / max(len(sheet.months) - 1, 1)
    if max(map(wide, texts.values()), default=0) > step:
        return []
    return [
        Words(sheet.x(month), max(sheet.y(amount(found[month])) - 8, SIZE), text, "middle")
        for month, text in texts.items()
    ]


def _month_words(sheet: _Sheet) -> list[Words]:
    """The first and the last with their years; every third of those between, as far as there is room."""
    first, last = sheet.months[0], sheet.months[-1]
    y = HEIGHT - 6
    if first == last:
        return [Words(sheet.x(first), y, _name(first, year=True), "middle")]
    ends = [Words(sheet.left, y, _name(first, year=True)), Words(sheet.right, y, _name(last, year=True), "end")]
    start, end = sheet.left + wide(ends[0].text), sheet.right - wide(ends[1].text)
    between = [Words(sheet.x(month), y, _name(month), "middle") for month in range(first + 3, last, 3)]
    free = [words for words in between if start < words.x - wide(words.text) and words.x + wide(words.text) < end]
    return [ends[0], *(free if len(free) <= MOST_BETWEEN else []), ends[1]]


def _name(month: int, *, year: bool = False) -> str:
    return f"{date(month // 12, month % 12 + 1, 1):{'%b %Y' if year else '%b'}}"


def _printed(cell: Cell) -> str:
    return cell.text if cell.text.endswith("%") else in_short(amount(cell))


def _says(column: Column, lines: Series, months: list[int]) -> str:
    went = []
    for name, found in lines.items():
        first, last = found[min(found)], found[max(found)]
        went.append(f"{name} from {first.text} to {last.text}{unit(column)}")
    spell = f"{_name(months[0], year=True)} to {_name(months[-1], year=True)}"
    return f"{spell}: {'; '.join(went)}."
