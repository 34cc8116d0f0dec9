"""What is in a package of whole data: one file for each kind of row, and a note of what it is.

What the API shows is shown here by the same serializers, so that nothing is in a package that its asker could not read.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from rest_framework.utils.encoders import JSONEncoder

from escalations.api import resources as escalations
from overview.models import Whole
from overview.whole_data import people
from risks import exporting as risks_exporting
from risks.api import resources as risks
from risks.api.introducing import INTRODUCTIONS
from risks.api.involving import INVOLVEMENTS
from risks.api.linking import LINKS
from risks.models import Risk
from safetyreg.tables.writing import csv_lines
from safetyreg.words import when

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor
    from safetyreg.api.resources import Resource

AT_ONCE = 200
# Parts of the organisation's own risks, by how they lead to the reference of their risk.
PARTS = {
    "scores": (risks.SCORES, "risk__reference"),
    "controls": (risks.CONTROLS, "risk__reference"),
    "actions": (risks.ACTIONS, "risk__reference"),
    "comments": (risks.COMMENTS, "risk__reference"),
    "transfers": (risks.TRANSFERS, "risk__reference"),
    "who-sees-them": (risks.SHARES, "risk__reference"),
    "deadlines": (risks.DEADLINES, "risk_reference"),
    "history": (risks.HISTORY, "reference"),
}
# What is between organisations: whatever the asker's organisation is a side of, or sees.
BETWEEN = {
    "positions": INVOLVEMENTS,
    "links": LINKS,
    "introductions": INTRODUCTIONS,
    "escalations": escalations.ESCALATIONS,
    "steps-of-escalations": escalations.STEPS,
    "feedback": escalations.FEEDBACK,
}
ABOUT = """What this is: {what}
For: {name}, {organisation}
Made: {made}

Each .jsonl file has one JSON object in each line. Dates and times are ISO 8601, in UTC unless they say otherwise.
risks.csv, where there is one, is the same as risks.jsonl in the columns that the register imports.
"""


def zipped(whole: str, by: Actor, now: datetime) -> bytes:
    files = {Whole.MINE: people.about_person, Whole.PEOPLE: people.of_organisation, Whole.CONTENT: content}
    with tempfile.SpooledTemporaryFile(max_size=8_000_000) as kept:
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
            about = ABOUT.format(
                what=Whole(whole).label, name=by.user.name, organisation=by.organisation.name, made=when(now)
            )
            package.writestr("about.txt", about)
            for name, lines in files[Whole(whole)](by, now):
                with package.open(name, "w", force_zip64=True) as file:
                    for line in lines:
                        file.write(line)
        kept.seek(0)
        return kept.read()


def content(by: Actor, now: datetime) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The organisation's own risks with everything of them, and what is between it and others."""
    own = Risk.objects.visible_to(by).filter(organisation=by.organisation)
    rows = risks.RISKS.rows(by).filter(organisation=by.organisation)
    yield "risks.jsonl", _lines(risks.RISKS, rows, by, now)
    table = risks_exporting.risks_for(by)
    yield "risks.csv", csv_lines(table.headings, table.cells(rows))
    for name, (resource, leads_to) in PARTS.items():
        parts = resource.rows(by).filter(**{f"{leads_to}__in": own.values("reference")})
        yield f"{name}.jsonl", _lines(resource, parts, by, now, leads_to)
    for name, resource in BETWEEN.items():
        yield f"{name}.jsonl", _lines(resource, resource.rows(by), by, now)


def _lines(resource: Resource, rows: QuerySet[Any], by: Actor, now: datetime, leads_to: str = "") -> Iterator[bytes]:
    """As the API shows them; a part with the reference of its risk."""
    context = {"request": SimpleNamespace(actor=by, query_params={}, client=None)}
    if leads_to == "risk__reference":
        rows = rows.select_related("risk")  # besides what they bring along already
    found = rows.iterator(chunk_size=AT_ONCE)
    while some := list(islice(found, AT_ONCE)):
        for row, shown in zip(some, resource.show(some, now=now, context=context), strict=True):
            yield _json(({"risk": _reference(row, leads_to)} if leads_to else {}) | dict(shown))


def _reference(row: Any, leads_to: str) -> str:
    for name in leads_to.split("__"):
        row = getattr(row, name)
    return row


def _json(found: Any) -> bytes:
    out = io.StringIO()
    json.dump(found, out, cls=JSONEncoder, ensure_ascii=False)
    return out.getvalue().encode("utf-8", "replace") + b"\n"
