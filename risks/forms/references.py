"""Questions that are answered with a risk: its reference, or the words with which it was suggested."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms

from risks.forms.fields import refuse_null_characters
from risks.models import Risk, Status
from safetyreg.nhsuk.widgets import SuggestInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.actors import Actor

SUGGESTED = 200  # risks: what a browser's own list still shows well
LABEL = re.compile(r"(PSR-\d{6,12})\s+\S.*", re.IGNORECASE | re.DOTALL)


def label(risk: Risk) -> str:
    """PSR-000123 Letters are late (Test Hospital)."""
    return f"{risk.reference} {risk.title} ({risk.organisation.name})"


def reference_of(text: str) -> str:
    """What stands before the title in a suggestion; anything else is left for the service to understand."""
    found = LABEL.fullmatch(text.strip())
    return found[1].upper() if found else text.strip()


def open_risks_seen_by(actor: Actor, *, but: Risk | None = None) -> list[str]:
    """The newest open risks that the actor sees, their own among them, as suggestions."""
    seen = Risk.objects.visible_to(actor).filter(status=Status.OPEN, organisation__closed_on=None)
    return _labels(seen.exclude(pk=but.pk) if but else seen)


def open_risks_of(actor: Actor, *, but: Risk | None = None) -> list[str]:
    """The newest open risks of the actor's own organisation."""
    own = Risk.objects.visible_to(actor).filter(status=Status.OPEN, organisation=actor.organisation)
    return _labels(own.exclude(pk=but.pk) if but else own)


def _labels(risks: Any) -> list[str]:
    return [label(risk) for risk in risks.select_related("organisation").newest_first()[:SUGGESTED]]


class RiskReferencesField(forms.Field):
    """Several risks. Cleans to what the service takes: references, or what was typed in their place."""

    several = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=SuggestInput(several=self.several), **kwargs)

    def suggest(self, suggestions: Iterable[str]) -> None:
        self.widget.suggestions = lambda: suggestions

    def prepare_value(self, value: Any) -> list[str]:
        return list(value) if isinstance(value, (list, tuple)) else [str(value or "")]

    def to_python(self, value: Any) -> list[str]:
        typed = [text for text in value or [] if text]
        for text in typed:
            refuse_null_characters(text)
        return list(dict.fromkeys(reference_of(text) for text in typed))


class RiskReferenceField(RiskReferencesField):
    """One risk."""

    several = False

    def clean(self, value: Any) -> str:
        found = super().clean(value)
        return found[0] if found else ""
