"""The tables of a report as XLSX: one sheet for each, numbers as numbers, and all that people typed as text."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from safetyreg.tables.reading import LONGEST_CELL
from safetyreg.tables.writing import STRINGS_ONLY

if TYPE_CHECKING:
    from overview.reports.document import Document, Table
    from overview.reports.looking_up import Value

LONGEST_NAME = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
NARROW, WIDE = 16, 44


def written(document: Document) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {**STRINGS_ONLY, "constant_memory": False, "in_memory": True})
    book.set_properties({"title": f"{document.title}, {document.body}"})
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    _cover(book, document, bold, plain)
    taken = {"cover"}
    for section in document.sections:
        for table in section.tables:
            _sheet(book, table, _name(table, taken), bold, plain)
    book.close()
    return out.getvalue()


def _cover(book: Workbook, document: Document, bold: Any, plain: Any) -> None:
    page = book.add_worksheet("Cover")
    page.set_column(0, 0, NARROW)
    page.set_column(1, 1, WIDE)
    page.write_string(0, 0, document.title, bold)
    for number, (name, value) in enumerate(document.facts, start=2):
        page.write_string(number, 0, name, bold)
        page.write_string(number, 1, value, plain)


def _sheet(book: Workbook, table: Table, name: str, bold: Any, plain: Any) -> None:
    page = book.add_worksheet(name)
    page.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        page.set_column(place, place, NARROW if column.is_number else WIDE)
        page.write_string(0, place, column.heading, bold)
    for number, row in enumerate(table.rows, start=1):
        for place, value in enumerate(row):
            _write(page, number, place, value, plain)
    if table.total > len(table.rows):
        page.write_string(len(table.rows) + 1, 0, f"The first {len(table.rows):,} of {table.total:,}", plain)


def _write(page: Any, row: int, place: int, value: Value, plain: Any) -> None:
    if value.number is not None:
        page.write_number(row, place, value.number, plain)
    else:
        page.write_string(row, place, value.text[:LONGEST_CELL], plain)


def _name(table: Table, taken: set[str]) -> str:
    """The heading as far as a sheet's name can hold it, and never twice."""
    whole = NOT_IN_NAMES.sub("", table.heading)
    name, number = whole[:LONGEST_NAME], 2
    while name.lower() in taken:
        ending = f" {number}"
        name, number = whole[: LONGEST_NAME - len(ending)] + ending, number + 1
    taken.add(name.lower())
    return name
