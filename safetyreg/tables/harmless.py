"""Cells of CSV that a spreadsheet would take for a formula: an apostrophe before them makes them words.

After OWASP's page on CSV injection. `restored` takes the apostrophe away again, so that what was exported comes back as
it was. In XLSX a cell says by its type that it is text, so nothing is put before it.
"""

from __future__ import annotations

from unicodedata import category, normalize

APOSTROPHE = "'"
# What begins a formula, also in the wide and small forms that some spreadsheets read alike.
STARTS = frozenset("=+-@|%\N{MINUS SIGN}")
# What a spreadsheet may drop, so that what comes after it begins the cell.
DROPPED = frozenset("\t\r\n")
UNSEEN = frozenset({"Cc", "Cf"})  # control and format characters, such as a space without width


def harmless(text: str) -> str:
    return APOSTROPHE + text if _could_run(text) else text


def restored(text: str) -> str:
    return text[1:] if text.startswith(APOSTROPHE) and _could_run(text[1:]) else text


def _could_run(text: str) -> bool:
    """Whether it may be taken for a formula; or begins with an apostrophe, which would then be taken away wrongly."""
    if text[:1] == APOSTROPHE or text[:1] in DROPPED:
        return True
    first = next((character for character in text if not _is_unseen(character)), "")
    return first in STARTS or (not first.isascii() and normalize("NFKC", first)[:1] in STARTS)


def _is_unseen(character: str) -> bool:
    return character.isspace() or category(character) in UNSEEN
