"""The forms of what is done with two risks that may belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from risks.forms.fields import LongText
from risks.models import LinkKind, Risk
from safetyreg.nhsuk.widgets import Radios

if TYPE_CHECKING:
    from django.db.models import QuerySet


class LinkPairForm(forms.Form):
    kind = forms.ChoiceField(
        label="How do they belong together?",
        choices=[
            (LinkKind.SAME_HAZARD, "Both are the same hazard, seen from two sides"),
            (LinkKind.CONTRIBUTES_TO, "The first contributes to the second"),
            (LinkKind.CAUSES, "The first causes the second"),
            (LinkKind.RELATED, "They are related in some other way"),
        ],
        widget=Radios(),
        error_messages={"required": "Select how they belong together"},
    )
    turned = forms.BooleanField(label="Read it the other way round: from the second to the first", required=False)
    reason = LongText(
        label="Why they belong together",
        help_text="Each owner reads this, and the name of the other organisation, before they accept",
        error_messages={"required": "Enter why these risks belong together"},
    )


class SystemRiskField(forms.ModelChoiceField):
    def label_from_instance(self, risk: Risk) -> str:
        return f"{risk.reference} {risk.title}"


class GatherPairForm(forms.Form):
    system_risk = SystemRiskField(
        label="Which of your risks do they contribute to?",
        queryset=Risk.objects.none(),
        empty_label="Choose a system risk",
        error_messages={"required": "Choose a system risk", "invalid_choice": "Choose an open risk of your own"},
    )
    reason = LongText(
        label="Why they contribute to it",
        help_text="Each owner reads this before they accept",
        error_messages={"required": "Enter why they contribute to it"},
    )

    def __init__(self, *args: Any, system_risks: QuerySet[Risk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system_risk"].queryset = system_risks


class DismissPairForm(forms.Form):
    reason = LongText(label="Why they do not belong together", required=False)
