"""Reports made and read back, by other libraries than wrote them."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook
from pypdf import PdfReader

from overview.reports import services
from tests.factories import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from overview.models import Report


def made(by: Actor, now: datetime = NOW) -> Report:
    report = services.ask_report(by=by, now=now)
    services.work(now=now)
    report.refresh_from_db()
    return report


def fetched(report: Report, kind: str, by: Actor, now: datetime = NOW) -> bytes:
    return services.fetch(report=report, kind=kind, by=by, now=now)


def pdf(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def words_of(data: bytes) -> str:
    """All the text of a PDF, with every run of white space as one space."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf(data).pages))


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each sheet, headings first."""
    book = load_workbook(io.BytesIO(data))
    return {page.title: [tuple(row) for row in page.iter_rows(values_only=True)] for page in book.worksheets}


def everything_in(report: Report, by: Actor, now: datetime = NOW) -> str:
    """What both files say."""
    cells = [
        str(cell) for rows in sheets(fetched(report, "xlsx", by, now)).values() for row in rows for cell in row if cell
    ]
    return words_of(fetched(report, "pdf", by, now)) + "\n".join(cells)
