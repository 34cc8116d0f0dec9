"""Pages of results: by cursor, with a total that costs little."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from safetyreg.api import cursors

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

USUAL, MOST = 25, 200  # rows to a page
COUNTED = 10_000  # rows: beyond these a total says only that there are more
CURSOR, PAGE_SIZE = "cursor", "page_size"
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
# Not one that only a list with other filters, another sort or another reader was given.
NO_SUCH_PAGE = "This is no cursor of this list, with these filters and this sort: start again without it"


class Pages(BasePagination):
    """Pages of 25, or of as many as asked for up to 200, each leading to the next and the one before.

    What is added or changed while somebody walks through shifts no other row: each is read once, unless it is itself
    moved by the change. A page that has become empty leads nowhere: start again.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.request, self.bound = request, _bound(request)
        size, position = _page_size(request), self._position()
        found = self.counted(queryset)
        self.total, self.total_is_exact = min(found, COUNTED), found <= COUNTED
        try:
            self.slice = self.cut(queryset, size, position)
        except cursors.NoSuchPosition as error:
            raise ValidationError({CURSOR: [NO_SUCH_PAGE]}) from error
        return self.slice.rows

    def counted(self, rows: Any) -> int:
        """How many there are; it need be right only as far as `COUNTED`."""
        return rows.order_by().values("pk")[: COUNTED + 1].count()

    def cut(self, rows: Any, size: int, position: cursors.Position | None) -> cursors.Slice:
        """Raises cursors.NoSuchPosition."""
        return cursors.cut(rows, size, position)

    def _position(self) -> cursors.Position | None:
        cursor = self.request.query_params.get(CURSOR)
        if cursor is None:
            return None
        try:
            return cursors.read(cursor, self.bound)
        except cursors.NoSuchPosition as error:
            raise ValidationError({CURSOR: [NO_SUCH_PAGE]}) from error

    def _address(self, position: cursors.Position | None) -> str | None:
        if position is None:
            return None
        here = remove_query_param(self.request.build_absolute_uri(), CURSOR)
        return replace_query_param(here, CURSOR, cursors.written(position, self.bound))

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._address(self.slice.after),
                "previous": self._address(self.slice.before),
                "total": self.total,
                "total_is_exact": self.total_is_exact,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "total", "total_is_exact", "results"],
            "properties": {
                "next": address | {"description": "The address of the next page; null on the last"},
                "previous": address | {"description": "The address of the page before; null on the first"},
                "total": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": COUNTED,
                    "description": f"How many there are on all pages, or {COUNTED:,} where there are more",
                },
                "total_is_exact": {"type": "boolean", "description": "False where there are more than `total`"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": CURSOR,
                "in": "query",
                "required": False,
                "description": "Where to go on: only ever as it stands in `next` or `previous`",
                "schema": {"type": "string"},
            },
            {
                "name": PAGE_SIZE,
                "in": "query",
                "required": False,
                "description": "How many to a page",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            },
        ]


def _page_size(request: Request) -> int:
    asked = request.query_params.get(PAGE_SIZE, str(USUAL))
    if not WHOLE_NUMBER.fullmatch(asked) or not 1 <= int(asked) <= MOST:
        raise ValidationError({PAGE_SIZE: [f"Enter a whole number from 1 to {MOST}"]})
    return int(asked)


def _bound(request: Request) -> str:
    """The list, its filters and its sort, and the organisation that it is read for."""
    asked = sorted((name, values) for name, values in request.query_params.lists() if name not in (CURSOR, PAGE_SIZE))
    return cursors.bound_to(request.path, str(request.actor.organisation_id), asked)
