"""Filters that only the API has."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field(serializers.BooleanField())
class TrueOrFalse(filters.TypedChoiceFilter):
    """`true` or `false`. Anything else is refused, where Django's own would be taken for not asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("true", "true"), ("false", "false")], coerce=lambda text: text == "true", **kwargs)
