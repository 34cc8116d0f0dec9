"""Sending a file of risks, saying what its columns hold, and deciding what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from risks.importing.columns import TARGETS, matched
from safetyreg.nhsuk.widgets import Checkboxes, Radios
from safetyreg.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from risks.models import ImportBatch

LEAVE_OUT = ("", "Leave out")
ALL, SOME = "all", "some"
REFUSE, DRAFT = "refuse", "draft"
MOST_WORDS = 40


class SendForm(forms.Form):
    source = forms.CharField(
        label="Which system is the file from?",
        max_length=80,
        help_text="For example Datix. What its columns hold is remembered under this name",
        error_messages={"required": "Enter the system that the file is from, such as Datix"},
    )
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text="CSV or XLSX, up to 20 MB and 20,000 rows. Nothing is imported before you have seen what would be",
        error_messages={"required": "Choose a file"},
    )
    incomplete = forms.ChoiceField(
        label="If a row lacks something that a risk needs",
        choices=[(REFUSE, "Refuse the row"), (DRAFT, "Keep it as a draft, to be completed here")],
        initial=REFUSE,
        widget=Radios(),
        error_messages={"required": "Choose what is to become of rows that lack something"},
    )


class ColumnsForm(forms.Form):
    """One choice for each heading of the file, and for each of the source's own words that no list knows."""

    def __init__(self, *args: Any, batch: ImportBatch, words: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = {f"column_{position}": heading for position, heading in enumerate(batch.headings) if heading}
        hold = matched(batch.headings, batch.source.columns)
        choices = [LEAVE_OUT, *((name, target.label) for name, target in TARGETS.items())]
        for name, heading in self.headings.items():
            position = int(name.removeprefix("column_"))
            self.fields[name] = forms.ChoiceField(
                label=heading, choices=choices, required=False, initial=hold.get(position, "")
            )
        self.words: dict[str, tuple[str, str]] = {}
        for number, (target, word) in enumerate(words):
            name = f"word_{number}"
            self.words[name] = (target, word)
            self.fields[name] = forms.ChoiceField(
                label=f"“{word}” ({TARGETS[target].label})",
                choices=[("", "Choose what it means"), *TARGETS[target].choices],
                required=False,
            )

    def columns_hold(self) -> dict[str, str]:
        return {heading: self.cleaned_data[name] for name, heading in self.headings.items()}

    def words_mean(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, (target, word) in self.words.items():
            if code := self.cleaned_data[name]:
                found.setdefault(target, {})[word] = code
        return found


class ConfirmForm(forms.Form):
    how = forms.ChoiceField(
        label="What is to be imported?",
        choices=[(ALL, "Everything, or nothing at all if a row is refused"), (SOME, "Only the rows that are right")],
        widget=Radios(),
        error_messages={"required": "Choose what is to be imported"},
    )
    all_checked = forms.BooleanField(
        label="I have checked all of them: nothing in the file identifies a patient", required=False
    )
    rows_checked = forms.TypedMultipleChoiceField(
        label="Or only these rows", coerce=int, required=False, widget=Checkboxes()
    )

    def __init__(self, *args: Any, to_check: list[int], refused: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if refused:
            as_it_is = f"As it stands {plural(refused, 'row is', 'rows are')} refused: nothing would be imported"
            self.fields["how"].widget = Radios(choices=self.fields["how"].choices, hints={ALL: as_it_is})
        self.fields["rows_checked"].choices = [(number, f"Row {number}") for number in to_check]
        if not to_check:
            del self.fields["all_checked"], self.fields["rows_checked"]
