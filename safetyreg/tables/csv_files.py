"""Reading CSV as Excel, Datix and others write it: any usual encoding, and commas, semicolons or tabs between cells."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

from safetyreg.tables.harmless import restored
from safetyreg.tables.reading import LONGEST_CELL, Table, UnreadableFile, table

if TYPE_CHECKING:
    from collections.abc import Iterator

BY_MARK = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS = ",;\t"
QUOTE = '"'


def read(data: bytes) -> Table:
    """Raises UnreadableFile."""
    text = _decoded(data)
    if "\0" in text:
        raise UnreadableFile("The file holds characters that are no text. Save it again as CSV (UTF-8)")
    return table(_lines(text, _separator(text)))


def _decoded(data: bytes) -> str:
    for mark, encoding in BY_MARK:
        if data.startswith(mark):
            return _decode(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(data, "windows-1252")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile("The file is no text that can be read. Save it as CSV (UTF-8) or as .xlsx") from None


def _separator(text: str) -> str:
    """What separates the headings: whichever occurs most among them, outside quotes."""
    counts = dict.fromkeys(SEPARATORS, 0)
    quoted = False
    for character in text.lstrip()[:50_000]:
        if character == QUOTE:
            quoted = not quoted
        elif not quoted and character in "\r\n":
            break
        elif not quoted and character in counts:
            counts[character] += 1
    return max(counts, key=lambda separator: counts[separator])


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows are counted as a spreadsheet counts them: a cell of several lines is in one row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise UnreadableFile(
                f"Row {number} (line {reader.line_num}) cannot be read: look for a quote that is not closed, "
                "or a very long cell"
            ) from None
        if cells is None:
            return
        for cell in cells:
            if len(cell) > LONGEST_CELL + 1:
                raise UnreadableFile(f"Row {number} has a cell of more than {LONGEST_CELL:,} characters")
        yield number, [restored(cell) for cell in cells]
