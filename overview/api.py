"""What puts several risks together, over HTTP: the positions on a system risk, and the map of linked risks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.serializers import OrganisationInShort, PersonInShort
from overview import linked, positions
from risks import converters  # noqa: F401 - registers <reference:...>
from risks.api.serializers import RiskInShort
from risks.api.views import OfARisk
from risks.models import LinkKind, Risk, Status
from risks.scoring import Band

if TYPE_CHECKING:
    from rest_framework.request import Request


class ToDoSerializer(serializers.Serializer):
    """An action that has yet to be done."""

    text = serializers.CharField(source="action.text")
    owner = PersonInShort(source="action.owner")
    due_on = serializers.DateField(source="action.due_on")
    is_overdue = serializers.BooleanField()


class BodyPositionSerializer(serializers.Serializer):
    """One body's position. Where `shows_everything` is false, what you do not read of that risk is null."""

    reference = serializers.CharField(source="risk.reference")
    path = serializers.CharField(source="risk.path")
    title = serializers.CharField(source="risk.title")
    organisation = OrganisationInShort(source="risk.organisation")
    status = serializers.ChoiceField(source="risk.status", choices=Status.choices)
    score = serializers.IntegerField(source="risk.score")
    band = serializers.ChoiceField(source="risk.band", choices=Band.choices)
    target = serializers.IntegerField(source="target.score", default=None, allow_null=True)
    trend = serializers.CharField(source="trend_words", help_text="How the score last moved, in words")
    controls = serializers.ListField(child=serializers.CharField(), help_text="Those in place")
    shows_everything = serializers.BooleanField()
    actions = ToDoSerializer(source="to_do", many=True, allow_null=True)
    actions_done = serializers.IntegerField(source="done", allow_null=True)
    owner = PersonInShort(source="risk.owner", allow_null=True)
    reviewed_at = serializers.DateTimeField(source="risk.reviewed_at", allow_null=True)
    review_due_at = serializers.DateTimeField(allow_null=True)
    is_review_overdue = serializers.BooleanField(allow_null=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="What is not there, in words")

    IN_FULL = ("actions", "actions_done", "owner", "reviewed_at", "review_due_at", "is_review_overdue")

    def to_representation(self, position: Any) -> dict[str, Any]:
        shown = super().to_representation(position)
        return shown if position.shows_everything else shown | dict.fromkeys(self.IN_FULL)


class StillMissingSerializer(serializers.Serializer):
    """An organisation that has been asked and holds no position. `title` is that of its risk, if you may know it."""

    organisation = OrganisationInShort()
    title = serializers.CharField()
    words = serializers.CharField()
    path = serializers.CharField()


class PositionsSerializer(serializers.Serializer):
    """Each body's position on a system risk, as far as you are shown it; never one score for all."""

    positions = BodyPositionSerializer(source="shown", many=True)
    still_missing = StillMissingSerializer(many=True, help_text="For the owner of the system risk alone")


class EdgeSerializer(serializers.Serializer):
    """An accepted link, by the references of its two risks."""

    from_risk = serializers.CharField(source="from_risk.reference")
    to_risk = serializers.CharField(source="to_risk.reference")
    kind = serializers.ChoiceField(choices=LinkKind.choices)
    is_directed = serializers.BooleanField(help_text="Whether it leads from the first to the second")
    accepted_at = serializers.DateTimeField()


class MapSerializer(serializers.Serializer):
    """The risks that are linked with one, nearest first, and the links among them: those that you see."""

    nodes = RiskInShort(source="in_order", many=True)
    edges = EdgeSerializer(source="links", many=True)
    left_out = serializers.IntegerField(help_text="How many more linked risks you see that are not among these")


NOTHING = positions.Positions(is_owner=False, may_gather=False, shown=[], still_missing=[])


class PutTogether(OfARisk):
    """Something read of one risk and others, that is no row of its own."""

    shown_by: type[serializers.Serializer]

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return self.shown_by


class Positions(PutTogether):
    """Each body's position on a system risk: every one for its owner, its own for a contributor."""

    shown_by = PositionsSerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        reads_all = Risk.objects.read_in_full_by(self.actor).filter(pk=self.risk.pk).exists()
        found = positions.on(self.risk, self.actor, timezone.now(), reads_all=reads_all)
        return Response(self.shown_by(found or NOTHING).data)


class Map(PutTogether):
    """The risks that are linked with one, over a few steps, and the links among them."""

    shown_by = MapSerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.shown_by(linked.with_risk(self.risk, self.actor)).data)


urlpatterns = [
    path("risks/<reference:reference>/positions/", Positions.as_view(), name="api-risk-positions"),
    path("risks/<reference:reference>/map/", Map.as_view(), name="api-risk-map"),
]
