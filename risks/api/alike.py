"""Look-alikes over HTTP, and the work list of likely pairs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.serializers import PersonInShort
from accounts.models import Level
from risks import (
    converters,  # noqa: F401 - registers <reference:...>
    exporting,
    look_alikes,
    pairs,
    permissions,
    services,
)
from risks.api.serializers import RiskInShort
from risks.api.views import OfARisk
from risks.matching.texts import RiskText
from risks.models import LikelyPair, PairDismissal, Risk
from safetyreg.api.asking import Asked, AskedInWords, Text
from safetyreg.api.exporting import ExportView
from safetyreg.api.resources import Resource, Verb, any_since
from safetyreg.api.schema import refusals
from safetyreg.api.scopes import Scope
from safetyreg.api.views import ActorView, ListView, VerbView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from accounts.actors import Actor
    from safetyreg.idempotency.models import StoredAnswer


class LookAlikeSerializer(serializers.Serializer):
    """A risk that is like the one asked about, how much, and why."""

    risk = RiskInShort()
    likeness = serializers.FloatField(help_text="The cosine of the angle between the two: 1 for the same words")
    reason = serializers.CharField(help_text="Why, as a sentence")


class LookAlikesSerializer(serializers.Serializer):
    """The risks most like one risk, among those that your organisation sees."""

    is_ready = serializers.BooleanField(help_text="False for a minute or so after the risk was logged or changed")
    unseen_organisations = serializers.IntegerField(
        help_text="For the owner of a provider's risk: how many other organisations of the system hold one like it "
        "that you cannot see. 0 where there are fewer than 3"
    )
    results = LookAlikeSerializer(many=True)


class Typed(Asked):
    title = Text(required=False, default="")
    cause = Text(required=False, default="")
    event = Text(required=False, default="")
    effect = Text(required=False, default="")


class LikeARisk(OfARisk):
    """The risks most like this one that your organisation sees, nearest first."""

    @extend_schema(responses={200: LookAlikesSerializer, **refusals(401, 403, 404)})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = look_alikes.of_risk(self.risk, self.actor)
        shown = {
            "is_ready": found is not None,
            "unseen_organisations": self._unseen(),
            "results": found or [],
        }
        return Response(LookAlikesSerializer(shown, context=self.get_serializer_context()).data)

    def _unseen(self) -> int:
        owned = permissions.owns(self.actor, self.risk) and self.risk.organisation.level == Level.PROVIDER
        return look_alikes.unseen_organisations(self.risk, self.risk.organisation.parent) if owned else 0


class LikeAText(ActorView):
    """The risks most like what is being written that your organisation sees. What is sent is kept nowhere."""

    write_scope = Scope.READ  # POST, because it is too long for an address

    @extend_schema(request=Typed, responses={200: LookAlikesSerializer, **refusals(400, 401, 403, 404, 409, 422, 429)})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not permissions.can_log_risk(self.actor):
            raise PermissionDenied
        asked = Typed(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        found = look_alikes.of_text(RiskText(**asked.given()), self.actor)
        shown = {"is_ready": True, "unseen_organisations": 0, "results": found}
        return Response(LookAlikesSerializer(shown, context=self.get_serializer_context()).data)

    def may_still_read(self, stored: StoredAnswer) -> bool:
        named = {found["risk"]["id"] for found in json.loads(bytes(stored.body))["results"]}
        return Risk.objects.visible_to(self.actor).filter(pk__in=named).count() == len(named)


class PairSerializer(serializers.ModelSerializer):
    """Two open risks of different organisations that may belong together, and why."""

    first = RiskInShort()
    second = RiskInShort()
    reason = serializers.CharField(help_text="Why they may, as a sentence")

    class Meta:
        model = LikelyPair
        fields = ["first", "second", "likeness", "reason", "found_at"]


class VisibleRisk(serializers.SlugRelatedField):
    """A logged risk that the caller sees, by its reference."""

    default_error_messages = {"does_not_exist": "There is no logged risk with this reference that you can see"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="reference", queryset=Risk.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Risk]:
        return Risk.objects.visible_to(self.context["request"].actor).logged()


class Paired(Asked):
    risk = VisibleRisk(help_text="The reference of one of the two risks")
    other = VisibleRisk(help_text="The reference of the other")


class Dismissed(AskedInWords, Paired):
    reason = Text(required=False, default="", help_text="Why they do not belong together")


def likely(actor: Actor) -> QuerySet[LikelyPair]:
    return pairs.to_look_at(actor) if permissions.can_match(actor) else LikelyPair.objects.none()


def with_reasons(rows: Sequence[LikelyPair], now: datetime) -> Sequence[LikelyPair]:
    for row in rows:
        row.reason = pairs.reason_for(row.first, row.second)  # type: ignore[attr-defined]
    return rows


class DismissedPairSerializer(serializers.ModelSerializer):
    """Two risks that your organisation found not to belong together, and why."""

    first = RiskInShort()
    second = RiskInShort()
    created_by = PersonInShort()

    class Meta:
        model = PairDismissal
        fields = ["first", "second", "reason", "created_at", "created_by"]


def dismissed(actor: Actor) -> QuerySet[PairDismissal]:
    return pairs.dismissed(actor) if permissions.can_match(actor) else PairDismissal.objects.none()


DISMISSED = Resource(DismissedPairSerializer, dismissed, changed=any_since("created_at"))
PAIRS = Resource(PairSerializer, likely, prepare=with_reasons, export=lambda actor: exporting.PAIRS)
VERBS = {
    "dismiss": Verb(services.dismiss_pair, permissions.can_match, Dismissed),
    "restore": Verb(services.restore_pair, permissions.can_match, Paired),
}

urlpatterns = [
    path(
        "risks/<reference:reference>/look-alikes/",
        LikeARisk.as_view(),
        name="api-risk-look-alikes",
    ),
    path("look-alikes/", LikeAText.as_view(), name="api-look-alikes"),
    path("pairs/export/", ExportView.as_view(resource=PAIRS), name="api-pairs-export"),
    path("pairs/dismissed/", ListView.as_view(resource=DISMISSED), name="api-pairs-dismissed"),
    path("pairs/", ListView.as_view(resource=PAIRS), name="api-pairs"),
    *(path(f"pairs/{name}/", VerbView.as_view(verb=verb), name=f"api-pairs-{name}") for name, verb in VERBS.items()),
]
