"""The forms for gathering the risks of others under a system risk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms

from risks.forms.fields import LongText, refuse_null_characters
from risks.forms.writing import LogForm
from risks.models import Risk
from safetyreg.nhsuk.widgets import SuggestInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from risks.models import RiskQuerySet

MOST_SUGGESTED = 300
REFERENCE_FIRST = re.compile(r"(PSR-\d{6,12})\s", re.IGNORECASE)


def label(risk: Risk) -> str:
    """PSR-000123 Discharge letters reach practices late (Test Royal Hospital)."""
    return f"{risk.reference} {risk.title} ({risk.organisation.name})"


class RisksField(forms.Field):
    """Several risks, by what the list suggests or by the reference alone. Cleans to references, as they were typed.

    Whether there is such a risk is for the service. `queryset` is narrowed by the page to those that can be meant.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=SuggestInput(several=True), **kwargs)
        self.queryset: RiskQuerySet = Risk.objects.none()
        self.widget.suggestions = self.suggestions

    def __deepcopy__(self, memo: dict[int, Any]) -> RisksField:
        copied = super().__deepcopy__(memo)
        copied.widget.suggestions = copied.suggestions
        return copied

    def suggestions(self) -> Iterable[str]:
        newest = self.queryset.select_related("organisation").newest_first()[:MOST_SUGGESTED]
        return [label(risk) for risk in newest]

    def to_python(self, value: Any) -> list[str]:
        texts = [text for text in value or [] if text]
        for text in texts:
            refuse_null_characters(text)
        return [_reference(text) for text in texts]


def _reference(text: str) -> str:
    at_start = REFERENCE_FIRST.match(text)
    return at_start[1].upper() if at_start else text


class AsksContributors(forms.Form):
    """What both pages ask: which risks, and why. `others` are those that can be meant."""

    contributors = RisksField(
        label="Risks that contribute to it",
        help_text="Start to enter a title or an organisation, or enter a reference such as PSR-000123",
        error_messages={"required": "Enter the reference of a risk"},
    )
    reason = LongText(
        label="Why these risks belong together",
        help_text="The owner of each risk reads this before it answers. "
        "For example: all of them wait for letters from the same system",
        error_messages={"required": "Enter why these risks belong together"},
    )

    def __init__(self, *args: Any, others: RiskQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contributors"].queryset = others


class GatherForm(AsksContributors):
    pass


class LogSystemRiskForm(AsksContributors, LogForm):
    pass
