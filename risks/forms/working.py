"""The forms of what is done on a logged risk: each asks what one service takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from risks.forms.fields import (
    LongText,
    MemberField,
    OpenOrganisationField,
    consequence_field,
    likelihood_field,
)
from risks.models import ClosureReason, ScoreKind
from safetyreg.nhsuk.fields import NHSDateField
from safetyreg.nhsuk.widgets import Radios

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


class ScoreForm(forms.Form):
    kind = forms.ChoiceField(
        label="Which score are you giving?",
        choices=[
            (ScoreKind.CURRENT, "Current: how it is now, with the controls that are there"),
            (ScoreKind.TARGET, "Target: how it should be once the actions are done"),
        ],
        widget=Radios(),
        error_messages={"required": "Select which score you are giving"},
    )
    likelihood = likelihood_field()
    consequence = consequence_field()
    rationale = LongText(
        label="Why this score", required=False, help_text="For example: two incidents since the pathway changed in May"
    )


class ControlForm(forms.Form):
    text = LongText(
        label="What already makes it less likely or less serious",
        help_text="For example: the ward pharmacist rings the practice about every changed dose of an anticoagulant",
        error_messages={"required": "Enter the control"},
    )


class EndControlForm(forms.Form):
    why = LongText(label="Why it no longer helps", required=False)


class AsksMember(forms.Form):
    """A form that asks for somebody, as the first of its names does; its page says who can be chosen."""

    who = "owner"

    def __init__(self, *args: Any, members: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.who].queryset = members


class ActionForm(AsksMember):
    text = LongText(
        label="What will be done",
        help_text="For example: agree with the practices who is told about a changed dose, and how",
        error_messages={"required": "Enter what will be done"},
    )
    owner = MemberField(
        label="Who will do it", empty_label="Choose a person", error_messages={"required": "Choose who will do it"}
    )
    due_on = NHSDateField(
        label="By when",
        help_text="It is due at the end of that day. For example, 27 3 2027",
        error_messages={"required": "Enter the date by which it will be done"},
    )


class CompleteActionForm(forms.Form):
    words = LongText(label="What came of it", required=False)


class DropActionForm(forms.Form):
    why = LongText(label="Why it will not be done", error_messages={"required": "Enter why it will not be done"})


class GiveActionForm(AsksMember):
    owner = MemberField(
        label="Who will do it from now on",
        empty_label="Choose a person",
        error_messages={"required": "Choose who will do it from now on"},
    )


class CommentForm(forms.Form):
    text = LongText(label="Your comment", error_messages={"required": "Enter your comment"})


class HandOverForm(AsksMember):
    who = "to"
    to = MemberField(
        label="Who will own it from now on",
        empty_label="Choose a person",
        error_messages={"required": "Choose who will own it from now on"},
    )


class ReviewForm(forms.Form):
    words = LongText(
        label="What you found",
        required=False,
        help_text="For example: controls still in place, no new incidents, score unchanged",
    )


class CloseForm(forms.Form):
    closure_reason = forms.ChoiceField(
        label="Why is it closed?",
        choices=ClosureReason.choices,
        widget=Radios(),
        error_messages={"required": "Select why it is closed"},
    )
    words = LongText(
        label="More about it",
        required=False,
        help_text="For a duplicate, give the reference of the risk that stays open",
    )


class ReopenForm(forms.Form):
    why = LongText(label="Why it is opened again", error_messages={"required": "Enter why it is opened again"})


class TransferForm(forms.Form):
    to = OpenOrganisationField(
        label="Which organisation should take it over?", error_messages={"required": "Enter an organisation"}
    )
    reason = LongText(
        label="Why it should be theirs",
        help_text="For example: the letters are sent by their system, and only they can change it",
        error_messages={"required": "Enter why it should be theirs"},
    )


class AcceptTransferForm(AsksMember):
    owner = MemberField(
        label="Who will own it here",
        empty_label="Choose a person",
        error_messages={"required": "Choose who will own it here"},
    )


class DeclineTransferForm(forms.Form):
    why = LongText(label="Why you decline it", error_messages={"required": "Enter why you decline it"})
