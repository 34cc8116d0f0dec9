"""Form fields that ask for organisations by name or ODS code, with suggestions, and understand what was typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import Organisation
from safetyreg.nhsuk.widgets import SuggestInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

MOST_CANDIDATES = 12
LONGEST = 250  # characters: no name with its code is longer
CODE_AT_END = re.compile(r"\(([A-Za-z0-9]{2,10})\)\s*$")


def label(organisation: Organisation) -> str:
    return _label(organisation.name, organisation.ods_code)


def _label(name: str, ods_code: str) -> str:
    """Barts Health NHS Trust (R1H)."""
    return f"{name} ({ods_code})"


class OrganisationsField(forms.Field):
    """Several organisations. `queryset` is called for each form: whatever it leaves out does not exist here."""

    several = True
    default_error_messages = {
        "required": "Enter an organisation",
        "unknown": "We could not find “%(text)s”. Enter more of the name, or its ODS code",
        "ambiguous": "More than one organisation matches “%(text)s”. Choose the one you mean",
        "too_many": "Many organisations match “%(text)s”. Enter more of the name, or its ODS code",
    }

    def __init__(self, *, queryset: Callable[[], QuerySet[Organisation]], **kwargs: Any) -> None:
        kwargs.setdefault("widget", SuggestInput(several=self.several))
        kwargs.setdefault("help_text", "Start to enter a name or an ODS code")
        super().__init__(**kwargs)
        self.queryset = queryset
        self.widget.suggestions = self.suggestions

    def __deepcopy__(self, memo: dict[int, Any]) -> OrganisationsField:
        """Each form gets a copy, whose page may narrow `queryset`: its suggestions must follow."""
        copied = super().__deepcopy__(memo)
        copied.widget.suggestions = copied.suggestions
        return copied

    def suggestions(self) -> Iterable[str]:
        named = self.queryset().order_by("name", "ods_code").values_list("name", "ods_code")
        return [_label(name, code) for name, code in named]

    def prepare_value(self, value: Any) -> list[str]:
        given = value if isinstance(value, (list, tuple)) else [value]
        return [label(item) if isinstance(item, Organisation) else str(item or "") for item in given]

    def to_python(self, value: Any) -> list[Organisation]:
        typed = [text for text in self.prepare_value(value) if text]
        self.widget.candidates = {}
        found, errors = [], []
        for row, text in enumerate(typed):
            try:
                found.append(self._one(row, text))
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors)
        return list(dict.fromkeys(found))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [t for t in self.prepare_value(initial) if t] != [t for t in self.prepare_value(data) if t]

    def _one(self, row: int, text: str) -> Organisation:
        if len(text) > LONGEST or "\0" in text:  # which the database does not take
            raise self._refusal("unknown", text[:LONGEST])
        matches = self._matches(text)
        if len(matches) == 1:
            return matches[0]
        if not matches:
            raise self._refusal("unknown", text)
        if len(matches) > MOST_CANDIDATES:
            raise self._refusal("too_many", text)
        self.widget.candidates[row] = [label(organisation) for organisation in matches]
        raise self._refusal("ambiguous", text)

    def _refusal(self, code: str, text: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code, {"text": text})

    def _matches(self, text: str) -> list[Organisation]:
        """By the code at the end, or the code alone, or the whole name; otherwise every name with all the words."""
        at_end = CODE_AT_END.search(text)
        code = at_end.group(1) if at_end else text
        exact = list(self.queryset().filter(Q(ods_code__iexact=code) | Q(name__iexact=text))[:MOST_CANDIDATES])
        if exact or at_end:
            return exact
        words = Q()
        for word in text.split():
            words &= Q(name__icontains=word)
        return list(self.queryset().filter(words).order_by("name", "ods_code")[: MOST_CANDIDATES + 1])


class OrganisationField(OrganisationsField):
    """One organisation, or None when optional and left empty."""

    several = False

    def clean(self, value: Any) -> Organisation | None:
        found = super().clean(value)
        return found[0] if found else None
