"""How long a report takes to make, step by step, how much memory it takes, and how large it becomes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from bench.timing import milliseconds

if TYPE_CHECKING:
    from accounts.models import Organisation
    from bench.register import Register

PEAK, HIGHEST = Path("/proc/self/clear_refs"), Path("/proc/self/status")


def run(register: Register) -> None:
    bodies = {
        "national": register.national, "region": register.regions[0], "ICB": register.icbs[0],
        "provider": register.readers["provider"].organisation,
    }  # fmt: skip
    for name, body in bodies.items():
        report(name, body)


def report(name: str, body: Organisation) -> None:
    """Nothing of the report is kept: its steps are done one after the other, as the worker does them."""
    from pypdf import PdfReader

    from bench.register import NOW
    from overview.models import Report
    from overview.reports import services
    from overview.reports.models import STEPS

    made = Report(organisation=body, asked_at=NOW, expires_at=NOW)
    print(f"{'Report, ' + name:44}{'s':>6}{'MB':>8}")
    before = _megabytes_from_now_on()
    for words, step in zip(STEPS, services.WORK, strict=True):
        taken = milliseconds(lambda step=step: step(made, NOW))  # type: ignore[misc]
        print(f"  {words:42}{taken / 1000:>6.1f}{max(_megabytes() - before, 0):>8.0f}", flush=True)
    pages = len(PdfReader(io.BytesIO(bytes(made.pdf or b""))).pages)
    print(f"  {pages} pages in {made.pdf_size / 1e6:.1f} MB; workbook {made.xlsx_size / 1e6:.1f} MB\n", flush=True)


def _megabytes_from_now_on() -> float:
    """What this process has now. From here on its highest is counted anew, where Linux allows it."""
    if PEAK.exists():
        PEAK.write_text("5")
    return _megabytes()


def _megabytes() -> float:
    """The most memory that this process had at once."""
    line = next(line for line in HIGHEST.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
