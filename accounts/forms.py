"""What is asked about accounts, people and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from accounts.models import Organisation, Role, User
from safetyreg.nhsuk.widgets import Radios

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Membership

# Said beside every field for a new password.
GOOD_ONE = "At least 12 characters. Three or more words that have nothing to do with you are easy to remember"
ROLE_HINTS = {
    Role.VIEWER: "Reads the risks that the organisation may see",
    Role.REPORTER: "Also logs risks and comments on them",
    Role.SAFETY_LEAD: "Also edits, scores, escalates, decides and answers",
    Role.ADMINISTRATOR: "Manages people, and reads no risks by that alone",
}


def email_field(**options: Any) -> forms.EmailField:
    return forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"} | options.pop("attrs", {})),
        error_messages={
            "required": "Enter an e-mail address",
            "invalid": "Enter an e-mail address like name@example.nhs.uk",
        },
        **options,
    )


def password_field(label: str, *, autocomplete: str, required: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        help_text=help_text,
        error_messages={"required": required},
    )


def new_password_field(label: str = "New password") -> forms.CharField:
    return password_field(label, autocomplete="new-password", required="Enter a new password", help_text=GOOD_ONE)


def role_field(**options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Role",
        choices=Role.choices,
        widget=Radios(hints=ROLE_HINTS),
        error_messages={"required": "Select a role", "invalid_choice": "Select a role"},
        **options,
    )


class SignInForm(forms.Form):
    email = email_field(attrs={"autocomplete": "username"})
    password = password_field("Password", autocomplete="current-password", required="Enter your password")

    def __init__(self, *args: Any, request: object = None, **kwargs: Any) -> None:
        """Django's sign-in view gives its form the request; this one asks nothing of it."""
        super().__init__(*args, **kwargs)


class EmailForm(forms.Form):
    email = email_field(help_text="The one you sign in with")


class NewPasswordForm(forms.Form):
    password = new_password_field()

    def __init__(self, user: User | None, *args: Any, **kwargs: Any) -> None:
        """Django's view gives its form the person; the service is told by the page."""
        super().__init__(*args, **kwargs)


class ChangePasswordForm(forms.Form):
    old_password = password_field(
        "Password you have now", autocomplete="current-password", required="Enter the password you have now"
    )
    password = new_password_field()


class NewPersonForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="As your colleagues know you. It stands beside what you do in the register",
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your name"},
    )
    password = new_password_field("Password")


class ActingForm(forms.Form):
    """Which of one's own memberships to act under."""

    membership = forms.ChoiceField(
        label="Act for",
        widget=Radios(),
        error_messages={
            "required": "Select whom you want to act for",
            "invalid_choice": "Select whom you want to act for: that membership has ended",
        },
    )

    def __init__(self, memberships: Iterable[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        field.choices = [(str(one.pk), f"{one.organisation.name}: {one.get_role_display()}") for one in memberships]
        field.widget.hints = {str(one.pk): _closed_hint(one) for one in memberships if not one.organisation.is_open}


def _closed_hint(membership: Membership) -> str:
    return f"Closed: as {membership.get_role_display().lower()} you can read, and no longer act"


class InviteForm(forms.Form):
    email = email_field(help_text="We send a link to it that works for 7 days")
    role = role_field()


class HandOverForm(forms.Form):
    """Asks who takes over, of those who may. With nobody to choose from there is no field."""

    def __init__(self, *args: Any, successors: Iterable[Membership] = (), required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {str(one.user_id): one.user for one in successors}
        if people:
            self.fields["hand_to"] = forms.TypedChoiceField(
                label="Hand everything to",
                choices=[("", "Choose somebody"), *((pk, _named(user)) for pk, user in people.items())],
                coerce=people.get,
                empty_value=None,
                required=required,
                widget=forms.Select,
                error_messages={
                    "required": "Choose who takes over what they hold",
                    "invalid_choice": "Choose who takes over what they hold",
                },
            )


def _named(user: User) -> str:
    return f"{user.name} ({user.email})"


class RoleForm(HandOverForm):
    role = role_field()


class ContactsForm(forms.Form):
    duty_email = forms.EmailField(
        label="Duty e-mail address",
        required=False,
        max_length=254,
        help_text="Told of what happens when the organisation has no safety lead. Best an address several people read",
        widget=forms.EmailInput(attrs={"spellcheck": "false"}),
        error_messages={"invalid": "Enter an e-mail address like name@example.nhs.uk"},
    )
    duty_phone = forms.CharField(
        label="Duty telephone number",
        required=False,
        max_length=Organisation._meta.get_field("duty_phone").max_length,
        help_text="Shown to whoever escalates a risk to you as immediate, for example 020 7946 0000, bleep 1234",
        widget=forms.TextInput(attrs={"class": "nhsuk-input--width-20"}),
    )
