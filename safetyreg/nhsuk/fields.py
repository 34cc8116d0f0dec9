"""Form fields that NHS.UK components need and Django lacks."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from safetyreg.nhsuk.widgets import DATE_PARTS, DateInput
from safetyreg.words import listed


class NHSDateField(forms.Field):
    """A date asked in three boxes. Cleans to a `date`, or None when optional and left empty."""

    widget = DateInput
    default_error_messages: ClassVar = {
        "required": "Enter a date",
        "incomplete": "The date must include a %(missing)s",
        "invalid": "Enter a real date, for example 8 4 2026",
    }

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, date):
            return {part: str(getattr(value, part)) for part in DATE_PARTS}
        return value

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        missing = [part for part in DATE_PARTS if not value[part]]
        if len(missing) == len(DATE_PARTS):
            return None
        if missing:
            raise ValidationError(self.error_messages["incomplete"], "incomplete", {"missing": listed(missing)})
        return self._real_date(value)

    def _real_date(self, parts: dict[str, str]) -> date:
        try:
            year, month, day = (int(parts[part]) for part in reversed(DATE_PARTS))
            return date(year + 2000 if year < 100 else year, month, day)
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], "invalid") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
