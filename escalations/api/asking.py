"""What is asked of whoever does something with an escalation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import serializers

from accounts.api.fields import MemberField, OrganisationField
from escalations.models import Feedback, Outcome
from safetyreg.api.asking import Asked, AskedInWords, Text

if TYPE_CHECKING:
    from django.db.models import QuerySet


class VisibleFeedback(serializers.PrimaryKeyRelatedField):
    """Feedback that the actor may read."""

    default_error_messages = {"does_not_exist": "Choose an answer from the level above this escalation"}

    def __init__(self) -> None:
        super().__init__(queryset=Feedback.objects.all(), pk_field=serializers.UUIDField(), required=False)

    def get_queryset(self) -> QuerySet[Feedback]:
        return Feedback.objects.visible_to(self.context["request"].actor).select_related("escalation")


class EscalatedFurther(AskedInWords):
    reason = Text()
    ask = Text()
    immediate = serializers.BooleanField(default=False, help_text="Harm is imminent")


class Escalated(EscalatedFurther):
    to = OrganisationField(
        required=False, help_text="The organisation above yours, unless a provider names another ICB and says why"
    )
    why_this_body = Text(required=False, default="")


class Acknowledged(Asked):
    handler = MemberField(required=False, help_text="Who handles it: yourself, unless you name another safety lead")


class Reassigned(Asked):
    handler = MemberField()


class InformationAsked(AskedInWords):
    question = Text()


class InformationGiven(AskedInWords):
    information = Text()


class Accepted(AskedInWords):
    plan = Text(help_text="What your organisation will do")


class Answered(AskedInWords):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    text = Text()
    passed_on_from = VisibleFeedback()


class Updated(AskedInWords):
    text = Text()


class Confirmed(AskedInWords):
    text = Text(required=False, default="")
