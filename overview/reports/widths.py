"""How wide the columns of a report's tables are on paper, by what is in them: a short table is not drawn out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from overview.reports.document import Column

# In millimetres.
PAGE = 261  # between the margins
LETTER, LETTER_OF_HEADING, BESIDE = 1.75, 1.9, 4  # about how wide one is, and what is left free beside a column
FIXED, WIDEST, LONGEST = 36, 85, 120  # a column up to the first shares nothing; the last is for sentences
# Of headings.
ONE_LINE, FEW_COLUMNS = 12, 4  # so many letters are not broken in a table of few columns
LINES = 3


def widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Of each column either `mm`, or the `share` that it gets of what the others leave.

    If each cell in one line is more than a page has, numbers may have a line for each word, and the widest share.
    """
    cells = [[row[place] for row in rows] for place in range(len(columns))]
    is_few = len(columns) <= FEW_COLUMNS
    wanted = [_wanted(column, some, is_few) for column, some in zip(columns, cells, strict=True)]
    if sum(wanted) <= PAGE:
        return [{"mm": width} for width in wanted]
    given: list[dict[str, float]] = []
    for column, some, width in zip(columns, cells, wanted, strict=True):
        if column.is_number:
            given.append({"mm": _wanted(column, (word for cell in some for word in cell.split()), is_few)})
        else:
            given.append({"share" if width > FIXED else "mm": width})
    return given


def _wanted(column: Column, cells: Iterable[str], is_few: bool) -> float:
    """For the longest cell in one line, and the longest word of the heading, which may have some lines."""
    length, words = len(column.heading), map(len, column.heading.split())
    heading = max(min(length, ONE_LINE) if is_few else 0, length / LINES, *words)
    longest = max(map(len, cells), default=0)
    most = LONGEST if column.is_long else WIDEST
    return round(min(max(heading * LETTER_OF_HEADING, longest * LETTER), most) + BESIDE, 1)
