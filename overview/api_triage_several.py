"""Triage over HTTP: one thing done to several, and putting away everything of a kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.fields import MemberField
from escalations.api.asking import EscalatedFurther
from escalations.models import Outcome
from overview.triage import doings, permissions, putting_away, services
from overview.triage.entries import by_keys
from overview.triage.models import Put
from risks.models import Risk
from safetyreg.api.asking import Asked, AskedInWords, Text
from safetyreg.api.schema import refusals
from safetyreg.api.scopes import Scope
from safetyreg.api.views import ActorView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from safetyreg.idempotency.models import StoredAnswer


class Chosen(Asked):
    key = serializers.CharField(max_length=120)
    state = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)


class SeveralChosen(Asked):
    items = Chosen(many=True, allow_empty=False, max_length=services.MOST)

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in super().given().items() if name != "items"}

    @property
    def seen(self) -> dict[str, str]:
        return {one["key"]: one["state"] for one in self.validated_data["items"]}


class SeveralHandled(SeveralChosen):
    handler = MemberField()


class SeveralAcknowledged(SeveralChosen):
    handler = MemberField(required=False, help_text="Who handles them: yourself, unless you name another safety lead")


class SeveralAccepted(SeveralChosen, AskedInWords):
    plan = Text(help_text="What your organisation will do")


class SeveralEscalatedOn(SeveralChosen, EscalatedFurther):
    pass


class SeveralNotAffected(SeveralChosen, AskedInWords):
    words = Text(help_text="Why your organisation is not affected: whoever asked reads it")


class SeveralAnswered(SeveralChosen, AskedInWords):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    text = Text()


class OwnRisk(serializers.SlugRelatedField):
    """An open risk of the caller's own organisation, by its reference."""

    default_error_messages = {"does_not_exist": "Choose an open risk of your own"}

    def get_queryset(self) -> QuerySet[Risk]:
        actor = self.context["request"].actor
        return Risk.objects.visible_to(actor).open().filter(organisation=actor.organisation)


class SeveralGathered(SeveralChosen, AskedInWords):
    system_risk = OwnRisk(slug_field="reference", queryset=Risk.objects.all(), help_text="PSR-000123, one of your own")
    reason = Text(help_text="Why they contribute to it: each owner reads it")


class SeveralDismissed(SeveralChosen, AskedInWords):
    reason = Text(required=False, default="")


class LeftSerializer(serializers.Serializer):
    """One that was left as it is, and why."""

    key = serializers.CharField()
    why = serializers.CharField(help_text="Who was quicker, or why it is not the moment, in words")


class DoneToSeveralSerializer(serializers.Serializer):
    """What became of several: each is done by itself."""

    done = serializers.ListField(child=serializers.CharField(), help_text="The keys of those that were done")
    left = LeftSerializer(many=True)


class ToSeveral(ActorView):
    """One thing done to several things that need a decision."""

    doing = ""
    asks: type[SeveralChosen] = SeveralChosen

    def get_serializer_class(self) -> Any:
        return DoneToSeveralSerializer

    def done(self, request: Request) -> Response:
        if not permissions.can_triage(self.actor):
            raise PermissionDenied
        asked = self.asks(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        given, now = asked.given(), timezone.now()
        doing = doings.BY_NAME[self.doing]
        outcomes = services.do_each(doing=doing, seen=asked.seen, given=given, by=self.actor, now=now)
        left = [{"key": outcome.key, "why": outcome.why} for outcome in outcomes if not outcome.is_done]
        return Response({"done": [outcome.key for outcome in outcomes if outcome.is_done], "left": left})

    def may_still_read(self, stored: StoredAnswer) -> bool:
        """It names what was done, and says of the rest who did what with it."""
        said = json.loads(bytes(stored.body))
        named = {*said["done"], *(one["key"] for one in said["left"] if one["why"] != services.NOT_SEEN)}
        return len(by_keys(named, self.actor, timezone.now())) == len(named)


def to_several(doing: str, asks: type[SeveralChosen], scope: Scope, words: str) -> Any:
    """The view of one thing that can be done to several."""

    class View(ToSeveral):
        write_scope = scope

        @extend_schema(
            request=asks,
            responses={200: DoneToSeveralSerializer, **refusals(400, 401, 403, 404, 409, 422, 429)},
            description=f"{words} One that somebody else took meanwhile is left as it is, and told with who did what.",
        )
        def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
            return self.done(request)

    return View.as_view(doing=doing, asks=asks)


class AllPutAway(Asked):
    kind = serializers.ChoiceField(choices=Put.choices)
    until = serializers.DateTimeField(required=False, help_text="What came until then; until now, unless you say")


class PutAllAway(ActorView):
    """Put away everything of a kind that has come until now: what comes later stands in triage."""

    write_scope = Scope.RISKS_WRITE

    @extend_schema(request=AllPutAway, responses={204: None, **refusals(400, 401, 403, 404, 409, 422)})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not permissions.can_triage(self.actor):
            raise PermissionDenied
        asked = AllPutAway(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        given: dict[str, Any] = {"until": now, **asked.given()}
        putting_away.put_all_away(**given, by=self.actor, now=now)
        return Response(status=204)


SEVERAL = {
    "acknowledge": (SeveralAcknowledged, Scope.ESCALATIONS_WRITE, "Acknowledge several escalations."),
    "accept": (SeveralAccepted, Scope.ESCALATIONS_WRITE, "Accept several escalations, with one plan."),
    "escalate-on": (SeveralEscalatedOn, Scope.ESCALATIONS_WRITE, "Escalate several on to the body above."),
    "name-handler": (SeveralHandled, Scope.ESCALATIONS_WRITE, "Name one handler for several escalations."),
    "answer": (SeveralAnswered, Scope.ESCALATIONS_WRITE, "Give one answer to several escalations."),
    "not-affected": (SeveralNotAffected, Scope.RISKS_WRITE, "Say of several risks why you are not affected."),
    "put-away": (SeveralChosen, Scope.RISKS_WRITE, "Put away several things that your organisation has looked at."),
    "gather": (SeveralGathered, Scope.RISKS_WRITE, "Gather what several things are about under a system risk."),
    "dismiss": (SeveralDismissed, Scope.RISKS_WRITE, "Find of several pairs that they do not belong together."),
}

urlpatterns = [
    path("triage/put-all-away/", PutAllAway.as_view(), name="api-triage-put-all-away"),
    *(
        path(f"triage/{name}/", to_several(name, asks, scope, words), name=f"api-triage-{name}")
        for name, (asks, scope, words) in SEVERAL.items()
    ),
]
