"""References of risks in addresses: whatever cannot be one leads nowhere, and is never asked of the database."""

from django.urls import register_converter


class ReferenceConverter:
    regex = "PSR-[0-9]{6,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")
