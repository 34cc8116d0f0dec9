"""What a caller may send: shapes that check form alone and leave every rule to the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from safetyreg.personal_data import LONGEST_TEXT


# The classes below are bases and have no docstring: the schema would give it to every class made of them.
class Asked(serializers.Serializer):
    # What one verb asks for. A field that it does not know is refused, so that no misspelt word is lost.

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields or self.fields[name].read_only]
            if unknown:
                raise serializers.ValidationError({name: ["This cannot be set here"] for name in unknown})
        return super().to_internal_value(data)

    def given(self) -> dict[str, Any]:
        """The arguments for the service."""
        return dict(self.validated_data)


class AskedInWords(Asked):
    # For services that read free text and may ask whether it identifies a patient.

    personal_data_checked = serializers.BooleanField(
        default=False, help_text="I have checked: what I wrote does not identify a patient"
    )


class Text(serializers.CharField):
    """Words that a service judges: leaving them out is leaving them blank, and it says in its own words what to do."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(allow_blank=True, trim_whitespace=False, **kwargs)

    def get_value(self, dictionary: Mapping[str, Any]) -> Any:
        return dictionary.get(self.field_name, "") if self.required else super().get_value(dictionary)


class WithWhy(AskedInWords):
    why = Text()
