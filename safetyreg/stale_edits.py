"""When somebody else saved first: both versions on one page, and nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django import forms
    from django.forms.boundfield import BoundField
    from django.http import QueryDict


@dataclass(frozen=True)
class Difference:
    """One field that the two versions disagree on."""

    label: str
    theirs: str
    yours: str


def differences(form: forms.Form, current: Any) -> list[Difference]:
    """What the form and the row as it stands disagree on. The form is given the row's version:

    sending it again then saves what the reader, who has now seen both, decided to write.
    """
    if "version" in form.fields:
        sent = cast("QueryDict", form.data).copy()
        sent[form.add_prefix("version")] = current.version
        form.data = sent
    return list(_differences(form, current))


def _differences(form: forms.Form, current: Any) -> Iterator[Difference]:
    for bound in form.visible_fields():
        if not hasattr(current, bound.name) or bound.name not in form.cleaned_data:
            continue
        theirs, yours = _words(bound, getattr(current, bound.name)), _words(bound, form.cleaned_data[bound.name])
        if theirs != yours:
            yield Difference(str(bound.label), theirs, yours)


def _words(bound: BoundField, value: Any) -> str:
    """A value as the reader knows it: the words of a choice, not its code."""
    if isinstance(value, (list, tuple)):
        return ", ".join(_words(bound, item) for item in value)
    choices = {str(key): str(words) for key, words in getattr(bound.field, "choices", ())}
    text = "" if value is None else str(value)
    return choices.get(text, text) if text else ""
