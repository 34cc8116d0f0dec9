"""Webhooks over HTTP: the same as on the pages, by the same services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.serializers import PersonInShort
from notifications.webhooks import services
from notifications.webhooks.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.webhooks.permissions import can_manage_webhook, can_manage_webhooks, can_send_again
from notifications.webhooks.types import EventType
from safetyreg.api.asking import Asked
from safetyreg.api.resources import Resource, Verb
from safetyreg.api.schema import refusals
from safetyreg.api.views import ActorView, ListAndAddView, ListView, OneAndChangeView, OneVerb, VerbView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from accounts.actors import Actor
    from notifications.webhooks.models import WebhookDeliveryQuerySet


class WebhookSerializer(serializers.ModelSerializer):
    """An address of one of your systems, and what is sent to it."""

    created_by = PersonInShort()
    event_types = serializers.ListField(child=serializers.ChoiceField(choices=EventType.choices))

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id", "path", "url", "description", "event_types", "state", "why", "created_at", "created_by",
            "activated_at", "failing_since",
        ]  # fmt: skip


class AttemptSerializer(serializers.ModelSerializer):
    """One try to deliver a message, and what came of it."""

    class Meta:
        model = WebhookAttempt
        fields = ["at", "status", "problem", "took_ms"]


class DeliverySerializer(serializers.ModelSerializer):
    """One message for one endpoint. `webhook_id` is the `webhook-id` header of every try."""

    webhook_id = serializers.CharField(source="event.message_id")
    type = serializers.CharField(source="event.type")
    reference = serializers.CharField(source="event.reference", help_text="The risk it concerns, if any")
    happened_at = serializers.DateTimeField(source="event.happened_at")
    state = serializers.SerializerMethodField()
    attempts = AttemptSerializer(many=True, help_text="Newest first")

    class Meta:
        model = WebhookDelivery
        fields = [
            "id", "webhook_id", "type", "reference", "happened_at", "state", "next_at", "sent_at", "dead_at", "why",
            "attempts",
        ]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=DeliveryState.choices))
    def get_state(self, delivery: WebhookDelivery) -> str:
        return delivery.state


class DeliveryFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=DeliveryState.choices, method="in_state", label="What became of it")
    type = filters.CharFilter(field_name="event__type", label="The type of the event")
    reference = filters.CharFilter(field_name="event__reference", label="The reference of the risk")

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []

    def in_state(self, rows: WebhookDeliveryQuerySet, name: str, value: str) -> WebhookDeliveryQuerySet:
        if value == DeliveryState.DELIVERED:
            return rows.filter(sent_at__isnull=False)
        return rows.dead() if value == DeliveryState.FAILED else rows.waiting()


class SecretSerializer(serializers.Serializer):
    """What messages are signed with."""

    secret = serializers.CharField(help_text="whsec_ and the key in base64, as the Standard Webhooks libraries take it")


def types_field(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=EventType.choices), max_length=100, help_text="What it is told", **kwargs
    )


class WebhookAsked(Asked):
    url = serializers.CharField(help_text="It starts with https:// and can be reached from the internet")
    description = serializers.CharField(max_length=200, help_text="Which of your systems it is")
    event_types = types_field()


class WebhookChanged(Asked):
    url = serializers.CharField(required=False)
    description = serializers.CharField(max_length=200, required=False)
    event_types = types_field(required=False)


class Replayed(Asked):
    since = serializers.DateTimeField(help_text="Within the last 30 days")


def webhooks(actor: Actor) -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.visible_to(actor).select_related("created_by").order_by("created_at", "pk")


def deliveries(actor: Actor) -> QuerySet[WebhookDelivery]:
    tries = Prefetch("attempts", WebhookAttempt.objects.order_by("-at", "-pk"))
    rows = WebhookDelivery.objects.visible_to(actor).select_related("event", "endpoint")
    return rows.prefetch_related(tries).newest_first()


class ForManagers(ActorView):
    """For those who look after the webhooks of their organisation; nobody else learns which there are."""

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if not can_manage_webhooks(self.actor):
            raise PermissionDenied


class Webhooks(ForManagers, ListAndAddView):
    pass


class OneWebhook(ForManagers, OneAndChangeView):
    pass


class WebhookVerb(ForManagers, OneVerb):
    pass


class ShowSecret(WebhookVerb):
    """The signing secret, shown once. Whoever lost it makes a new one."""

    tells_a_secret = True

    @extend_schema(request=None, responses={200: SecretSerializer, **refusals(400, 401, 403, 404, 409, 422)})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)

    def answer(self, verb: Verb, result: str) -> Response:
        return Response(SecretSerializer({"secret": result}).data)


class Deliveries(ForManagers, ListView):
    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(endpoint=get_object_or_404(webhooks(self.actor), pk=self.kwargs["pk"]))


class DeliveryVerb(ForManagers, VerbView):
    def subject(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["delivery"], endpoint=self.kwargs["pk"])


WEBHOOKS = Resource(WebhookSerializer, webhooks)
DELIVERIES = Resource(DeliverySerializer, deliveries, DeliveryFilters)
ADD = Verb(services.add_webhook, can_manage_webhooks, WebhookAsked, WEBHOOKS, creates=True)
CHANGE = Verb(services.change_webhook, can_manage_webhook, WebhookChanged, WEBHOOKS, on="endpoint")
SHOW_SECRET = Verb(services.show_secret, can_manage_webhook, on="endpoint")
SEND_AGAIN = Verb(services.send_again, can_send_again, answers=DELIVERIES, on="delivery")
VERBS = {
    "rotate-secret": Verb(services.rotate_secret, can_manage_webhook, answers=WEBHOOKS, on="endpoint"),
    "disable": Verb(services.disable_webhook, can_manage_webhook, answers=WEBHOOKS, on="endpoint"),
    "challenge": Verb(services.ask_again, can_manage_webhook, answers=WEBHOOKS, on="endpoint"),
    "ping": Verb(services.ping_webhook, can_manage_webhook, answers=WEBHOOKS, on="endpoint"),
    "replay": Verb(services.replay_failed, can_manage_webhook, Replayed, on="endpoint"),
}

urlpatterns = [
    path("webhooks/", Webhooks.as_view(resource=WEBHOOKS, verb=ADD), name="api-webhooks"),
    path("webhooks/<uuid:pk>/", OneWebhook.as_view(resource=WEBHOOKS, verb=CHANGE), name="api-webhook"),
    path(
        "webhooks/<uuid:pk>/show-secret/",
        ShowSecret.as_view(resource=WEBHOOKS, verb=SHOW_SECRET),
        name="api-webhook-show-secret",
    ),
    path("webhooks/<uuid:pk>/deliveries/", Deliveries.as_view(resource=DELIVERIES), name="api-webhook-deliveries"),
    path(
        "webhooks/<uuid:pk>/deliveries/<uuid:delivery>/send-again/",
        DeliveryVerb.as_view(resource=DELIVERIES, verb=SEND_AGAIN),
        name="api-webhook-send-again",
    ),
    *(
        path(
            f"webhooks/<uuid:pk>/{name}/",
            WebhookVerb.as_view(resource=WEBHOOKS, verb=verb),
            name=f"api-webhook-{name}",
        )
        for name, verb in VERBS.items()
    ),
]
