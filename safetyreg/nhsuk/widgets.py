"""Widgets that ask in NHS.UK ways: hints beside each choice, a date in three boxes, names suggested while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

DATE_PARTS = ("day", "month", "year")


class Radios(forms.RadioSelect):
    """`hints` gives words beside a choice, by its value. `inline` puts two or three short choices side by side."""

    def __init__(self, *, hints: Mapping[str, str] | None = None, inline: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hints = hints or {}
        self.inline = inline


class Checkboxes(forms.CheckboxSelectMultiple):
    def __init__(self, *, hints: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hints = hints or {}


class DateInput(forms.Widget):
    """Three boxes, `<name>_day`, `<name>_month` and `<name>_year`. Its value is what was typed into each."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {part: (data.get(f"{name}_{part}") or "").strip() for part in DATE_PARTS}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(f"{name}_{part}" in data for part in DATE_PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day"


class SuggestInput(forms.TextInput):
    """A text box with a list of suggestions that needs no script; `several` repeats the box.

    Where what was typed fits more than one, the field puts the candidates into `candidates` (by row) and the page
    asks which was meant. A candidate counts only while the text it was offered for is unchanged.
    """

    def __init__(self, *, several: bool = False, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.several = several
        self.suggestions: Callable[[], Iterable[str]] = list
        self.candidates: dict[int, list[str]] = {}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        texts = data.getlist(name) if hasattr(data, "getlist") else _as_list(data.get(name))
        return [self._chosen(data, name, row, text.strip()) for row, text in enumerate(texts)]

    def _chosen(self, data: Any, name: str, row: int, text: str) -> str:
        offered_for = data.get(f"{name}-offered-{row}")
        return data.get(f"{name}-choice-{row}") or text if offered_for == text else text


def _as_list(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return list(value)
    return [value] if value else []
