"""How a plain Django form becomes NHS.UK components: each kind of widget is described once, one template draws it."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from safetyreg.nhsuk.widgets import DATE_PARTS, Checkboxes, DateInput, Radios, SuggestInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms.boundfield import BoundField

# Above this many, choices are drawn small and in columns on wide screens.
MANY_CHOICES = 8
COUNT_FROM_PERCENT = 75
BLANK_ROWS = 3
TEXTAREA_ROWS = 5
# What the components say by themselves, or what would stop the reader before we can answer in words.
NOT_PASSED_ON = {"class", "rows", "cols", "maxlength", "minlength", "required", "autofocus", "autocomplete"}


class Renderer(TemplatesSetting):
    form_template_name = "forms/form.jinja"
    field_template_name = "forms/field.jinja"


def render_field(bound: BoundField, **options: Any) -> SafeString:
    """One field of a form. Options are described at the head of templates/forms/field.jinja."""
    context = {"field": bound, "options": options}
    return mark_safe(bound.form.renderer.render("forms/field.jinja", context))  # noqa: S308 - our own template


def component(bound: BoundField, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """The name of the NHS.UK component for a field, and its arguments."""
    return describe(bound.field.widget, bound, options or {})


def target(bound: BoundField) -> str:
    """The id of the first thing to fill in: where an error summary leads."""
    return bound.id_for_label if isinstance(bound.field.widget, DateInput) else bound.auto_id


@singledispatch
def describe(widget: forms.Widget, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "plain", {"html": str(bound)}


@describe.register(forms.widgets.Input)
def _(widget: forms.widgets.Input, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = widget.input_type
    return "input", _asked(bound, options) | {
        "type": kind,
        "value": _value(bound),
        "spellcheck": False if kind == "email" else None,
    }


@describe.register(forms.NumberInput)
def _(widget: forms.NumberInput, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    # A number box changes when scrolled over and drops what it cannot read; text with a number keypad does neither.
    return "input", _asked(bound, options) | {"value": _value(bound), "inputmode": "numeric", "width": 5}


@describe.register(forms.HiddenInput)
def _(widget: forms.HiddenInput, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "plain", {"html": str(bound)}


@describe.register(forms.PasswordInput)
def _(widget: forms.PasswordInput, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "passwordInput", _asked(bound, options)


@describe.register(forms.FileInput)
def _(widget: forms.FileInput, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    # The browser's own control: the component's drop zone hides its name from screen readers once scripted.
    return "input", _asked(bound, options) | {"type": "file", "classes": "app-file"}


@describe.register(forms.Textarea)
def _(widget: forms.Textarea, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    asked = _asked(bound, options) | {"value": _value(bound), "rows": options.get("rows", TEXTAREA_ROWS)}
    limit = getattr(bound.field, "max_length", None)
    if limit:
        return "characterCount", asked | {"maxlength": limit, "threshold": COUNT_FROM_PERCENT}
    return "textarea", asked


@describe.register(forms.Select)
def _(widget: forms.Select, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    items = [{"value": o["value"], "text": o["label"], "selected": o["selected"]} for o in _options(bound)]
    return "select", _asked(bound, options) | {"items": items}


@describe.register(forms.RadioSelect)
def _(widget: forms.RadioSelect, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    inline = widget.inline if isinstance(widget, Radios) else False
    return "radios", _choices(bound, options) | {"inline": inline}


@describe.register(forms.CheckboxSelectMultiple)
def _(widget: forms.CheckboxSelectMultiple, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "checkboxes", _choices(bound, options)


@describe.register(forms.CheckboxInput)
def _(widget: forms.CheckboxInput, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """One box to tick: its label stands beside it, so it needs no legend."""
    asked = _asked(bound, options)
    value = bound.value()
    box = {
        "value": "on" if value in (None, True, False) else value,
        "text": bound.label,
        "hint": asked["hint"],
        "checked": widget.check_test(value),
    }
    return "checkboxes", {
        "idPrefix": bound.auto_id,
        "name": bound.html_name,
        "errorMessage": asked["errorMessage"],
        "items": [box],
    }


@describe.register(DateInput)
def _(widget: DateInput, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    asked = _asked(bound, options)
    typed = bound.value() or {}
    items = [
        {
            "id": f"{bound.auto_id}_{part}",
            "name": f"{bound.html_name}_{part}",
            "label": part.capitalize(),
            "width": 4 if part == "year" else 2,
            "value": typed.get(part, ""),
        }
        for part in DATE_PARTS
    ]
    return "dateInput", {
        "id": bound.auto_id,
        "fieldset": {"legend": asked["label"]},
        "hint": asked["hint"],
        "errorMessage": asked["errorMessage"],
        "items": items,
    }


@describe.register(SuggestInput)
def _(widget: SuggestInput, bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    typed = [text for text in bound.value() or [] if text] if widget.several else (bound.value() or [""])[:1]
    blanks = [""] * BLANK_ROWS if widget.several else []
    rows = [{"value": text, "candidates": _named(widget, row)} for row, text in enumerate(typed + blanks)]
    asked = _asked(bound, options)
    return "suggest", asked | {"several": widget.several, "rows": rows, "suggestions": widget.suggestions()}


def _named(widget: SuggestInput, row: int) -> list[dict[str, str]]:
    return [{"value": name, "text": name} for name in widget.candidates.get(row, [])]


def _asked(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """What every component is told: name, label, hint, error."""
    attrs = bound.field.widget.attrs
    passed_on = {name: value for name, value in attrs.items() if name not in NOT_PASSED_ON and value is not False}
    return {
        "id": bound.auto_id,
        "name": bound.html_name,
        "label": {"text": _label(bound, options), "size": options.get("size", "s")},
        "hint": _text(options.get("hint", bound.help_text)),
        "errorMessage": _error(bound),
        "autocomplete": attrs.get("autocomplete"),
        "classes": options.get("classes", attrs.get("class", "")),
        "disabled": bound.field.disabled,
        "attributes": {n: {"value": True, "optional": True} if v is True else str(v) for n, v in passed_on.items()},
    }


def _label(bound: BoundField, options: dict[str, Any]) -> str:
    optional = options.get("optional", not bound.field.required)
    return f"{bound.label} (optional)" if optional else str(bound.label)


def _text(text: Any) -> dict[str, Any] | None:
    if not text:
        return None
    return {"html" if isinstance(text, SafeString) else "text": text}


def _error(bound: BoundField) -> dict[str, Any] | None:
    lines = [(message,) for message in bound.errors]
    return {"html": format_html_join(mark_safe("<br>"), "{}", lines)} if lines else None


def _value(bound: BoundField) -> str:
    return bound.field.widget.format_value(bound.value()) or ""


def _options(bound: BoundField) -> Iterable[dict[str, Any]]:
    widget = bound.field.widget
    described = widget.get_context(bound.html_name, bound.value(), {})["widget"]
    return [option for _group, options, _index in described["optgroups"] for option in options]


def _choices(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """Radios and checkboxes. `reveals` gives, by value, a field to show under a choice once it is made."""
    asked = _asked(bound, options)
    hints = getattr(bound.field.widget, "hints", {}) | options.get("hints", {})
    reveals = options.get("reveals", {})
    items = [
        {
            "value": option["value"],
            "text": option["label"],
            "checked": option["selected"],
            "hint": _text(hints.get(option["value"])),
            "conditional": {"html": render_field(reveals[option["value"]])} if option["value"] in reveals else None,
        }
        for option in _options(bound)
        if option["value"] != ""
    ]
    many = len(items) > MANY_CHOICES
    return asked | {
        "idPrefix": bound.auto_id,
        "id": None,
        "fieldset": {"legend": asked["label"]},
        "items": items,
        "small": many or options.get("small", False),
        "classes": f"{asked['classes']} app-columns" if many and not hints else asked["classes"],
    }


__all__ = ["Checkboxes", "Renderer", "component", "describe", "render_field", "target"]
