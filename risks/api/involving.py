"""Positions over HTTP: what organisations that are named on risks are asked, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.urls import path
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers

from accounts.api.fields import OrganisationField
from accounts.api.serializers import OrganisationInShort, PersonInShort
from deadlines.api import ClockSerializer, with_clock_of_each
from deadlines.models import Deadline, Kind
from risks import permissions, services
from risks.api.asking import MOST, Drafted
from risks.api.resources import RISKS
from risks.models import Involvement, LinkKind, Position, Risk
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


class InvolvementFilters(filters.FilterSet):
    risk = filters.CharFilter(field_name="risk__reference", label="The reference of the risk")
    side = filters.ChoiceFilter(
        choices=[("asked_of_us", "Asked of us"), ("asked_by_us", "Asked by us")],
        method="on_side",
        label="What your organisation was asked, or what it asked others on its own risks",
    )
    position = filters.ChoiceFilter(choices=Position.choices)
    is_answered = filters.BooleanFilter(
        field_name="answered_at", lookup_expr="isnull", exclude=True, label="Whether it has been answered"
    )
    is_overdue = filters.BooleanFilter(method="late", label="Whether the answer is owed and late")

    class Meta:
        model = Involvement
        fields: list[str] = []

    def on_side(self, rows: QuerySet[Involvement], name: str, value: str) -> QuerySet[Involvement]:
        organisation = self.request.actor.organisation
        if value == "asked_of_us":
            return rows.filter(organisation=organisation)
        return rows.filter(risk__organisation=organisation)

    def late(self, rows: QuerySet[Involvement], name: str, value: bool) -> QuerySet[Involvement]:
        overdue = Deadline.objects.live().filter(
            kind=Kind.POSITION, subject_id=OuterRef("pk"), due_at__lte=timezone.now()
        )
        return rows.filter(Exists(overdue)) if value else rows.filter(~Exists(overdue))


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
    rows = Involvement.objects.visible_to(actor).annotate(
        is_seen=Exists(visible.filter(pk=OuterRef("risk"))),
        is_own_seen=Exists(visible.filter(pk=OuterRef("own_risk"))),
    )
    related = rows.select_related("risk__organisation", "organisation", "own_risk", "created_by", "answered_by")
    return related.order_by("-created_at", "-pk")


INVOLVEMENTS = Resource(
    InvolvementSerializer,
    involvements,
    InvolvementFilters,
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
