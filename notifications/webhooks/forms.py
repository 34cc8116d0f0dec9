"""The forms about webhooks. What may be an address, and what has to be given, is for the services."""

from __future__ import annotations

from datetime import timedelta

from django import forms

from notifications.webhooks.types import EventType
from safetyreg.nhsuk.widgets import Checkboxes, Radios

BACK_TO = {
    "3600": ("An hour ago", timedelta(hours=1)),
    "86400": ("A day ago", timedelta(days=1)),
    "259200": ("3 days ago", timedelta(days=3)),
    "2592000": ("30 days ago", timedelta(days=30)),
}


class WebhookForm(forms.Form):
    description = forms.CharField(
        label="Description",
        max_length=200,
        help_text="Which of your systems it is. For example: Datix, live",
        error_messages={"required": "Enter a description"},
    )
    url = forms.CharField(
        label="Address",
        help_text="It starts with https:// and can be reached from the internet",
        error_messages={"required": "Enter an address"},
    )
    event_types = forms.MultipleChoiceField(
        label="What it is told",
        choices=EventType.choices,
        widget=Checkboxes(hints={str(kind): str(kind) for kind in EventType}),
        error_messages={"required": "Select what it is told"},
    )


class ReplayForm(forms.Form):
    since = forms.TypedChoiceField(
        label="Since when?",
        choices=[(key, words) for key, (words, _span) in BACK_TO.items()],
        coerce=lambda key: BACK_TO[key][1],
        widget=Radios(),
        error_messages={"required": "Select since when"},
    )
