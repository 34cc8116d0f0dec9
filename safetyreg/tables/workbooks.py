"""Reading XLSX. What it holds is measured before it is opened; nothing in it is run, fetched or worked out."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.escape import unescape

from safetyreg.tables.reading import MOST_BLANK, MOST_COLUMNS, MOST_ROWS, Table, UnreadableFile, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MOST_UNPACKED = 150 * 1024 * 1024  # bytes of all parts together
MOST_SHARED = 40 * 1024 * 1024  # bytes of the texts that cells share, which are held in memory
MOST_PARTS = 1_000
SHARED = "xl/sharedStrings.xml"
ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
NOT_A_WORKBOOK = "The file is no Excel workbook that can be read. Save it again as .xlsx or as CSV"
TOO_LARGE = "The workbook unpacks to more than the register reads. Save only the risks, as .xlsx or as CSV"
# Whatever the parts of a spoiled file can make the reader trip over.
SPOILED = (
    zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, KeyError, IndexError, ValueError, TypeError,
    AttributeError, EOFError, NotImplementedError, OverflowError, AssertionError, OSError, RuntimeError,
)  # fmt: skip


def read(data: bytes) -> Table:
    """The first sheet that is shown. Raises UnreadableFile."""
    if not DEFUSEDXML:
        raise RuntimeError("defusedxml is not in use: workbooks are not safe to read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and parts that are of no interest here
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheet = _shown(book)
            return table(_rows(sheet), sheet.title)
    except SPOILED as error:
        raise UnreadableFile(NOT_A_WORKBOOK) from error


def measure(data: bytes) -> None:
    """Refuse what would unpack to too much. What a part says of its size is also the most that is read of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            found = parts.infolist()
    except SPOILED as error:
        raise UnreadableFile(NOT_A_WORKBOOK) from error
    names = {part.filename.lower() for part in found}
    if len(found) > MOST_PARTS or sum(part.file_size for part in found) > MOST_UNPACKED:
        raise UnreadableFile(TOO_LARGE)
    if any(part.file_size > MOST_SHARED for part in found if part.filename.lower() == SHARED.lower()):
        raise UnreadableFile(TOO_LARGE)
    if any(part.flag_bits & 0x1 for part in found):
        raise UnreadableFile("The workbook has a password. Save it without one")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise UnreadableFile("The workbook has macros. Save it as .xlsx, which has none")
    if "[content_types].xml" not in names:
        raise UnreadableFile(NOT_A_WORKBOOK)


def _shown(book: Workbook) -> ReadOnlyWorksheet:
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return sheet
    raise UnreadableFile("Every sheet of the workbook is hidden")


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, list[str]]]:
    """Within bounds that no sheet can lie about: one cell far to the right or far below costs nothing."""
    sheet.reset_dimensions()
    furthest = MOST_ROWS + MOST_BLANK + 10
    rows = sheet.iter_rows(max_row=furthest * 2, max_col=MOST_COLUMNS + 1, values_only=True)
    for number, cells in enumerate(rows, start=1):
        yield number, [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    text = str(cell)
    return unescape(text) if ESCAPED.search(text) else text
