"""Cells of CSV that a spreadsheet would take for a formula: an apostrophe before them makes them words.

After OWASP's page on CSV injection. `restored` takes the apostrophe away again, so that what was exported comes back as
it was. In XLSX a cell says by its type that it is text, so nothing is put before it.
"""

APOSTROPHE = "'"
# What begins a formula, also in the wide forms that some spreadsheets read alike, and what could hide such a beginning.
STARTS = frozenset(
    "=+-@|%\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
    "\N{FULLWIDTH COMMERCIAL AT}\N{MINUS SIGN}\t\r\n"
)


def harmless(text: str) -> str:
    return APOSTROPHE + text if _could_run(text) else text


def restored(text: str) -> str:
    return text[1:] if text.startswith(APOSTROPHE) and _could_run(text[1:]) else text


def _could_run(text: str) -> bool:
    """Whether it may be taken for a formula; or begins with an apostrophe, which would then be taken away wrongly."""
    first = text.lstrip()[:1]
    return text[:1] in STARTS or first in STARTS or text[:1] == APOSTROPHE if text else False
