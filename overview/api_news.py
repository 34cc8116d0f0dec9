"""What is new since somebody last looked, over HTTP, and saying that one has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from overview import news, services
from safetyreg.api.asking import Asked
from safetyreg.api.schema import refusals
from safetyreg.api.scopes import Scope
from safetyreg.api.views import ActorView

if TYPE_CHECKING:
    from rest_framework.request import Request


class ItemSerializer(serializers.Serializer):
    """One thing that is new, and the risk that it is about. `title` is empty for a risk that you do not see."""

    at = serializers.DateTimeField()
    what = serializers.CharField(help_text="What happened, as a sentence")
    reference = serializers.CharField()
    title = serializers.CharField()
    path = serializers.CharField()


class NewsSerializer(serializers.Serializer):
    """What is new to you in the organisation that you act for, newest first."""

    since = serializers.DateTimeField(help_text="When you last said that you had looked")
    items = ItemSerializer(many=True)
    is_cut = serializers.BooleanField(help_text="Whether there is more than is shown")


class LookedAt(Asked):
    until = serializers.DateTimeField(required=False, help_text="Until when you have looked: now, unless you say")


class News(ActorView):
    """What is new since you last said that you had looked: what was asked of you, answered, linked or shared."""

    serializer_class = NewsSerializer

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return NewsSerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = news.since_last_look(self.actor) if self.actor.reads_risks else news.nothing(self.actor)
        return Response(NewsSerializer(found).data)


class Seen(ActorView):
    """You have looked: only what comes after it is new. It changes nothing else."""

    write_scope = Scope.NOTIFICATIONS_WRITE

    @extend_schema(request=LookedAt, responses={204: None, **refusals(400, 401, 403, 404, 409, 422)})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = LookedAt(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        services.note_looked(by=self.actor, until=asked.validated_data.get("until", now), now=now)
        return Response(status=204)


urlpatterns = [
    path("news/", News.as_view(), name="api-news"),
    path("news/seen/", Seen.as_view(), name="api-news-seen"),
]
