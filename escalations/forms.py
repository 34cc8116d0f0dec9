"""The forms of escalations: each asks what one service takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from accounts.fields import OrganisationField, label
from accounts.models import Level, Organisation
from escalations.models import Outcome
from risks.forms.fields import LongText, MemberField
from safetyreg.nhsuk.widgets import Radios

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from accounts.models import User

OUTCOMES = {
    Outcome.ALERT_ISSUED: "A national or local alert tells everybody what to do",
    Outcome.ADVICE: "Words on what to do, without a change of your own",
    Outcome.RESOURCE_PROVIDED: "Money, people or equipment",
    Outcome.IMPROVEMENT_PROGRAMME: "Work that goes on, in which they can take part",
    Outcome.POLICY_OR_CONTRACT_CHANGE: "A rule, a pathway or a contract has been changed",
    Outcome.REFERRED_TO_INVESTIGATION: "Somebody will find out how it came about",
    Outcome.ALREADY_ADDRESSED: "Something that exists meets it: say what and where",
    Outcome.RETURNED_FOR_LOCAL_ACTION: "They can mend it themselves: say how",
    Outcome.ACCEPTED_AND_MONITORED: "You hold it with them and watch it: say how",
    Outcome.NO_ACTION: "Nothing will be done: say why",
}


class ICBField(OrganisationField):
    """Any ICB. Open ones are suggested; a closed one is understood, so that the service can say that it has closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Organisation.objects.filter(level=Level.ICB).in_order, **kwargs)

    def suggestions(self) -> Iterable[str]:
        return [label(organisation) for organisation in self.queryset().open()]


class AskForm(forms.Form):
    """What every escalation says. `urgencies` gives words beside each choice: the standard, and whom to ring."""

    reason = LongText(
        label="Why you escalate it",
        help_text="What you have tried, and why you cannot mend it alone. Do not repeat what the risk says",
        error_messages={"required": "Enter why you escalate it"},
    )
    ask = LongText(
        label="What you ask them to do",
        help_text="For example: agree one discharge letter with the practices in your area by the end of March",
        error_messages={"required": "Enter what you ask them to do"},
    )
    immediate = forms.TypedChoiceField(
        label="How urgent is it?",
        choices=[("no", "As urgent as the score of the risk"), ("yes", "Immediate: harm is imminent")],
        coerce=lambda value: value == "yes",
        widget=Radios(),
        initial="no",
        error_messages={"required": "Select how urgent it is"},
    )

    def __init__(self, *args: Any, urgencies: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["immediate"].widget.hints = urgencies


class ProviderEscalateForm(AskForm):
    """For a provider, which may ask another ICB than its own."""

    to = ICBField(label="Another ICB", required=False)
    why_this_body = LongText(
        label="Why you ask this ICB and not your own",
        required=False,
        help_text="For example: most of the patients live in its area",
    )


class AsksHandler(forms.Form):
    """`handlers` are the safety leads of the body asked."""

    handler = MemberField(label="Who handles it", empty_label=None)

    def __init__(self, *args: Any, handlers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = handlers


class QuestionForm(forms.Form):
    question = LongText(label="What you need to know", error_messages={"required": "Enter what you need to know"})


class InformationForm(forms.Form):
    information = LongText(
        label="The information asked for",
        help_text="Nothing that could say who a patient is",
        error_messages={"required": "Enter the information asked for"},
    )


class PlanForm(forms.Form):
    plan = LongText(
        label="What your organisation will do",
        help_text="For example: bring the practices and both hospitals together in January and agree one letter",
        error_messages={"required": "Enter what your organisation will do"},
    )


class UpdateForm(forms.Form):
    text = LongText(
        label="How things stand",
        help_text="What was done since the last update, and what comes next",
        error_messages={"required": "Enter the update"},
    )


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What came of it",
        choices=Outcome.choices,
        widget=Radios(hints=OUTCOMES),
        error_messages={"required": "Select the outcome"},
    )
    text = LongText(
        label="Your answer",
        help_text="Written so that whoever logged the risk can act on it. With no action, say why",
        error_messages={"required": "Enter the answer"},
    )


class ConfirmForm(forms.Form):
    text = LongText(
        label="What has changed", required=False, help_text="For example: letters have gone out the same day since May"
    )


class DisputeForm(forms.Form):
    why = LongText(
        label="Why the answer does not help",
        help_text="What is still wrong, and what would help",
        error_messages={"required": "Enter why the answer does not help"},
    )


class WithdrawForm(forms.Form):
    why = LongText(label="Why you withdraw it", error_messages={"required": "Enter why you withdraw it"})
