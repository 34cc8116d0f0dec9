"""Reports as files: what they are called, of which kind they are, and the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetyreg.exporting import CONTENT_TYPES as OF_TABLES
from safetyreg.exporting import XLSX, Column, Export
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from overview.reports.models import Report

PDF = "pdf"
CONTENT_TYPES = {PDF: "application/pdf", XLSX: OF_TABLES[XLSX]}
REPORTS = Export(
    "reports",
    "report",
    (
        Column("Figures as of", lambda report: report.moment),
        Column("Status", lambda report: report.get_status_display()),
        Column("Asked for by", lambda report: report.asked_by.name if report.asked_by else "the monthly schedule"),
        Column("Asked for", lambda report: report.asked_at),
        Column("Ready", lambda report: report.ready_at),
        Column("Kept until", lambda report: report.expires_at),
    ),
)


def file_name(report: Report, kind: str) -> str:
    of = (report.moment or report.asked_at).astimezone(LONDON)
    return f"report-{report.organisation.ods_code.lower()}-{of:%Y-%m-%d-%H%M}.{kind}"
