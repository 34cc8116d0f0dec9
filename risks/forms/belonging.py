"""The forms of what relates risks to each other: naming organisations, answering them, links and introductions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms

from accounts.models import Level, Organisation
from risks.forms.fields import LongText, OpenOrganisationsField
from risks.forms.references import RiskReferenceField, RiskReferencesField
from risks.forms.writing import LogForm
from risks.models import LinkKind
from risks.services import providers_under
from safetyreg.nhsuk.widgets import Radios
from safetyreg.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

FROM_THIS_RISK = [
    (LinkKind.SAME_HAZARD, "This risk and the other are the same hazard, seen from two places"),
    (LinkKind.CONTRIBUTES_TO, "This risk contributes to the other: it makes it more likely or more serious"),
    (LinkKind.CAUSES, "This risk causes the other: where this happens, the other follows"),
    (LinkKind.RELATED, "They are related in another way, which the reason explains"),
]
FROM_OURS = [
    (LinkKind.SAME_HAZARD, "Ours has the same cause: the same hazard, seen from our side"),
    (LinkKind.CONTRIBUTES_TO, "Ours contributes to theirs: it makes theirs more likely or more serious"),
    (LinkKind.CAUSES, "Ours causes theirs: where ours happens, theirs follows"),
    (LinkKind.RELATED, "Ours is related to theirs in another way"),
]


def kind_field(label: str, choices: list[tuple[LinkKind, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=Radios(),
        error_messages={"required": "Select how the risks belong together"},
    )


class InvolveForm(forms.Form):
    """Who is named, and what they are asked."""

    involved = OpenOrganisationsField(label="Other organisations involved", required=False)
    question = LongText(
        label="What do you ask them?",
        required=False,
        help_text="Each organisation answers with a risk of its own, or says why it is not affected",
    )


class InvolveFromIcbForm(InvolveForm):
    """For an ICB, which may ask all its providers in one step."""

    all_providers_of = forms.BooleanField(required=False)
    field_order = ("all_providers_of", "involved", "question")

    def __init__(self, *args: Any, body: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        number = len(providers_under(body))
        many = f"All {number} open providers" if number != 1 else "The one open provider"
        self.fields["all_providers_of"].label = f"{many} of {body.name} (those named already are left out)"

    def clean_all_providers_of(self) -> Organisation | None:
        return self.body if self.cleaned_data["all_providers_of"] else None


class InvolveFromAboveForm(InvolveForm):
    """For a region or the national body, which may ask all providers of an ICB below it."""

    all_providers_of = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        required=False,
        label="All open providers of an ICB",
        help_text="Those named already are left out",
        empty_label="Choose an ICB",
        error_messages={"invalid_choice": "Choose an ICB that answers to you"},
    )
    field_order = ("all_providers_of", "involved", "question")

    def __init__(self, *args: Any, body: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Counter(provider.parent_id for provider in providers_under(body))
        field = self.fields["all_providers_of"]
        icbs = Organisation.objects.open().filter(level=Level.ICB).in_order()
        field.queryset = icbs.filter(parent=body) if body.level == Level.REGION else icbs
        field.label_from_instance = lambda icb: f"{icb.name} ({plural(providers[icb.pk], 'open provider')})"


def involve_form_for(body: Organisation) -> type[InvolveForm]:
    if body.level == Level.PROVIDER:
        return InvolveForm
    return InvolveFromIcbForm if body.level == Level.ICB else InvolveFromAboveForm


class SuggestsRisks(forms.Form):
    """A form that asks for risks as `suggested` does; its page says which can be suggested."""

    suggested = "to"

    def __init__(self, *args: Any, suggestions: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.suggested].suggest(suggestions)


class OwnRiskForm(SuggestsRisks):
    suggested = "own_risk"
    own_risk = RiskReferenceField(
        label="Which risk of ours?",
        help_text="Start to enter its reference or its title. The newest of our open risks are suggested",
        error_messages={"required": "Enter the reference of an open risk of your own"},
    )
    kind = kind_field("What is ours to theirs?", FROM_OURS)


class LogOwnRiskForm(LogForm):
    """The form that a risk is logged with, and what the new risk is to the one that was asked about."""

    kind = forms.ChoiceField(
        label="What is ours to theirs?", choices=FROM_OURS, required=False, widget=Radios(), initial=""
    )


class NotAffectedForm(forms.Form):
    words = LongText(
        label="Why are we not affected?",
        help_text="For example: we send our letters another way, which does not wait for a sign-off",
        error_messages={"required": "Enter why you are not affected"},
    )


class LinkForm(SuggestsRisks):
    to = RiskReferenceField(
        label="Which risk does it belong with?",
        help_text="Its reference, for example PSR-000123. Open risks that you can see are suggested",
        error_messages={"required": "Enter the reference of a risk"},
    )
    kind = kind_field("How do they belong together?", FROM_THIS_RISK)
    reason = LongText(
        label="Why do they belong together?",
        help_text="Whoever is asked to accept reads this. Say what both have in common, and name no patient",
        error_messages={"required": "Enter why these risks belong together"},
    )


class DeclineLinkForm(forms.Form):
    why = LongText(
        label="Why do you decline it?",
        help_text="Whoever proposed it reads this. They can propose it again only with a new reason",
        error_messages={"required": "Enter why you decline it"},
    )


class WithdrawLinkForm(forms.Form):
    why = LongText(
        label="Why do you withdraw it?",
        help_text="The other side reads this",
        error_messages={"required": "Enter why you withdraw it"},
    )


class AskIntroductionForm(forms.Form):
    reason = LongText(
        label="What would help you?",
        required=False,
        help_text="For example: we would like to know how others found these letters, and what they changed",
    )


class IntroduceForm(SuggestsRisks):
    to = RiskReferencesField(
        label="Risks to link it with",
        help_text="A reference in each box. Open risks that you can see are suggested",
        error_messages={"required": "Enter the reference of a risk"},
    )
    kind = kind_field("How do they belong together?", FROM_THIS_RISK)
    reason = LongText(
        label="Why do they belong together?",
        help_text="Both owners read this before they see anything of each other's risk",
        error_messages={"required": "Enter why these risks belong together"},
    )


class DeclineIntroductionForm(forms.Form):
    why = LongText(
        label="Why do you introduce nobody?",
        help_text="The organisation that asked reads this",
        error_messages={"required": "Enter why you introduce nobody"},
    )
