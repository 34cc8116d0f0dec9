"""The code lists against what is known of them from outside."""

import pytest
from django import forms

from risks import lfpse


@pytest.mark.parametrize(
    ("choices", "size"), [(lfpse.THEMES, 8), (lfpse.PROCESSES, 12), (lfpse.SERVICES, 17), (lfpse.REACH, 4)]
)
def test_a_list_is_whole_and_each_code_and_display_is_there_once(choices, size):
    assert len(dict(choices)) == len({display for _, display in choices}) == len(choices) == size


@pytest.mark.parametrize(
    ("choices", "code", "display"),
    [
        (lfpse.THEMES, "3", "Medication, including supply issues"),
        (lfpse.THEMES, "6", "Information Technology or transfer of information"),
        (lfpse.PROCESSES, "8", "Referral, escalation or change to a different service or setting"),
        (lfpse.PROCESSES, "9", "Discharge or ending a type of healthcare"),
        (lfpse.SERVICES, "18", "NHS 111"),
        (lfpse.REACH, lfpse.MY_ORGANISATION, "My organisation"),
    ],
)
def test_a_code_means_what_lfpse_says(choices, code, display):
    assert dict(choices)[code] == display


@pytest.mark.parametrize("choices", [lfpse.THEMES, lfpse.PROCESSES, lfpse.SERVICES, lfpse.REACH])
def test_a_form_accepts_every_code_and_no_other(choices):
    field = forms.ChoiceField(choices=choices)
    assert [field.clean(code) for code, _ in choices] == [code for code, _ in choices]
    with pytest.raises(forms.ValidationError):
        field.clean("99")
