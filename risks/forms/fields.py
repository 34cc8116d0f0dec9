"""Questions that several pages ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from accounts.fields import OrganisationField, OrganisationsField, label
from accounts.models import Membership, Organisation, User
from risks.scoring import CONSEQUENCES, LIKELIHOODS
from safetyreg.nhsuk.widgets import Radios, SuggestInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from risks.scoring import Step

refuse_null_characters = ProhibitNullCharactersValidator()


def may_hold(organisation: Organisation) -> QuerySet[User]:
    """The members of an organisation who can own its risks and actions, by name."""
    members = Membership.objects.live().people().loggers().filter(organisation=organisation)
    return User.objects.filter(pk__in=members.values("user")).order_by("name", "email")


class MemberField(forms.ModelChoiceField):
    """One of `queryset`, which each page narrows to members: whoever else exists is no answer."""

    default_error_messages = {
        "required": "Choose a person",
        "invalid_choice": "Choose somebody who works for your organisation and can act on this",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)

    def to_python(self, value: Any) -> User | None:
        """Whatever is no member gets one answer, also what could be nobody's id."""
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice") from None

    def label_from_instance(self, user: User) -> str:
        return f"{user.name} ({user.email})"


class LongText(forms.CharField):
    """Several lines, whose ends do not depend on the browser."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class SentencesField(forms.Field):
    """Several short texts, each in a box of its own. Cleans to a list of those that were filled in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=SuggestInput(several=True), **kwargs)

    def to_python(self, value: Any) -> list[str]:
        texts = [text for text in value or [] if text]
        for text in texts:
            refuse_null_characters(text)
        return texts


def likelihood_field(**options: Any) -> forms.TypedChoiceField:
    return _score_field("How likely is it?", "Select how likely it is", LIKELIHOODS, options)


def consequence_field(**options: Any) -> forms.TypedChoiceField:
    return _score_field("How serious would it be?", "Select how serious it would be", CONSEQUENCES, options)


def _score_field(
    question: str, required: str, steps: Iterable[Step], options: dict[str, Any]
) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=question,
        choices=[(step.value, f"{step.value} {step.name}") for step in steps],
        coerce=int,
        empty_value=None,
        widget=Radios(hints={step.value: step.meaning for step in steps}),
        error_messages={"required": required},
        **options,
    )


class OpenOrganisationsField(OrganisationsField):
    """Suggests the open ones. A closed one is understood too, so that the service can say that it has closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Organisation.objects.all, **kwargs)

    def suggestions(self) -> Iterable[str]:
        return [label(organisation) for organisation in self.queryset().open().in_order()]


class OpenOrganisationField(OpenOrganisationsField, OrganisationField):
    """One of them."""
