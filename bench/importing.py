"""How long it takes to import risks into a register of many: checking the file, importing it, sending it again.

10,000 rows, or as many as the register has risks if those are fewer.
"""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING

from accounts.actors import Actor
from accounts.models import Role
from bench import texts
from bench.register import NOW
from risks.importing import services as importing
from risks.models import ImportBatch, Risk
from safetyreg.tables import writing

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.register import Register

MOST = 10_000  # rows
CHANGED = 0.05  # of the rows say something new when the file is sent again
HEADINGS = (
    "ID", "Title", "Cause", "Event", "Effect", "Theme", "Part of care", "Reach", "Likelihood", "Consequence",
    "Target likelihood", "Target consequence", "Controls", "Status",
)  # fmt: skip


def run(register: Register) -> None:
    number = min(MOST, Risk.objects.count())
    print(f"Importing {number:,} risks (ADR 0022 promises less than a minute for {MOST:,})")
    by = _lead(register)
    rows = _rows(number)
    _both(by, "CSV", _csv(rows))
    _both(by, "XLSX", _xlsx(_rows(number, "X")))
    _both(by, "the same again", _csv(rows))
    changed = rows[: int(number * CHANGED)]
    for row in changed:
        row[1] += " again"
    batch = _sent(by, _csv(rows))
    done = _timed(f"{len(changed)} of them changed: import", lambda: _imported(by, batch))
    print(f"  {done.counts}\n", flush=True)


def _both(by: Actor, what: str, data: bytes) -> None:
    batch = _timed(f"{what}, {len(data) / 1e6:.1f} MB: check", lambda: _sent(by, data))
    _timed(f"{what}: import", lambda: _imported(by, batch))


def _lead(register: Register) -> Actor:
    actor = next(person for person in register.people.values() if person.organisation == register.providers[0][0])
    actor.membership.role = Role.SAFETY_LEAD
    actor.membership.save()
    members = type(actor.membership).objects.select_related("user", "organisation__parent")
    return Actor(members.get(pk=actor.membership.pk))


def _rows(number: int, prefix: str = "B") -> list[list[str]]:
    coded = ["6", "9 - Discharge or ending a type of healthcare", "A different organisation", "4 - Likely", "Major (4)"]
    more = ["2", "4", "A pharmacist rings\nA list is kept", "Open"]
    return [
        [f"{prefix}-{place}", text.title, text.cause, text.event, text.effect, *coded, *more]
        for place, text in enumerate(texts.texts(number, seed=7))
    ]


def _csv(rows: list[list[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([HEADINGS, *rows])
    return file.getvalue().encode()


def _xlsx(rows: list[list[str]]) -> bytes:
    with writing.workbook(HEADINGS, rows, "Risks") as file:
        return file.read()


def _sent(by: Actor, data: bytes) -> ImportBatch:
    batch = importing.receive(source="Bench", file_name="risks", data=data, by=by, now=NOW)
    importing.work(now=NOW)
    return ImportBatch.objects.get(pk=batch.pk)


def _imported(by: Actor, batch: ImportBatch) -> ImportBatch:
    importing.confirm(batch=batch, personal_data_checked=True, by=by, now=NOW)
    importing.work(now=NOW)
    return ImportBatch.objects.get(pk=batch.pk)


def _timed(what: str, do: Callable[[], ImportBatch]) -> ImportBatch:
    started, worked = time.perf_counter(), time.process_time()
    batch = do()
    taken, worked = time.perf_counter() - started, time.process_time() - worked
    print(f"  {what:40} {taken:6.1f} s ({worked:.1f} of them in Python)  {batch.get_status_display()}", flush=True)
    return batch
