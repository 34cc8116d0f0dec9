"""A report as PDF: tagged and PDF/UA-1, drawn by Typst within this process, without a network and without markup.

What people typed reaches the drawing as JSON and is set as text. It reads no file but its own template.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from fontTools.ttLib import TTFont

from overview.reports.on_paper import as_given
from overview.reports.widths import PAGE, widths
from safetyreg.words import when

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from overview.reports.document import Column, Document, Table
    from overview.reports.looking_up import Value

TEMPLATE = Path(__file__).with_name("report.typ")
FONT, FACES = "Source Sans Pro", ("Regular", "Semibold", "Bold")  # what people typed is never set in italics
MOST_ROWS = 50  # of one table: it is for a meeting, and the workbook has more
LONGEST = 2_000  # characters in a cell
LACKING = "\N{BALLOT BOX}"  # the font has no replacement character
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def drawn(document: Document, moment: datetime) -> bytes:
    """The PDF. Raises typst.TypstError, which nothing that people typed should bring about."""
    given = _shown_by_font(_plain(document, moment))
    return typst.compile(
        TEMPLATE.read_bytes(),
        root=str(TEMPLATE.parent),
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"report": json.dumps(given)},
        timestamp=int(moment.timestamp()),
    )


def _plain(document: Document, moment: datetime) -> dict[str, Any]:
    return {
        "title": document.title,
        "body": document.body,
        "moment": when(moment),
        "font": FONT,
        "width": PAGE,
        "facts": [list(fact) for fact in document.facts],
        "notes": [
            "It is for the members of this body who read risks. It shows what the body may read at the moment at which "
            "it was drawn.",
            f"Of each table it has the first {MOST_ROWS} rows, and says how many there are; the workbook that goes "
            "with it has more. A number in brackets is what it was at the last report, where that was another. A "
            f"character that the font of this document lacks is shown as {LACKING}.",
        ],
        "sections": [
            {"heading": section.heading, "tables": [_table(table) for table in section.tables]}
            for section in document.sections
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [_row(table.columns, row) for row in table.rows[:MOST_ROWS]]
    columns = [column for column in table.columns if not column.is_then]
    return {
        "heading": table.heading,
        "says": table.says,
        "columns": [
            {"heading": column.heading, "number": column.is_number} | width
            for column, width in zip(columns, widths(columns, rows), strict=True)
        ],
        "rows": rows,
        "left_out": _left_out(len(rows), len(table.rows), table.total),
        "empty": table.empty,
        "chart": as_given(table.chart, table.heading, FONT),
    }


def _row(columns: Sequence[Column], row: Sequence[Value]) -> list[str]:
    """The words of its cells, with what a number was in brackets behind it where it was another."""
    words: list[str] = []
    for column, value in zip(columns, row, strict=True):
        if not column.is_then:
            words.append(_short(value.text))
        elif value.text != words[-1]:
            words[-1] += f" ({value.text})"
    return words


def _left_out(shown: int, written: int, total: int) -> str:
    if shown == total:
        return ""
    others = "all of them" if written == total else f"the first {written:,}"
    return f"These are the first {shown:,} of {total:,}{f'; the workbook has {others}' if written > shown else ''}."


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} (cut: the rest is in the register)"


def _shown_by_font(given: Any) -> Any:
    """The same with nothing that the font lacks: a single such character would keep the whole from being drawn."""
    if isinstance(given, dict):
        return {key: _shown_by_font(value) for key, value in given.items()}
    if isinstance(given, list):
        return [_shown_by_font(value) for value in given]
    return "".join(map(_shown, unicodedata.normalize("NFC", given))) if isinstance(given, str) else given


def _shown(character: str) -> str:
    if character.isspace():
        return "\n" if character == "\n" else " "
    if unicodedata.category(character) in UNSEEN:
        return ""
    return character if ord(character) in _characters() else LACKING


@cache
def _characters() -> frozenset[int]:
    """Those that every face of the font has."""
    return frozenset(set.intersection(*(_characters_of(_fonts() / f"SourceSansPro-{face}.ttf") for face in FACES)))


def _characters_of(file: Path) -> set[int]:
    with TTFont(file, lazy=True) as face:
        return set(face.getBestCmap())


@cache
def _fonts() -> Path:
    """Where its package has the files of the font. Importing the package would do more than that."""
    found = find_spec("font_source_sans_pro")
    if found is None or found.origin is None:
        raise RuntimeError("The font of reports is not installed")
    return Path(found.origin).parent / "files"
