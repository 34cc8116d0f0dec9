"""Narrowing a list down by a month, or by the last twelve, on the page and over the API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field

from safetyreg import months

if TYPE_CHECKING:
    from django.db.models import QuerySet

YEAR = "YEAR"


def _choices() -> list[tuple[str, str]]:
    """Newest first, and one month more than twelve, so that figures made just before midnight still lead somewhere."""
    now = timezone.now()
    known = months.last_twelve(now)
    known.insert(0, months.last_twelve(months.bounds(known[0])[0])[-2])
    return [(YEAR, "The last twelve months"), *((month, months.in_words(month)) for month in reversed(known))]


@extend_schema_field({"type": "string"})
class MonthFilter(django_filters.ChoiceFilter):
    """`YEAR`, which is this month and the eleven before it, or a month as in 2026-11. What is yet to come is left out.

    `field_name` is a moment.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_choices, empty_label="Any time", **kwargs)

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return rows
        now = timezone.now()
        first, end = (months.twelve_began(now), None) if value == YEAR else months.bounds(value)
        rows = rows.filter(**{f"{self.field_name}__gte": first, f"{self.field_name}__lte": now})
        return rows.filter(**{f"{self.field_name}__lt": end}) if end else rows
