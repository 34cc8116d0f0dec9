"""What is asked about the systems that act for an organisation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.forms import ROLE_HINTS
from accounts.models import CLINICAL_ROLES, Client, Membership, Role, User
from safetyreg.api.scopes import Scope
from safetyreg.nhsuk.widgets import Checkboxes, Radios

if TYPE_CHECKING:
    from accounts.models import Organisation

OVERLAPS = {
    "0": ("Not at all: somebody may know it", timedelta()),
    "1": ("1 hour", timedelta(hours=1)),
    "24": ("1 day", timedelta(days=1)),
    "168": ("7 days", timedelta(days=7)),
    "720": ("30 days", timedelta(days=30)),
}


class ResponsibleField(forms.ModelChoiceField):
    """A person of the organisation who can own risks: the form narrows it to them."""

    def __init__(self) -> None:
        super().__init__(
            queryset=User.objects.none(),
            label="Who is responsible for it",
            help_text="They own what it logs, unless it names somebody else",
            empty_label="Choose a person",
            widget=forms.Select,
            error_messages={
                "required": "Choose who is responsible for it",
                "invalid_choice": "Choose somebody who works for your organisation and can own risks",
            },
        )

    def to_python(self, value: Any) -> User | None:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice") from None

    def label_from_instance(self, user: User) -> str:
        return f"{user.name} ({user.email})"


class ClientChangeForm(forms.Form):
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(scope.value, f"{scope.label} ({scope.value})") for scope in Scope],
        widget=Checkboxes(),
        help_text="No more than its role allows, and only what you select",
        error_messages={
            "required": "Select at least one thing that it may do",
            "invalid_choice": "Select what it may do",
        },
    )
    responsible = ResponsibleField()
    rate_limit = forms.IntegerField(
        label="How many requests a minute it may send",
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-5", "inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter a number, like 600",
            "min_value": "Enter a number of at least 1",
            "max_value": "Enter a number of at most 1,000,000",
        },
    )

    def __init__(self, *args: Any, organisation: Organisation, usual: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = Membership.objects.live().people().loggers().filter(organisation=organisation)
        people = User.objects.filter(pk__in=able.values("user")).order_by("name", "email")
        self.fields["responsible"].queryset = people  # type: ignore[attr-defined]
        self.fields["rate_limit"].help_text = f"Leave it empty for what is usual here: {usual:,}"


class ClientForm(ClientChangeForm):
    name = forms.CharField(
        label="Name",
        max_length=Client._meta.get_field("name").max_length,
        help_text="It stands beside what the system does in the register, for example Datix feed",
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-20"}),
        error_messages={"required": "Enter a name"},
    )
    role = forms.ChoiceField(
        label="Role",
        choices=[(role.value, role.label) for role in Role if role in CLINICAL_ROLES],
        widget=Radios(hints={role.value: words for role, words in ROLE_HINTS.items()}),
        help_text="It cannot be changed later",
        error_messages={"required": "Select a role", "invalid_choice": "Select a role"},
    )
    field_order = ("name", "role", "scopes", "responsible", "rate_limit")


class RotateForm(forms.Form):
    overlap = forms.TypedChoiceField(
        label="How long should the secret that it has now go on working?",
        choices=[(hours, words) for hours, (words, _time) in OVERLAPS.items()],
        coerce=lambda hours: OVERLAPS[hours][1],
        widget=Radios(hints={"0": "Its access tokens end too", "24": "Long enough to put the new one in its place"}),
        error_messages={
            "required": "Select how long the old secret should work",
            "invalid_choice": "Select how long the old secret should work",
        },
    )
