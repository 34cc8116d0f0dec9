"""Lists as files over the API: `.../export/?format=csv` or `xlsx`, with the filters and sorts of the list."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation

from safetyreg import exporting
from safetyreg.api.pagination import CURSOR, PAGE_SIZE
from safetyreg.api.schema import refusals
from safetyreg.api.scopes import Scope
from safetyreg.api.views import ListView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import StreamingHttpResponse
    from rest_framework.request import Request

AT_ONCE = 200  # rows shown together
KINDS = (exporting.CSV, exporting.XLSX)


class KindInAddress(DefaultContentNegotiation):
    """`?format=` says which kind of file is sent, whatever kinds the caller accepts; a refusal is JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class ExportView(ListView):
    """What a list shows, all pages of it, as a file. Cells that a spreadsheet would run are made harmless."""

    content_negotiation_class = KindInAddress
    pagination_class = None
    read_scope = Scope.EXPORT

    def known_parameters(self) -> set[str]:
        return super().known_parameters() - {CURSOR, PAGE_SIZE} | {"format"}

    @extend_schema(
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=list(KINDS), description="csv, unless given")],
        responses={
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, exporting.CONTENT_TYPES[exporting.XLSX]): OpenApiTypes.BINARY,
            **refusals(400, 401, 403),
        },
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:  # type: ignore[override]
        kind = request.query_params.get("format", exporting.CSV)
        if kind not in KINDS:
            raise ValidationError({"format": [f"Choose one of: {', '.join(KINDS)}"]})
        rows = self.filter_queryset(self.get_queryset())
        given = {"kind": kind, "asked": request.query_params, "by": self.actor, "now": timezone.now()}
        if self.resource.export:
            return exporting.download(self.resource.export(self.actor), rows, **given)
        name = request.path.strip("/").split("/")[-2]
        shown = Shown(self.resource.serializer())
        cells = (shown.cells(row) for row in self._shown(rows))
        noun = name.removesuffix("s").replace("-", " ")
        return exporting.send(name, noun, shown.headings, cells, rows.count(), **given)

    def _shown(self, rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
        found = rows.iterator(chunk_size=AT_ONCE)
        while some := list(islice(found, AT_ONCE)):
            yield from self.show(self.resource, some)


class Shown:
    """What the API shows of a thing, in columns: of an organisation its name and code, of a person the name."""

    def __init__(self, serializer: serializers.Serializer) -> None:
        self.columns: list[tuple[str, str, str]] = []  # heading, field, and the part of it
        for name, field in serializer.fields.items():
            self.columns += [(f"{name}_{part}" if part == "ods_code" else name, name, part) for part in _parts(field)]

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _, _ in self.columns]

    def cells(self, row: dict[str, Any]) -> list[str]:
        return [exporting.as_text(_of(row[name], part)) for _, name, part in self.columns]


def _parts(field: serializers.Field) -> list[str]:
    """Which parts of a field are columns; none of what is itself a list of things."""
    if isinstance(field, serializers.ListSerializer):
        return []
    if isinstance(field, serializers.Serializer):
        return [part for part in ("name", "ods_code", "reference") if part in field.fields]
    return [""]


def _of(value: Any, part: str) -> Any:
    if part:
        return (value or {}).get(part)
    if isinstance(value, list):
        return [one.get("ods_code") or one.get("name") if isinstance(one, dict) else one for one in value]
    return value
