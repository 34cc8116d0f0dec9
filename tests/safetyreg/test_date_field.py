"""A date asked in three boxes."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from safetyreg.nhsuk.fields import NHSDateField


def typed(day: str, month: str, year: str) -> dict[str, str]:
    return {"day": day, "month": month, "year": year}


@pytest.mark.parametrize("parts", [("8", "4", "2026"), ("08", "04", "26")])
def test_a_real_date_is_understood(parts: tuple[str, str, str]) -> None:
    assert NHSDateField().clean(typed(*parts)) == date(2026, 4, 8)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("", "", ""), "Enter a date"),
        (("8", "4", ""), "The date must include a year"),
        (("", "4", ""), "The date must include a day and year"),
        (("31", "2", "2026"), "Enter a real date, for example 8 4 2026"),
        (("eighth", "4", "2026"), "Enter a real date, for example 8 4 2026"),
        (("8", "4", "99999999999999999999"), "Enter a real date, for example 8 4 2026"),
    ],
)
def test_what_is_wrong_is_said(parts: tuple[str, str, str], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        NHSDateField().clean(typed(*parts))
    assert error.value.messages == [said]


def test_an_optional_date_may_be_left_empty() -> None:
    assert NHSDateField(required=False).clean(typed("", "", "")) is None


def test_only_another_date_is_a_change() -> None:
    field = NHSDateField()
    assert not field.has_changed(date(2026, 4, 8), typed("08", "4", "2026"))
    assert field.has_changed(date(2026, 4, 8), typed("9", "4", "2026"))
    assert field.has_changed(None, typed("x", "4", "2026"))
