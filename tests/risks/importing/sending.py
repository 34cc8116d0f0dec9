"""Files of risks, sent as a safety lead sends them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from risks.importing import services as importing
from risks.models import ImportBatch
from tests.factories import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor

WORDS: dict[str, str] = {
    "ID": "101",
    "Title": "Discharge letters reach practices late",
    "Cause": "Letters wait for sign-off before they are sent",
    "Event": "A practice does not learn of a changed dose",
    "Effect": "Patients take the wrong dose and come to harm",
    "Theme": "6",
    "Part of care": "Discharge or ending a type of healthcare",
    "Reach": "A different organisation",
    "Likelihood": "4 - Likely",
    "Consequence": "Major (4)",
}


def row(number: object = "101", **changed: str) -> dict[str, str]:
    """A row with the words of WORDS, but for those that are changed; `Part_of_care` is a heading with spaces."""
    return WORDS | {"ID": str(number)} | {name.replace("_", " "): text for name, text in changed.items()}


def as_csv(*rows: dict[str, str], encoding: str = "utf-8", separator: str = ",") -> bytes:
    headings = list(dict.fromkeys(name for one in rows for name in one))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, headings, restval="", delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode(encoding)


def send(by: Actor, data: bytes, *, now: datetime = NOW, source: str = "Datix", **options: Any) -> ImportBatch:
    """Sent and checked; large ones by a worker."""
    batch = importing.receive(source=source, file_name="risks.csv", data=data, by=by, now=now, **options)
    return finished(batch, now)


def confirm(batch: ImportBatch, by: Actor, *, now: datetime = NOW, **options: Any) -> ImportBatch:
    return finished(importing.confirm(batch=batch, by=by, now=now, **options), now)


def finished(batch: ImportBatch, now: datetime = NOW) -> ImportBatch:
    if batch.is_waiting:
        importing.work(now=now)
    return ImportBatch.objects.get(pk=batch.pk)


def bring_in(by: Actor, *rows: dict[str, str], now: datetime = NOW, **options: Any) -> ImportBatch:
    """Sent, checked and imported."""
    return confirm(send(by, as_csv(*rows), now=now, **options), by, now=now)


def remarks(batch: ImportBatch) -> dict[int, list[tuple[str, str, str]]]:
    """By row: kind, column and words."""
    return {
        one.number: [(said["kind"], said["column"], said["words"]) for said in one.remarks]
        for one in batch.rows.order_by("number")
        if one.remarks
    }


def outcomes(batch: ImportBatch) -> dict[int, str]:
    return dict(batch.rows.order_by("number").values_list("number", "outcome"))
