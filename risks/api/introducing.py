"""Introductions over HTTP: a provider asks its ICB to bring it together with others that hold similar risks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path
from django_filters import rest_framework as filters
from rest_framework import serializers

from accounts.api.serializers import OrganisationInShort, PersonInShort
from deadlines.api import ClockSerializer, with_clock_of_each
from risks import (
    converters,  # noqa: F401 - registers <reference:...>
    permissions,
    services,
)
from risks.api import changes
from risks.api.asking import MOST
from risks.api.views import RiskVerb
from risks.models import Introduction, IntroductionStatus, LinkKind
from safetyreg.api.asking import AskedInWords, Text, WithWhy
from safetyreg.api.exporting import ExportView
from safetyreg.api.resources import Resource, Verb
from safetyreg.api.views import ListView, OneVerb, OneView

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actors import Actor


class IntroductionSerializer(serializers.ModelSerializer):
    """A request that an ICB introduce the owner of a risk to others of its system with similar risks."""

    risk = serializers.CharField(source="risk.reference", help_text="The reference of the risk")
    organisation = OrganisationInShort(help_text="Which asks")
    icb = OrganisationInShort(help_text="Which is asked")
    created_by = PersonInShort()
    ended_by = PersonInShort(allow_null=True)
    clock = ClockSerializer(allow_null=True, help_text="While the answer is owed")

    class Meta:
        model = Introduction
        fields = [
            "id", "path", "risk", "organisation", "icb", "reason", "status", "created_at", "created_by",
            "ended_at", "ended_by", "words", "clock",
        ]  # fmt: skip


class IntroductionFilters(filters.FilterSet):
    risk = filters.CharFilter(field_name="risk__reference", label="The reference of the risk")
    status = filters.MultipleChoiceFilter(choices=IntroductionStatus.choices)

    class Meta:
        model = Introduction
        fields: list[str] = []


class IntroductionAsked(AskedInWords):
    reason = Text(required=False, default="", help_text="What the ICB should know")


class Introduced(AskedInWords):
    to = serializers.ListField(child=Text(), max_length=MOST, help_text="References of risks that your ICB sees")
    kind = serializers.ChoiceField(choices=LinkKind.choices)
    reason = Text(help_text="Why they belong together. Each owner reads it")


def introductions(actor: Actor) -> QuerySet[Introduction]:
    rows = Introduction.objects.visible_to(actor)
    related = rows.select_related("risk__organisation", "organisation", "icb", "created_by", "ended_by")
    return related.order_by("-created_at", "-pk")


INTRODUCTIONS = Resource(
    IntroductionSerializer,
    introductions,
    IntroductionFilters,
    changed=changes.of("created_at", "ended_at", model=Introduction),
    prepare=with_clock_of_each,
)

ASK = Verb(
    services.ask_introduction,
    permissions.can_work_on_risk,
    IntroductionAsked,
    INTRODUCTIONS,
    creates=True,
    on="risk",
)
VERBS = {
    "introduce": Verb(
        services.introduce, permissions.can_answer_introduction, Introduced, INTRODUCTIONS, on="introduction"
    ),
    "decline": Verb(
        services.decline_introduction, permissions.can_answer_introduction, WithWhy, INTRODUCTIONS, on="introduction"
    ),
    "withdraw": Verb(
        services.withdraw_introduction,
        permissions.can_withdraw_introduction,
        answers=INTRODUCTIONS,
        on="introduction",
    ),
}

urlpatterns = [
    path(
        "risks/<reference:reference>/ask-introduction/",
        RiskVerb.as_view(verb=ASK),
        name="api-risk-ask-introduction",
    ),
    path("introductions/", ListView.as_view(resource=INTRODUCTIONS), name="api-introductions"),
    path("introductions/export/", ExportView.as_view(resource=INTRODUCTIONS), name="api-introductions-export"),
    path("introductions/<uuid:pk>/", OneView.as_view(resource=INTRODUCTIONS), name="api-introduction"),
    *(
        path(
            f"introductions/<uuid:pk>/{name}/",
            OneVerb.as_view(resource=INTRODUCTIONS, verb=verb),
            name=f"api-introduction-{name}",
        )
        for name, verb in VERBS.items()
    ),
]
