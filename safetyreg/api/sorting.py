"""Sorting a list by the keys that its resource offers, as on the pages: `?sort=title`, `?sort=-title`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.views import APIView

PARAMETER = "sort"
SEARCH = "search"


class Sorting(BaseFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        asked = request.query_params.get(PARAMETER, "")
        if not asked:
            return queryset
        sorts = dict(view.resource.sorts)
        if request.query_params.get(SEARCH):
            sorts |= view.resource.sorts_of_search
        if asked.removeprefix("-") not in sorts:
            raise ValidationError({PARAMETER: [f"Choose one of: {', '.join(sorts) or 'nothing, here'}"]})
        rows = queryset.order_by(*sorts[asked.removeprefix("-")][1])
        return rows.reverse() if asked.startswith("-") else rows

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        sorts = {**view.resource.sorts, **view.resource.sorts_of_search}
        if not sorts:
            return []
        keys = [direction + key for key in sorts for direction in ("", "-")]
        return [
            {
                "name": PARAMETER,
                "in": "query",
                "required": False,
                "description": "What to sort by; with a minus, the other way round",
                "schema": {"type": "string", "enum": keys},
            }
        ]
