"""What is asked of whoever does something to a risk."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.fields import MemberField, OrganisationField
from risks import lfpse
from risks.models import ClosureReason, ScoreKind, Treatment
from safetyreg.api.asking import Asked, AskedInWords, Text

MOST = 60  # organisations named, or controls written, in one request


class RiskWords(AskedInWords):
    """What a logged risk says. What is left out stays as it is."""

    title = Text(required=False)
    cause = Text(required=False)
    event = Text(required=False)
    effect = Text(required=False)
    theme = serializers.ChoiceField(choices=lfpse.THEMES, required=False, allow_blank=True)
    process = serializers.ChoiceField(choices=lfpse.PROCESSES, required=False, allow_blank=True)
    services = serializers.ListField(child=serializers.ChoiceField(choices=lfpse.SERVICES), required=False)
    reach = serializers.ChoiceField(choices=lfpse.REACH, required=False, allow_blank=True)
    other_bodies = Text(required=False)
    population = Text(required=False)
    treatment = serializers.ChoiceField(choices=Treatment.choices, required=False)
    external_reference = Text(required=False)

    def given(self) -> dict[str, Any]:
        """The services take what is written about a risk as one."""
        fields = super().given()
        apart = {name: fields.pop(name) for name in ("version", "personal_data_checked") if name in fields}
        return apart | {"fields": fields}


class Edited(RiskWords):
    version = serializers.IntegerField(help_text="The version that you read before you changed it")


class Drafted(RiskWords):
    """All that can be said of a risk before it is logged."""

    likelihood = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    consequence = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    owner = MemberField(required=False, help_text="Who owns it: yourself, unless you name another member")
    involved = serializers.ListField(child=OrganisationField(), max_length=MOST, required=False)
    controls = serializers.ListField(child=Text(), max_length=MOST, required=False)


class DraftedAgain(Drafted):
    version = serializers.IntegerField(
        required=False, help_text="The version that you read; without it, what is saved last stands"
    )


class Scored(AskedInWords):
    kind = serializers.ChoiceField(choices=ScoreKind.choices)
    likelihood = serializers.IntegerField(min_value=1, max_value=5)
    consequence = serializers.IntegerField(min_value=1, max_value=5)
    rationale = Text(required=False, default="")


class Reviewed(AskedInWords):
    words = Text(required=False, default="")


class Closed(AskedInWords):
    closure_reason = serializers.ChoiceField(choices=ClosureReason.choices)
    words = Text(required=False, default="")


class HandedOver(Asked):
    to = MemberField()


class TransferAsked(AskedInWords):
    to = OrganisationField()
    reason = Text()


class TransferAccepted(Asked):
    owner = MemberField()


class NoLongerNamed(Asked):
    organisation = OrganisationField()


class Said(AskedInWords):
    text = Text()


class ActionAsked(Said):
    owner = MemberField()
    due_on = serializers.DateField()


class ActionDone(AskedInWords):
    words = Text(required=False, default="")


class ActionGiven(Asked):
    owner = MemberField()
