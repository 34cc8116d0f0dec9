"""Tables whose cells are shaded by their numbers: the 5x5 matrix, and what goes from whom to whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from overview.charts.reading import alike, amount, label_places, places
from overview.figures.tables import Holds
from risks.scoring import CONSEQUENCES, LIKELIHOODS, band

if TYPE_CHECKING:
    from collections.abc import Sequence

    from overview.figures.showing import Cell, Shown

SHADES = 4
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class HeatCell:
    likelihood: int
    consequence: int
    band: str
    cell: Cell | None  # None where there is nothing

    @property
    def score(self) -> int:
        return self.likelihood * self.consequence


@dataclass(frozen=True)
class HeatMap:
    """The highest consequence first, in each row the lowest likelihood first, as the matrix is always drawn."""

    kind: ClassVar[str] = "heat_map"
    rows: list[tuple[str, list[HeatCell]]]
    columns: list[str]
    what: str
    says: str
    left_out: int = 0


def heat_map(shown: Shown, most: int | None = None, of: Sequence[int] | None = None) -> HeatMap:
    """All of it, whatever `most` is: there are 25 cells."""
    (likelihood,), (consequence,) = places(shown.columns, Holds.LIKELIHOOD), places(shown.columns, Holds.CONSEQUENCE)
    number = (of or alike(shown.columns))[0]
    found = {(row[likelihood].value, row[consequence].value): row[number] for row in shown.rows}
    rows = [
        (
            f"{across.value} {across.name}",
            [
                HeatCell(
                    up.value, across.value, band(up.value * across.value).value, found.get((up.value, across.value))
                )
                for up in LIKELIHOODS
            ],
        )
        for across in reversed(CONSEQUENCES)
    ]
    what = shown.columns[number].heading
    return HeatMap(rows, [f"{step.value} {step.name}" for step in LIKELIHOODS], what, _says_of_heat(found, what))


def _says_of_heat(found: dict[tuple[int, int], Cell], what: str) -> str:
    (likelihood, consequence), top = max(found.items(), key=lambda one: amount(one[1]))
    of = f"{round(sum(amount(cell) for cell in found.values())):,}"
    return f"{what}, most: {top.text} of {of} at likelihood {likelihood}, consequence {consequence}."


@dataclass(frozen=True)
class Crossing:
    """One cell. `shade` is 0 where there is nothing, and goes up to 4."""

    to: str
    cell: Cell | None
    shade: int


@dataclass(frozen=True)
class Matrix:
    """Columns go by letters, which `letters` explains, so that long names find room on a phone."""

    kind: ClassVar[str] = "matrix"
    letters: list[tuple[str, str]]
    rows: list[tuple[str, list[Crossing]]]
    from_heading: str
    to_heading: str
    left_out: int
    says: str


def matrix(shown: Shown, most: int | None = None, of: Sequence[int] | None = None) -> Matrix:
    """From the first organisation of a row to the second: those of each with the largest sums, `most` at most.

    `left_out` counts the rows of the table that are not on it, among them one that names no organisation.
    """
    start, end = label_places(shown.columns)[:2]
    number = (of or alike(shown.columns))[0]
    size = min(most or len(LETTERS), len(LETTERS))
    named = [row for row in shown.rows if row[start].value is not None and row[end].value is not None]
    rows, columns = _largest(named, start, number, size), _largest(named, end, number, size)
    found = {(row[start].value, row[end].value): row[number] for row in named}
    top = max((amount(cell) for cell in found.values()), default=0)
    drawn = [
        (name, [_crossing(found.get((key, other)), columns[other], top) for other in columns])
        for key, name in rows.items()
    ]
    on_it = sum(key in rows and other in columns for key, other in found)
    return Matrix(
        list(zip(LETTERS, columns.values(), strict=False)),
        drawn,
        shown.columns[start].heading,
        shown.columns[end].heading,
        len(shown.rows) - on_it,
        _says_of_matrix(shown, named, (start, end, number)),
    )


def _largest(named: Sequence[list[Cell]], place: int, number: int, size: int) -> dict[object, str]:
    """The names of those with the largest sums, by their keys."""
    sums: Counter[object] = Counter()
    such: dict[object, Cell] = {}
    for row in named:
        sums[row[place].value] += amount(row[number])  # type: ignore[assignment]
        such[row[place].value] = row[place]
    least = sorted(sums.values(), reverse=True)[:size][-1] if sums else 0
    names = {key: such[key].text for key, many in sums.items() if many >= least}
    kept = sorted(names, key=lambda key: (-sums[key], names[key]))[:size]
    return {key: names[key] for key in kept}


def _crossing(cell: Cell | None, to: str, top: float) -> Crossing:
    value = amount(cell) if cell else 0
    return Crossing(to, cell, min(int(value / top * SHADES) + 1, SHADES) if value else 0)


def _says_of_matrix(shown: Shown, named: Sequence[list[Cell]], places: tuple[int, int, int]) -> str:
    start, end, number = places
    what = shown.columns[number].heading
    if not named:
        return f"{what}: nothing that names two organisations."
    top = max(named, key=lambda row: amount(row[number]))
    return f"{what}, most: from {top[start].text} to {top[end].text}, {top[number].text}."
