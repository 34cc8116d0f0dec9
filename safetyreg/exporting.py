"""Sending what a list shows as a file: the same rows, filters and order, in constant memory.

The rows are those of one moment: a cursor of the database holds them, and who lost sight of one meanwhile still gets
what they saw when they asked. That they asked is recorded before anything is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import StreamingHttpResponse

from safetyreg.audit.services import record
from safetyreg.tables import writing
from safetyreg.words import LONDON, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from accounts.actors import Actor

AT_ONCE = 500  # rows fetched together
CSV, XLSX = "csv", "xlsx"
CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NOT_A_FILTER = {"page", "page_size", "cursor", "download", "format", "csrfmiddlewaretoken"}


@dataclass(frozen=True)
class Column:
    """A heading, and what a row has under it. `None` is an empty cell."""

    heading: str
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Export:
    """What a list is called, in the name of the file and in words, and its columns."""

    name: str
    noun: str
    columns: Sequence[Column]

    @property
    def headings(self) -> list[str]:
        return [column.heading for column in self.columns]

    def cells(self, rows: QuerySet[Any]) -> Iterator[list[str]]:
        for row in rows.iterator(chunk_size=AT_ONCE):
            yield [as_text(column.value(row)) for column in self.columns]


def as_text(value: Any) -> str:
    """Yes and No, days as 2026-04-08, moments in London's time, several things with semicolons between them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return value.astimezone(LONDON).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "; ".join(as_text(one) for one in value)
    return str(value)


def download(
    export: Export, rows: QuerySet[Any], *, kind: str, asked: Mapping[str, Any], by: Actor, now: datetime
) -> StreamingHttpResponse:
    """The rows as a file of this kind. `asked` is the query string they were asked for with."""
    return send(export.name, export.noun, export.headings, export.cells(rows), rows.count(), kind, asked, by, now)


def send(
    name: str,
    noun: str,
    headings: Sequence[str],
    cells: Iterable[Sequence[str]],
    count: int,
    kind: str,
    asked: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> StreamingHttpResponse:
    _record(name, noun, count, kind, asked, by, now)
    if kind == XLSX:
        body = writing.pieces(writing.workbook(headings, cells, name.capitalize()))
    else:
        body = writing.csv_lines(headings, cells)
    response = StreamingHttpResponse(body, content_type=CONTENT_TYPES[kind])
    stamp = now.astimezone(LONDON).strftime("%Y-%m-%d-%H%M")
    response["Content-Disposition"] = f'attachment; filename="{name}-{stamp}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response


@transaction.atomic
def _record(name: str, noun: str, count: int, kind: str, asked: Mapping[str, Any], by: Actor, now: datetime) -> None:
    filters = {key: values for key, values in _lists(asked) if key not in NOT_A_FILTER and any(values)}
    record(
        "export",
        by.organisation,
        f"exported {plural(count, noun)} as {kind.upper()}",
        by=by,
        now=now,
        details={"list": name, "rows": count, "filters": filters},
    )


def _lists(asked: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for key in asked:
        yield key, asked.getlist(key) if hasattr(asked, "getlist") else [str(asked[key])]
