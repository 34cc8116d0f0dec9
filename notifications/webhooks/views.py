"""The pages on which an organisation looks after its webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from notifications.exporting import DELIVERIES
from notifications.webhooks import services
from notifications.webhooks.api import DeliveryFilters
from notifications.webhooks.forms import ReplayForm, WebhookForm
from notifications.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from notifications.webhooks.permissions import can_manage_webhook, can_manage_webhooks, can_send_again
from safetyreg.lists import ListPage
from safetyreg.once import OncePage
from safetyreg.pages import ActionPage, ShowPage
from safetyreg.words import plural

if TYPE_CHECKING:
    from datetime import timedelta

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from notifications.webhooks.models import WebhookDeliveryQuerySet


class Webhooks(ListPage):
    template_name = "notifications/webhooks.jinja"
    permission = can_manage_webhooks
    heading = "Webhooks"
    noun = "webhook"

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.visible_to(self.request.actor).order_by("created_at", "pk")


class EndpointPage:
    """About one endpoint of the actor's organisation."""

    permission = can_manage_webhook

    def get_object(self) -> WebhookEndpoint:
        if not can_manage_webhooks(self.request.actor):
            raise PermissionDenied
        mine = WebhookEndpoint.objects.visible_to(self.request.actor).select_related("created_by")
        return get_object_or_404(mine, pk=self.kwargs["pk"])


class LogFilter(DeliveryFilters):
    state = django_filters.ChoiceFilter(
        label="State", choices=DeliveryState.choices, empty_label="Any state", method="in_state"
    )
    type = django_filters.CharFilter(label="Type", field_name="event__type")
    reference = django_filters.CharFilter(label="Reference", field_name="event__reference")


class OneWebhook(EndpointPage, ListPage):
    """An endpoint, and the log of what it was sent."""

    template_name = "notifications/webhook.jinja"
    noun = "message"
    nothing_yet = "Nothing has been sent to it yet."
    filterset_class = LogFilter
    export = DELIVERIES

    @property
    def heading(self) -> str:
        return self.object.description

    def get_queryset(self) -> WebhookDeliveryQuerySet:
        return WebhookDelivery.objects.filter(endpoint=self.object).select_related("event").newest_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, secrets = timezone.now(), self.object.secrets
        return super().get_context_data(
            **kwargs,
            now=now,
            endpoint=self.object,
            secret=secrets.get(expires_at=None),
            old_secret=secrets.live(now).exclude(expires_at=None).newest_first().first(),
            given_up=self.object.deliveries.all().dead().exists(),
        )


class AddWebhook(OncePage):
    permission = can_manage_webhooks
    form_class = WebhookForm
    template_name = "notifications/webhook_form.jinja"
    heading = "Add a webhook"
    submit = "Add this webhook"
    success_message = "The webhook is added. A challenge is sent to it within a minute"

    def caption(self) -> str:
        return self.request.actor.organisation.name

    def back_url(self) -> str:
        return reverse("webhook-list")

    def act(self, **cleaned: Any) -> WebhookEndpoint:
        return services.add_webhook(**cleaned, by=self.request.actor, now=timezone.now())


class EndpointAction(EndpointPage, ActionPage):
    """Does one thing with an endpoint. `lede` says in a sentence what."""

    template_name = "notifications/webhook_action.jinja"
    lede = ""

    def caption(self) -> str:
        return self.object.description

    def by(self) -> dict[str, Any]:
        return {"by": self.request.actor, "now": timezone.now()}


class ChangeWebhook(EndpointAction):
    form_class = WebhookForm
    template_name = "notifications/webhook_form.jinja"
    heading = "Change this webhook"
    submit = "Save the changes"
    success_message = "The changes are saved"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in WebhookForm.base_fields}

    def act(self, **cleaned: Any) -> WebhookEndpoint:
        return services.change_webhook(endpoint=self.object, **cleaned, **self.by())


class ShowSecret(EndpointAction):
    heading = "Show the signing secret"
    lede = "The secret is shown once. Be ready to put it into the system that receives the messages."
    submit = "Show it now"

    @sensitive_variables("secret")
    def act(self) -> HttpResponse:
        secret = services.show_secret(endpoint=self.object, **self.by())
        self.cache_control = {"private": True, "no_store": True}
        self.template_name = "notifications/webhook_secret.jinja"
        return self.render_to_response(self.get_context_data(secret=secret))


class RotateSecret(EndpointAction):
    heading = "Make a new signing secret"
    lede = (
        "For 24 hours every message is signed with the new secret and with the one before, so that the receiving "
        "system can be changed without losing any. After that only the new one signs."
    )
    submit = "Make a new secret"
    success_message = "There is a new signing secret. Show it, and put it into the receiving system within 24 hours"

    def act(self) -> WebhookEndpoint:
        return services.rotate_secret(endpoint=self.object, **self.by())


class Disable(EndpointAction):
    heading = "Disable this webhook"
    lede = "Nothing more is sent to it. What waits to be sent is given up, and can be sent again once it is enabled."
    submit = "Disable it"
    submit_variant = "warning"
    success_message = "The webhook is disabled"

    def act(self) -> WebhookEndpoint:
        return services.disable_webhook(endpoint=self.object, **self.by())


class AskAgain(EndpointAction):
    heading = "Send a challenge"
    lede = "Within a minute the endpoint is sent a new challenge. Once it has sent it back, it is told what happens."
    submit = "Send a challenge"
    success_message = "A challenge is sent within a minute"

    def act(self) -> WebhookEndpoint:
        return services.ask_again(endpoint=self.object, **self.by())


class Ping(EndpointAction):
    heading = "Send a test"
    lede = "Within a minute the endpoint is sent a message of the type endpoint.ping. The log says what it answered."
    submit = "Send a test"
    success_message = "A test is sent within a minute"

    def act(self) -> WebhookEndpoint:
        return services.ping_webhook(endpoint=self.object, **self.by())


class Replay(EndpointAction):
    heading = "Send again what was given up"
    lede = "Each message is sent under the id that it had, so that a system which had taken it can tell."
    form_class = ReplayForm
    submit = "Send it again"

    def act(self, since: timedelta) -> WebhookEndpoint:
        now = timezone.now()
        count = services.replay_failed(endpoint=self.object, since=now - since, by=self.request.actor, now=now)
        messages.success(self.request, f"{plural(count, 'message')} will be sent again".capitalize())
        return self.object


class DeliveryPage:
    """About one message for one endpoint."""

    permission = can_send_again

    def get_object(self) -> WebhookDelivery:
        actor = self.request.actor
        if not can_manage_webhooks(actor):
            raise PermissionDenied
        mine = WebhookDelivery.objects.visible_to(actor).select_related("event", "endpoint")
        return get_object_or_404(mine, pk=self.kwargs["delivery"], endpoint=self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("webhook-delivery", args=[self.object.endpoint_id, self.object.pk])


class OneDelivery(DeliveryPage, ShowPage):
    template_name = "notifications/webhook_delivery.jinja"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = {"delivery": self.object, "attempts": list(self.object.attempts.all())}
        return super().get_context_data(**kwargs | given)


class SendAgain(DeliveryPage, ActionPage):
    template_name = "notifications/webhook_action.jinja"
    heading = "Send this message again"
    lede = "It is sent within a minute, under the id that it had."
    submit = "Send it again"
    success_message = "It is sent again within a minute"

    def caption(self) -> str:
        return f"{self.object.event.type}, to {self.object.endpoint.description}"

    def act(self) -> str:
        services.send_again(delivery=self.object, by=self.request.actor, now=timezone.now())
        return self.back_url()
