"""What is asked to change a standard or to add a bank holiday."""

from __future__ import annotations

from django import forms

from deadlines.models import ProclaimedDay, UnitChoices
from safetyreg.nhsuk.fields import NHSDateField
from safetyreg.nhsuk.widgets import Radios

WHOLE_NUMBER = "Enter a whole number from 1 to 400"
UNIT_HINTS = {
    UnitChoices.HOURS: "Nights, weekends and bank holidays count",
    UnitChoices.WORKING_DAYS: "Each is the 24 hours of a weekday that is no bank holiday in England",
    UnitChoices.MONTHS: "Calendar months",
}


class StandardForm(forms.Form):
    amount = forms.IntegerField(
        label="How many",
        min_value=1,
        max_value=400,
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-4", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WHOLE_NUMBER),
    )
    unit = forms.ChoiceField(
        label="Of what",
        choices=[(unit.value, unit.label.capitalize()) for unit in UnitChoices],
        widget=Radios(hints=UNIT_HINTS),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select hours, working days or months"),
    )


class BankHolidayForm(forms.Form):
    on = NHSDateField(
        label="Date",
        help_text="For example 8 5 2028",
        error_messages={"required": "Enter the date of the bank holiday"},
    )
    name = forms.CharField(
        label="Name",
        max_length=ProclaimedDay._meta.get_field("name").max_length,
        help_text="For example Coronation of King Charles III",
        error_messages={"required": "Enter the name of the bank holiday"},
    )
