"""Plain Django forms come out as NHS.UK components that say everything a person needs to fill them in."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.template import engines

from safetyreg.nhsuk.fields import NHSDateField
from safetyreg.nhsuk.forms import render_field
from safetyreg.nhsuk.widgets import Checkboxes, Radios, SuggestInput
from tests.safetyreg.conftest import text

YES_NO = [("Y", "Yes"), ("N", "No")]


def draw(field: forms.Field, data: dict[str, Any] | None = None, **options: Any) -> str:
    """One field called `asked`, on one line so that a test can quote it."""
    form = type("Form", (forms.Form,), {"asked": field})(data)
    return flat(render_field(form["asked"], **options))


def flat(html: str) -> str:
    return re.sub(r"\s+(>)?", lambda space: space[1] or " ", html)


def test_a_text_box_has_a_label_tied_to_it_and_a_hint_read_out_with_it() -> None:
    html = draw(forms.CharField(label="Title", help_text="A few words"))
    assert '<label class="nhsuk-label nhsuk-label--s" for="id_asked">' in html
    assert 'aria-describedby="id_asked-hint"' in html
    assert text(html) == "Title A few words"


def test_a_mistake_is_said_beside_the_box_and_what_was_typed_stays() -> None:
    html = draw(forms.EmailField(label="E-mail"), {"asked": 'wrong"><b>'})
    assert "Error: Enter a valid email address." in text(html)
    assert 'aria-describedby="id_asked-error"' in html
    assert 'value="wrong&#34;&gt;&lt;b&gt;"' in html
    assert "nhsuk-input--error" in html


def test_several_mistakes_are_each_said() -> None:
    def refuse(value: str) -> None:
        raise forms.ValidationError(["Too short", "Too vague"])

    html = draw(forms.CharField(validators=[refuse]), {"asked": "x"})
    assert "Too short<br>Too vague" in html


def test_optional_fields_say_so_unless_told_not_to() -> None:
    assert "Note (optional)" in draw(forms.CharField(label="Note", required=False))
    assert "(optional)" not in draw(forms.CharField(label="Note", required=False), optional=False)
    assert "(optional)" not in draw(forms.CharField(label="Note"))


def test_the_browser_neither_cuts_off_nor_refuses_what_is_typed() -> None:
    html = draw(forms.CharField(max_length=5))
    assert "maxlength=" not in html
    assert " required" not in html


def test_a_limited_textarea_says_how_much_fits_without_javascript() -> None:
    html = draw(forms.CharField(label="Cause", max_length=2000, widget=forms.Textarea), {"asked": "Late\nletters"})
    assert "You can enter up to 2000 characters" in html
    assert 'data-maxlength="2000"' in html
    assert "Late letters</textarea>" in html


def test_what_is_typed_into_a_textarea_keeps_its_lines() -> None:
    form = type("Form", (forms.Form,), {"asked": forms.CharField(widget=forms.Textarea)})({"asked": "one\n  two"})
    assert ">one\n  two</textarea>" in render_field(form["asked"])


def test_a_choice_from_a_list_keeps_what_was_chosen() -> None:
    html = draw(forms.ChoiceField(choices=YES_NO), {"asked": "N"})
    assert '<option value="N" selected>No</option>' in html
    assert '<option value="Y">Yes</option>' in html


def test_radios_have_a_legend_and_a_hint_for_each_choice() -> None:
    html = draw(forms.ChoiceField(label="Urgent?", choices=YES_NO, widget=Radios(hints={"Y": "Harm is imminent"})))
    assert "<legend" in html
    assert text(html) == "Urgent? Yes Harm is imminent No"
    assert 'aria-describedby="id_asked-item-hint"' in html


def test_radios_keep_what_was_chosen_and_show_a_mistake() -> None:
    field = forms.ChoiceField(choices=YES_NO, widget=Radios, error_messages={"required": "Choose one"})
    assert 'value="N" checked' in draw(field, {"asked": "N"})
    assert "Choose one" in draw(field, {})


def test_a_choice_can_reveal_another_field_which_is_there_without_javascript() -> None:
    fields = {
        "asked": forms.ChoiceField(choices=YES_NO, widget=Radios),
        "why": forms.CharField(label="Why not?", required=False),
    }
    form = type("Form", (forms.Form,), fields)()
    html = flat(render_field(form["asked"], reveals={"N": form["why"]}))
    assert 'data-aria-controls="conditional-id_asked-2"' in html
    assert "Why not?" in html


def test_many_choices_are_drawn_small_and_in_columns() -> None:
    html = draw(forms.MultipleChoiceField(choices=[(str(n), f"Service {n}") for n in range(9)], widget=Checkboxes))
    assert "nhsuk-checkboxes--small app-columns" in html


def test_ticked_boxes_stay_ticked() -> None:
    html = draw(forms.MultipleChoiceField(choices=YES_NO, widget=Checkboxes), {"asked": ["Y"]})
    assert 'value="Y" checked' in html
    assert 'value="N">' in html


def test_a_single_box_to_tick_has_its_words_beside_it() -> None:
    html = draw(forms.BooleanField(label="I have checked", help_text="Twice"), {"asked": "on"})
    assert "<legend" not in html
    assert 'value="on" checked' in html
    assert text(html) == "I have checked Twice"


def test_a_password_is_never_sent_back() -> None:
    html = draw(forms.CharField(widget=forms.PasswordInput), {"asked": "opensesame"})
    assert 'type="password"' in html
    assert "opensesame" not in html


def test_a_number_is_asked_as_text_with_a_number_keypad() -> None:
    html = draw(forms.IntegerField(), {"asked": "five"})
    assert 'type="text"' in html
    assert 'inputmode="numeric"' in html
    assert 'value="five"' in html


def test_a_hidden_field_draws_nothing_to_read() -> None:
    html = draw(forms.CharField(widget=forms.HiddenInput), {"asked": "7"})
    assert html.startswith('<input type="hidden" name="asked" value="7"')


def test_a_file_is_asked_for_with_a_label() -> None:
    html = draw(forms.FileField(label="Events file"))
    assert 'type="file"' in html
    assert "Events file" in text(html)


def test_a_date_is_three_labelled_boxes_that_keep_what_was_typed() -> None:
    html = draw(NHSDateField(label="Due date"), {"asked_day": "31", "asked_month": "2", "asked_year": "2026"})
    assert text(html) == ("Due date Error: Enter a real date, for example 8 4 2026 Day Month Year")
    assert all(f'value="{typed}"' in html for typed in ("31", "2", "2026"))
    assert 'id="id_asked_day"' in html


def test_a_box_with_suggestions_needs_no_javascript() -> None:
    field = forms.CharField(label="Organisation", widget=SuggestInput())
    field.widget.suggestions = lambda: ["Barts Health NHS Trust (R1H)"]
    html = draw(field)
    assert 'list="id_asked-suggestions"' in html
    assert '<datalist id="id_asked-suggestions"><option value="Barts Health NHS Trust (R1H)"></datalist>' in html


def test_a_whole_form_draws_its_fields_but_not_the_identity_check() -> None:
    fields = {"one": forms.CharField(), "personal_data_checked": forms.BooleanField()}
    html = str(type("Form", (forms.Form,), fields)())
    assert 'name="one"' in html
    assert "personal_data_checked" not in html


def test_the_error_summary_leads_to_the_first_box_of_each_field() -> None:
    fields = {
        "title": forms.CharField(error_messages={"required": "Enter a title"}),
        "due": NHSDateField(),
        "reach": forms.ChoiceField(widget=Radios, choices=YES_NO, error_messages={"required": "Choose the reach"}),
    }
    form = type("Form", (forms.Form,), fields)({})
    form.add_error(None, "This risk was closed")
    source = '{% from "forms/parts.jinja" import error_summary %}{{ error_summary(form) }}'
    html = flat(engines["jinja2"].from_string(source).render({"form": form}))
    assert text(html) == "There is a problem This risk was closed Enter a title Enter a date Choose the reach"
    assert re.findall(r'href="(#[^"]*)"', html) == ["#id_title", "#id_due_day", "#id_reach"]
    drawn = str(form)
    assert all(f'id="{target}"' in drawn for target in ("id_title", "id_due_day", "id_reach"))
