"""Writing tables row by row, in constant memory: CSV as it is sent, XLSX into a file that is sent when it is done."""

from __future__ import annotations

import csv
import tempfile
from typing import IO, TYPE_CHECKING

from xlsxwriter import Workbook

from safetyreg.tables.harmless import harmless
from safetyreg.tables.reading import LONGEST_CELL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # tells Excel that the file is UTF-8
LINES_AT_ONCE = 200
CHUNK = 64 * 1024
WIDTHS = (12, 40)
STRINGS_ONLY = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": False,
}


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    waiting = [MARK, writer.writerow([harmless(heading) for heading in headings])]
    for row in rows:
        waiting.append(writer.writerow([harmless(cell) for cell in row]))
        if len(waiting) >= LINES_AT_ONCE:
            yield "".join(waiting).encode()
            waiting = []
    yield "".join(waiting).encode()


def workbook(headings: Sequence[str], rows: Iterable[Sequence[str]], sheet: str) -> IO[bytes]:
    """A temporary file, at its beginning, that goes when it is closed. Every cell is text."""
    file = tempfile.TemporaryFile(prefix="safetyreg-")  # noqa: SIM115 - closed by whoever sends it
    book = Workbook(file, STRINGS_ONLY)
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    page = book.add_worksheet(sheet[:31])
    page.freeze_panes(1, 0)
    for position, heading in enumerate(headings):
        page.set_column(position, position, min(max(len(heading) + 2, WIDTHS[0]), WIDTHS[1]))
    for position, heading in enumerate(headings):
        page.write_string(0, position, heading, bold)
    for number, row in enumerate(rows, start=1):
        for position, cell in enumerate(row):
            if cell:
                page.write_string(number, position, cell[:LONGEST_CELL], plain)
    book.close()
    file.seek(0)
    return file


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece
