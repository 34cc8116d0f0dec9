"""Reading tables that anybody may have made, and writing them so that nothing in them runs."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from safetyreg.tables import reading, workbooks, writing
from safetyreg.tables.harmless import STARTS, harmless, restored
from safetyreg.tables.reading import UnreadableFile

HEADINGS = ["Key", "Title", "Cause"]
# What a cell of the register can hold: any text but what PostgreSQL and XML cannot.
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\ufffe\uffff"), max_size=40)
WIDE_EQUALS = "\N{FULLWIDTH EQUALS SIGN}1"
RISKY = st.sampled_from(
    ["=1+1", "'", "''", "'=1", " =1", "+1", "-1", "@SUM(A1)", WIDE_EQUALS, "\t=1", "_x000D_", "'tis", "a\r\nb"]
)


def workbook(rows: list[list[str]]) -> bytes:
    with writing.workbook(HEADINGS, rows, "Risks") as file:
        return file.read()


def rows_of(*rows: list[str]) -> list[list[str]]:
    return [["x", *row] for row in rows]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TEXTS | RISKY, TEXTS | RISKY), min_size=1, max_size=3))
@example([("=cmd|' /C calc'!A0", "'=1"), ("''", "\r")])
def test_what_is_written_is_read_again_as_it_was(cells: list[tuple[str, str]]) -> None:
    rows = rows_of(*map(list, cells))
    for data in (b"".join(writing.csv_lines(HEADINGS, rows)), workbook(rows)):
        table = reading.read("risks", data)
        assert table.headings == HEADINGS
        assert [cells for _, cells in table.rows] == rows


@given(TEXTS | RISKY)
def test_no_cell_of_csv_begins_a_formula(text: str) -> None:
    shown = harmless(text)
    assert shown[:1] not in STARTS
    assert shown.lstrip()[:1] not in STARTS
    assert restored(shown) == text


@pytest.mark.parametrize("start", [*sorted(STARTS), *"\uff1d\uff05\uff5c\ufe66\ufe62\ufe6b\u207c\u208a"])
def test_what_is_not_seen_hides_no_formula(start: str) -> None:
    """A spreadsheet, or whatever a file went through before it, may drop them."""
    for unseen in ("", *" \xa0\x01\x1f\x7f\xad\u200b\u200e\u2060\ufeff\u3000", " \x0b\u200b"):
        text = f"{unseen}{start}1+1"
        assert harmless(text) == f"'{text}", ascii(text)
        assert restored(harmless(text)) == text


@pytest.mark.parametrize("start", sorted(STARTS))
def test_a_workbook_holds_no_formula_and_no_link(start: str) -> None:
    rows = rows_of([f"{start}HYPERLINK(1)", "https://test.example"])
    page = load_workbook(io.BytesIO(workbook(rows))).active
    assert {cell.data_type for line in page.iter_rows() for cell in line} == {"s"}
    assert page["C2"].hyperlink is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_usual_kind_of_csv_is_read(encoding: str, separator: str) -> None:
    text = separator.join(HEADINGS) + "\r\n" + separator.join(["1", '"Café, £5; ""twice"""', '"two\nlines"']) + "\r\n"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    table = reading.read("risks.csv", mark + text.encode(encoding))
    assert table.rows == [(2, ["1", 'Café, £5; "twice"', "two\nlines"])]


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    table = reading.read("a.csv", b'Key,Title\n1,"two\nlines"\n\n2,b\n')
    assert table.rows == [(2, ["1", "two\nlines"]), (4, ["2", "b"])]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"a,b\n", "There are headings in row 1 and nothing below them"),
        (b"a,b\n\x001,2\n", "The file holds characters that are no text"),
        (b"a,b\n\x81\x8d,2\n", "The file is no text that can be read"),
        (b"Title,title \n1,2\n", "Two columns have the heading “title”: A and B"),
        (b"a,b\n1,2,3\n", "Row 2 has something in column C, which has no heading"),
        (b'a,b\n1,"never closed\n' + b"x\n" * 20, "Row 2 (line 22) cannot be read"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", "Row 2 (line 2) cannot be read"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 50, "This is an old Excel workbook (.xls), or one with a password"),
        (b"<html><table>", "This is a web page, whatever its name says"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"PK\x03\x04 no zip", "The file is no Excel workbook that can be read"),
        (b",".join(b"h%d" % n for n in range(300)) + b"\n1\n", "The file has more than 200 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        reading.read("risks.csv", data)
    assert refusal.value.message.startswith(words)


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="more than 20,000 rows"):
        reading.read("a.csv", b"a\n" + b"1\n" * 20_001)


def test_too_large_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1024 * 1024)
    with pytest.raises(UnreadableFile, match="larger than 1 MB"):
        reading.read("a.csv", b"a\n" + b"1\n" * 1024 * 1024)


def book(*lines: list[object], **sheets: str) -> bytes:
    made = Workbook()
    for line in lines:
        made.active.append(line)
    for name, state in sheets.items():
        made.create_sheet(name).sheet_state = state
    return saved(made)


def saved(made: Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_cells_of_a_workbook_come_out_as_text() -> None:
    lines = [["Key", "Day", "Yes", "Number", "None", "Part"], [1, date(2026, 4, 8), True, 4.0, None, 2.5]]
    [(number, cells)] = reading.read("a.xlsx", book(*lines)).rows
    assert (number, cells) == (2, ["1", "2026-04-08", "Yes", "4", "", "2.5"])
    [(_, cells)] = reading.read("a.xlsx", book(["Key"], [datetime(2026, 4, 8, 9, 30)])).rows  # noqa: DTZ001
    assert cells == ["2026-04-08 09:30"]


def test_hidden_sheets_are_not_read() -> None:
    made = Workbook()
    made.active.append(["Secret"])
    made.active.append(["hidden"])
    made.active.sheet_state = "hidden"
    shown = made.create_sheet("Shown")
    shown.append(["Key"])
    shown.append(["seen"])
    made.active = 1
    table = reading.read("a.xlsx", saved(made))
    assert (table.sheet, table.rows) == ("Shown", [(2, ["seen"])])


def test_a_formula_counts_as_what_it_came_to_and_is_never_worked_out() -> None:
    table = reading.read("a.xlsx", book(["Key", "Title"], ["1", "=1+1"]))
    assert table.rows == [(2, ["1", ""])]


def test_merged_headings_are_refused_with_what_to_do() -> None:
    made = Workbook()
    made.active.append(["Key", "Title", "Cause"])
    made.active.append(["1", "a", "b"])
    made.active.merge_cells("B1:C1")
    with pytest.raises(UnreadableFile, match="If cells are merged, separate them"):
        reading.read("a.xlsx", saved(made))


def test_a_cell_far_away_costs_nothing() -> None:
    made = Workbook()
    made.active.append(["Key"])
    made.active.append(["1"])
    made.active.cell(1_000_000, 1, "far")
    assert reading.read("a.xlsx", saved(made)).rows == [(2, ["1"])]
    made.active.cell(3, 16_000, "wide")
    assert reading.read("a.xlsx", saved(made)).rows == [(2, ["1"])]


def repacked(data: bytes, **parts: bytes) -> bytes:
    """A workbook with other parts in it; `xl__vbaProject_bin` stands for xl/vbaProject.bin."""
    named = {name.replace("__", "/").replace("_", "."): content for name, content in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in named:
                new.writestr(part, old.read(part))
        for name, content in named.items():
            new.writestr(name, content)
    return file.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "load_workbook", lambda *_, **__: pytest.fail("it was opened"))
    bomb = repacked(book(["Key"], ["1"]), xl__worksheets__sheet1_xml=b"<a>" + b" " * 200_000_000)
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableFile, match="unpacks to more"):
        reading.read("a.xlsx", bomb)


def test_macros_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="has macros"):
        reading.read("a.xlsm", repacked(book(["Key"], ["1"]), xl__vbaProject_bin=b"anything"))


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>',
    ],
)
def test_entities_are_refused(doctype: bytes) -> None:
    sheet = (
        b'<?xml version="1.0"?>'
        + doctype
        + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(UnreadableFile):
        reading.read("a.xlsx", repacked(book(["Key"], ["1"]), xl__worksheets__sheet1_xml=sheet))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 4_000))
def test_a_spoiled_workbook_is_refused_and_never_an_error(noise: bytes, place: int) -> None:
    data = book(["Key", "Title"], ["1", "a"])
    place %= len(data)
    with contextlib.suppress(UnreadableFile):
        reading.read("a.xlsx", b"PK" + (data[:place] + noise + data[place + len(noise) :])[2:])
