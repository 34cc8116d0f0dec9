"""The forms a risk is written with. Only shape is checked here: what a risk must say is for the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from risks import lfpse
from risks.forms.fields import (
    LongText,
    MemberField,
    OpenOrganisationsField,
    SentencesField,
    consequence_field,
    likelihood_field,
)
from risks.models import Treatment
from safetyreg.nhsuk.widgets import Checkboxes, Radios

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from risks.models import Risk

PARTS = ("involved", "controls")  # rows of their own


class WordsForm(forms.Form):
    """What both pages ask. Nothing is required by the form, since a draft needs less than a logged risk."""

    title = forms.CharField(
        label="Title", required=False, help_text="For example: Discharge letters reach practices late"
    )
    cause = LongText(
        label="Cause",
        required=False,
        help_text="Why it could happen. For example: letters wait for a consultant's sign-off before they are sent",
    )
    event = LongText(
        label="Event",
        required=False,
        help_text="What could happen. For example: a practice does not learn that the dose of warfarin was changed",
    )
    effect = LongText(
        label="Effect",
        required=False,
        help_text="How patients could be harmed. For example: a patient goes on with the old dose and bleeds",
    )
    theme = forms.ChoiceField(label="Theme", required=False, choices=[("", "Choose a theme"), *lfpse.THEMES])
    process = forms.ChoiceField(
        label="Part of care where it arises",
        required=False,
        choices=[("", "Choose a part of care"), *lfpse.PROCESSES],
    )
    reach = forms.ChoiceField(
        label="How far does the risk reach?", required=False, choices=lfpse.REACH, widget=Radios()
    )
    other_bodies = LongText(
        label="Bodies that are not in the list",
        required=False,
        help_text="Practices, pharmacies, care homes, charities: say in words which they are",
    )
    services = forms.MultipleChoiceField(
        label="Services where it arises", required=False, choices=lfpse.SERVICES, widget=Checkboxes()
    )
    population = LongText(
        label="Patients who could be harmed",
        required=False,
        help_text="For example: adults on warfarin. Never name or describe one patient",
    )


class LogForm(WordsForm):
    """Everything a risk is logged with, and a draft of it kept with."""

    likelihood = likelihood_field(required=False)
    consequence = consequence_field(required=False)
    involved = OpenOrganisationsField(
        label="Other organisations involved",
        required=False,
        help_text="Start to enter a name or an ODS code. Each will see the risk once it is logged",
    )
    owner = MemberField(label="Owner", required=False, empty_label=None, help_text="Who keeps an eye on this risk")
    controls = SentencesField(
        label="Controls",
        required=False,
        help_text="What already makes it less likely or less serious, one in each box",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, members: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = members


class EditForm(WordsForm):
    """What a logged risk says. The version is that of the risk when the page was opened."""

    treatment = forms.ChoiceField(
        label="What is to be done about it?",
        choices=Treatment.choices,
        widget=Radios(),
        error_messages={"required": "Select what is to be done about it"},
    )
    external_reference = forms.CharField(
        label="Reference in your own system", required=False, help_text="For example its number in your risk system"
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


def what_it_says(risk: Risk) -> dict[str, Any]:
    """A risk as the fields of these forms hold it."""
    return {
        **{name: getattr(risk, name) for name in (*LogForm.base_fields, *EditForm.base_fields) if name not in PARTS},
        "involved": [part.organisation for part in risk.involvements.select_related("organisation")],
        "controls": [control.text for control in risk.controls.oldest_first()],
    }
