"""Links over HTTP: proposing, accepting, declining and withdrawing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import OrganisationInShort, PersonInShort
from deadlines.api import ClockSerializer, with_clock_of_each
from risks import (
    converters,  # noqa: F401 - registers <reference:...>
    linked,
    permissions,
    services,
)
from risks.api import changes
from risks.api.views import RiskVerb
from risks.exporting import links_for
from risks.models import LinkConsent, LinkKind, LinkStatus, Risk, RiskLink
from safetyreg.api.asking import Asked, AskedInWords, Text, WithWhy
from safetyreg.api.filters import TrueOrFalse
from safetyreg.api.resources import Resource, Verb
from safetyreg.api.views import ListView, OneVerb, OneView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor


class SideSerializer(serializers.Serializer):
    """One risk of a link. What your organisation may not be told of it is empty."""

    organisation = OrganisationInShort()
    reference = serializers.CharField()
    title = serializers.CharField(help_text="Of a risk that you do not see: while its owner asks for your consent")
    path = serializers.CharField()


class ConsentSerializer(serializers.ModelSerializer):
    """An owner who has to accept the link before it stands."""

    organisation = OrganisationInShort()
    clock = ClockSerializer(allow_null=True, help_text="While the answer is owed")

    class Meta:
        model = LinkConsent
        fields = ["organisation", "given_at", "clock"]


class LinkSerializer(serializers.ModelSerializer):
    """How two risks relate, read from the first to the second: the first contributes to the second."""

    from_risk = serializers.SerializerMethodField()
    to_risk = serializers.SerializerMethodField()
    proposed_by = OrganisationInShort()
    consents = ConsentSerializer(many=True)
    ended_by = PersonInShort(allow_null=True)
    ended_for = OrganisationInShort(allow_null=True, help_text="The organisation that declined or withdrew it")

    class Meta:
        model = RiskLink
        fields = [
            "id", "path", "from_risk", "to_risk", "kind", "status", "reason", "proposed_by", "created_at",
            "accepted_at", "consents", "ended_at", "ended_by", "ended_for", "ended_why",
        ]  # fmt: skip

    @extend_schema_field(SideSerializer)
    def get_from_risk(self, link: Any) -> dict[str, Any]:
        return self._told(link, link.from_risk)

    @extend_schema_field(SideSerializer)
    def get_to_risk(self, link: Any) -> dict[str, Any]:
        return self._told(link, link.to_risk)

    def _told(self, link: Any, risk: Risk) -> dict[str, Any]:
        sides = ((link.from_risk_id, link.is_from_seen), (link.to_risk_id, link.is_to_seen))
        seen = {pk for pk, is_seen in sides if is_seen}
        return SideSerializer(linked.told(link, risk, self.context["request"].actor, seen)).data


class LinkFilters(filters.FilterSet):
    risk = filters.CharFilter(method="of_risk", label="The reference of one of the two risks")
    kind = filters.MultipleChoiceFilter(choices=LinkKind.choices)
    status = filters.MultipleChoiceFilter(choices=LinkStatus.choices)
    awaits_us = TrueOrFalse(method="awaiting", label="Whether it waits for your organisation to accept it")

    class Meta:
        model = RiskLink
        fields: list[str] = []

    def of_risk(self, rows: QuerySet[RiskLink], name: str, reference: str) -> QuerySet[RiskLink]:
        """Of a risk that the caller sees: of another, the link is not to say that it is one of the two."""
        seen = Risk.objects.visible_to(self.request.actor).filter(reference=reference)
        return rows.filter(Q(from_risk__in=seen) | Q(to_risk__in=seen))

    def awaiting(self, rows: QuerySet[RiskLink], name: str, value: bool) -> QuerySet[RiskLink]:
        asked = LinkConsent.objects.filter(
            link=OuterRef("pk"), organisation=self.request.actor.organisation, given_at=None
        )
        waits = Q(Exists(asked), status=LinkStatus.PROPOSED)
        return rows.filter(waits) if value else rows.exclude(waits)


class LinkProposed(AskedInWords):
    to = Text(help_text="The reference of an open risk that you see")
    kind = serializers.ChoiceField(choices=LinkKind.choices, help_text="What this risk is to that one")
    reason = Text(help_text="Why they belong together. Each owner reads it")


def links(actor: Actor) -> QuerySet[RiskLink]:
    visible = Risk.objects.visible_to(actor)
    rows = RiskLink.objects.visible_to(actor).annotate(
        is_from_seen=Exists(visible.filter(pk=OuterRef("from_risk"))),
        is_to_seen=Exists(visible.filter(pk=OuterRef("to_risk"))),
    )
    related = rows.select_related(
        "from_risk__organisation", "to_risk__organisation", "proposed_by", "ended_by", "ended_for"
    )
    consents = LinkConsent.objects.select_related("organisation").order_by("organisation__name", "pk")
    return related.prefetch_related(Prefetch("consents", consents)).newest_first()


def with_clocks_of_consents(rows: Sequence[RiskLink], now: datetime) -> Sequence[RiskLink]:
    with_clock_of_each([consent for link in rows for consent in link.consents.all()], now)
    return rows


SIDES = ("from_risk.reference", "from_risk.title", "to_risk.reference", "to_risk.title")
LINKS = Resource(
    LinkSerializer,
    links,
    LinkFilters,
    changed=changes.of_links,
    prepare=with_clocks_of_consents,
    told_to_some=SIDES,
    export=links_for,
)
PROPOSE = Verb(services.propose_link, permissions.can_propose_link, LinkProposed, LINKS, creates=True, on="risk")
VERBS = {
    "accept": Verb(services.accept_link, permissions.can_answer_link, Asked, LINKS, on="link"),
    "decline": Verb(services.decline_link, permissions.can_answer_link, WithWhy, LINKS, on="link"),
    "withdraw": Verb(services.withdraw_link, permissions.can_withdraw_link, WithWhy, LINKS, on="link"),
}

urlpatterns = [
    path("risks/<reference:reference>/link/", RiskVerb.as_view(verb=PROPOSE), name="api-risk-link"),
    path("links/", ListView.as_view(resource=LINKS), name="api-links"),
    path("links/<uuid:pk>/", OneView.as_view(resource=LINKS), name="api-link"),
    *(
        path(f"links/<uuid:pk>/{name}/", OneVerb.as_view(resource=LINKS, verb=verb), name=f"api-link-{name}")
        for name, verb in VERBS.items()
    ),
]
