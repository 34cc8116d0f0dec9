"""Reading a table out of a file that somebody sent: what it may be, how large, and what is refused in which words.

Whatever the file is, memory and time are bounded before anything of it is opened, and every cell comes out as text:
dates as 2026-04-08, whole numbers without a point, yes and no in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_BLANK = 2_000  # rows without anything in them, one after the other: there is nothing more to come
LONGEST_CELL = 32_767  # characters: what a cell of Excel can hold


ZIP = b"PK"  # a workbook is a ZIP file
OTHER_FILES = {
    b"\xd0\xcf\x11\xe0": "This is an old Excel workbook (.xls), or one with a password",
    b"<html": "This is a web page, whatever its name says",
    b"<!doctype": "This is a web page, whatever its name says",
    b"<table": "This is a web page, whatever its name says",
    b"<?xml": "This is XML, whatever its name says",
    b"%pdf": "This is a PDF",
}


class UnreadableFile(DomainError):
    """The file cannot be read as a table."""


@dataclass(frozen=True)
class Table:
    """The headings, and the rows that have something in them, each with its number as a spreadsheet counts."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]
    sheet: str = ""


def read(name: str, data: bytes) -> Table:
    """The table in a file, by what it is and not by what it is called. Raises UnreadableFile."""
    from safetyreg.tables import csv_files, workbooks

    look_at(data)
    return workbooks.read(data) if data.startswith(ZIP) else csv_files.read(data)


def look_at(data: bytes) -> None:
    """What tells at once that a file cannot be read, before anything of it is unpacked. Raises UnreadableFile."""
    from safetyreg.tables import workbooks

    if not data.strip():
        raise UnreadableFile("The file is empty")
    if len(data) > MOST_BYTES:
        raise UnreadableFile(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it and send the parts")
    for beginning, words in OTHER_FILES.items():
        if data[:100].lstrip().lower().startswith(beginning):
            raise UnreadableFile(f"{words}. Save it as .xlsx or as CSV, and send that")
    if data.startswith(ZIP):
        workbooks.measure(data)


def table(numbered: Iterable[tuple[int, list[str]]], sheet: str = "") -> Table:
    """What both kinds of file come to: the first row with something in it is the headings. Raises UnreadableFile."""
    lines = _filled(numbered)
    first, headings = next(lines, (0, []))
    if not headings:
        raise UnreadableFile("There is nothing in the file")
    headings = [" ".join(heading.split()) for heading in headings]
    if len(headings) > MOST_COLUMNS:
        raise UnreadableFile(f"The file has more than {MOST_COLUMNS} columns")
    _refuse_doubled(headings)
    rows: list[tuple[int, list[str]]] = []
    for number, cells in lines:
        if len(rows) == MOST_ROWS:
            raise UnreadableFile(f"The file has more than {MOST_ROWS:,} rows. Split it and send the parts")
        _refuse_unheaded(number, cells, headings)
        rows.append((number, [*cells[: len(headings)], *[""] * (len(headings) - len(cells))]))
    if not rows:
        raise UnreadableFile(f"There are headings in row {first} and nothing below them")
    return Table(headings, rows, sheet)


def _filled(numbered: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    blank = 0
    for number, cells in numbered:
        if any(cell.strip() for cell in cells):
            while not cells[-1]:
                cells.pop()
            blank = 0
            yield number, cells
        elif (blank := blank + 1) > MOST_BLANK:
            return


def _refuse_doubled(headings: list[str]) -> None:
    seen: dict[str, int] = {}
    for position, heading in enumerate(headings):
        key = heading.casefold()
        if heading and key in seen:
            both = f"{letters(seen[key])} and {letters(position)}"
            raise UnreadableFile(f"Two columns have the heading “{heading[:80]}”: {both}. Rename or remove one of them")
        seen[key] = position


def _refuse_unheaded(number: int, cells: list[str], headings: list[str]) -> None:
    for position, cell in enumerate(cells):
        if cell.strip() and (position >= len(headings) or not headings[position]):
            raise UnreadableFile(
                f"Row {number} has something in column {letters(position)}, which has no heading. "
                "If cells are merged, separate them; if the file is CSV, look for a stray quote or separator"
            )


def letters(position: int) -> str:
    """A column as spreadsheets name it: A, B, ... Z, AA."""
    name, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
