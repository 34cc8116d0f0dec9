"""Positions over HTTP: what organisations that are named on risks are asked, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.urls import path
from django.utils import timezone
from rest_framework import serializers

from accounts.api.fields import OrganisationField
from accounts.api.serializers import OrganisationInShort, PersonInShort
from deadlines.api import ClockSerializer, with_clock_of_each
from risks import permissions, services
from risks.api import changes
from risks.api.asking import MOST, Drafted
from risks.api.filters import InvolvementFilters
from risks.api.resources import RISKS
from risks.filters import POSITION_SORTS
from risks.models import Involvement, LinkKind, Risk
from safetyreg.api.asking import Asked, AskedInWords, Text
from safetyreg.api.resources import Resource, Verb
from safetyreg.api.views import ListView, OneVerb, OneView

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actors import Actor


class InvolvementSerializer(serializers.ModelSerializer):
    """An organisation that is named on a risk: what it was asked, and what it answered.

    An organisation that said that it is not affected keeps this exchange, and no longer sees the risk: `risk_title` is
    null for it. `own_risk` is null where your organisation does not see that risk.
    """

    risk = serializers.CharField(source="risk.reference", help_text="The reference of the risk asked about")
    risk_title = serializers.SerializerMethodField()
    asked_by = OrganisationInShort(source="risk.organisation")
    organisation = OrganisationInShort()
    created_by = PersonInShort()
    own_risk = serializers.SerializerMethodField(help_text="The reference of the risk that it answered with")
    answered_by = PersonInShort(allow_null=True)
    clock = ClockSerializer(allow_null=True, help_text="While the answer is owed")

    class Meta:
        model = Involvement
        fields = [
            "id", "path", "risk", "risk_title", "asked_by", "organisation", "question", "created_at", "created_by",
            "asked_at", "position", "own_risk", "words", "answered_at", "answered_by", "clock",
        ]  # fmt: skip

    def get_risk_title(self, involvement: Any) -> str | None:
        return involvement.risk.title if involvement.is_seen else None

    def get_own_risk(self, involvement: Any) -> str | None:
        return involvement.own_risk.reference if involvement.is_own_seen else None


class Named(AskedInWords):
    involved = serializers.ListField(
        child=OrganisationField(), source="organisations", max_length=MOST, required=False, default=list
    )
    all_providers_of = OrganisationField(
        required=False,
        help_text="An ICB whose open providers are all asked: your own, or one below your organisation",
    )
    question = Text(required=False, default="", help_text="What they are asked; there is a usual question without it")


class AnsweredWithOwn(Asked):
    own_risk = Text(help_text="The reference of an open risk of your organisation")
    kind = serializers.ChoiceField(
        choices=LinkKind.choices, required=False, help_text="What it is to the risk asked about"
    )


class AnsweredWithNew(Drafted):
    kind = serializers.ChoiceField(
        choices=LinkKind.choices, required=False, help_text="What it is to the risk asked about"
    )

    def given(self) -> dict[str, Any]:
        given = super().given()
        kind = given["fields"].pop("kind", "")
        return given | {"kind": kind}


class NotAffected(AskedInWords):
    words = Text(help_text="Why your organisation is not affected")


def involvements(actor: Actor) -> QuerySet[Involvement]:
    visible = Risk.objects.visible_to(actor)
    rows = (
        Involvement.objects.visible_to(actor)
        .as_listed(timezone.now())
        .annotate(
            is_seen=Exists(visible.filter(pk=OuterRef("risk"))),
            is_own_seen=Exists(visible.filter(pk=OuterRef("own_risk"))),
        )
    )
    related = rows.select_related("risk__organisation", "organisation", "own_risk", "created_by", "answered_by")
    return related.order_by("-created_at", "-pk")


INVOLVEMENTS = Resource(
    InvolvementSerializer,
    involvements,
    InvolvementFilters,
    POSITION_SORTS,
    changed=changes.of("created_at", "asked_at", "answered_at", risks=("risk", "own_risk")),
    prepare=with_clock_of_each,
    told_to_some=("risk_title", "own_risk"),
)

VERBS = {
    "not-affected": Verb(
        services.answer_not_affected,
        permissions.can_answer_involvement,
        NotAffected,
        INVOLVEMENTS,
        on="involvement",
    ),
    "own-risk": Verb(
        services.answer_with_own_risk,
        permissions.can_answer_involvement,
        AnsweredWithOwn,
        INVOLVEMENTS,
        on="involvement",
    ),
    "log": Verb(
        services.log_own_risk,
        permissions.can_answer_involvement,
        AnsweredWithNew,
        RISKS,
        creates=True,
        on="involvement",
    ),
}

urlpatterns = [
    path("involvements/", ListView.as_view(resource=INVOLVEMENTS), name="api-involvements"),
    path("involvements/<uuid:pk>/", OneView.as_view(resource=INVOLVEMENTS), name="api-involvement"),
    *(
        path(
            f"involvements/<uuid:pk>/{name}/",
            OneVerb.as_view(resource=INVOLVEMENTS, verb=verb),
            name=f"api-involvement-{name}",
        )
        for name, verb in VERBS.items()
    ),
]
