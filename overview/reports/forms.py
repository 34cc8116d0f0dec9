"""What is asked about monthly reports."""

from __future__ import annotations

from django import forms

from safetyreg.nhsuk.widgets import Radios

YES_OR_NO = [("yes", "Yes"), ("no", "No")]


class ScheduleForm(forms.Form):
    is_on = forms.ChoiceField(
        label="Should a report be made every month?",
        choices=YES_OR_NO,
        widget=Radios(inline=True),
        error_messages={"required": "Choose whether a report is made every month"},
    )
    day = forms.IntegerField(
        label="On which day of the month?",
        help_text="From 1 to 31. A month that has no such day has it on its last. It is made at 5 in the morning.",
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-2"}),
        error_messages={
            "required": "Enter a day of the month", "invalid": "Enter a day of the month as a whole number",
        },
    )  # fmt: skip
