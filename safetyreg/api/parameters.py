"""What may stand after the question mark. Anything else is refused, so that no misspelt filter is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.views import APIView

UPDATED_SINCE = "updated_since"
A_MOMENT = "Enter a date and time with its offset, like 2026-11-03T09:30:00Z. A + is written %2B in an address"


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        offered = f"What can be asked for here: {', '.join(sorted(known))}" if known else "Nothing can be asked here"
        raise ValidationError({name: [f"This is not known. {offered}"] for name in unknown})


class UpdatedSince(BaseFilterBackend):
    """Narrows a list down to what was changed at a moment or later, as far as the reader may know of it."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        asked = request.query_params.get(UPDATED_SINCE)
        if asked is None or view.resource.changed is None:
            return queryset
        return queryset.filter(view.resource.changed(view.actor, _moment(asked)))

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        if view.resource.changed is None:
            return []
        return [
            {
                "name": UPDATED_SINCE,
                "in": "query",
                "required": False,
                "description": "Only what was changed at this moment or later, or came into your sight then",
                "schema": {"type": "string", "format": "date-time"},
            }
        ]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if "T" in text.upper() and moment.tzinfo:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError({UPDATED_SINCE: [A_MOMENT]})
