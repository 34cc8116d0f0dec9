"""System risks over HTTP: gathering the risks of others under one, and logging one with the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from rest_framework import serializers

from risks import permissions, services
from risks.api.asking import MOST, Drafted
from risks.api.resources import RISKS
from risks.api.views import RiskVerb
from safetyreg.api.asking import AskedInWords, Text
from safetyreg.api.resources import Verb
from safetyreg.api.views import VerbView

if TYPE_CHECKING:
    from risks.models import Risk


def contributors_field() -> serializers.ListField:
    return serializers.ListField(
        child=Text(), max_length=MOST, help_text="The references of the risks that contribute to it: PSR-000123"
    )


class Gathered(AskedInWords):
    contributors = contributors_field()
    reason = Text(help_text="Why these risks belong together: the owner of each reads it")


class SystemRiskLogged(Drafted):
    contributors = contributors_field()
    reason = Text(help_text="Why these risks belong together: the owner of each reads it")

    def given(self) -> dict[str, Any]:
        given = super().given()
        return given | {name: given["fields"].pop(name) for name in ("contributors", "reason")}


def gather(*, risk: Risk, **given: Any) -> Risk:
    """Ask the owners of several risks to let them contribute to a system risk. All of them are asked, or none."""
    services.gather(risk=risk, **given)
    return risk


GATHER = Verb(gather, permissions.can_gather, Gathered, RISKS, on="risk")
LOG = Verb(services.log_system_risk, permissions.can_match, SystemRiskLogged, RISKS, creates=True)

urlpatterns = [
    path("system-risks/", VerbView.as_view(verb=LOG), name="api-system-risks"),
    path("risks/<reference:reference>/gather/", RiskVerb.as_view(verb=GATHER), name="api-risk-gather"),
]
