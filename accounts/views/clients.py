"""The pages on which administrators look after the systems that act for their organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts import permissions, services
from accounts.exporting import CLIENTS, REQUESTS
from accounts.filters import ClientFilter, RequestFilter
from accounts.forms_clients import ClientChangeForm, ClientForm, RotateForm
from accounts.models import Client, ClientRequest, ClientSecret
from accounts.models.clients import KEPT_AT_LEAST
from safetyreg.lists import ListPage
from safetyreg.pages import ActionPage, ShowPage

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class Clients(ListPage):
    template_name = "accounts/clients.jinja"
    permission = permissions.can_manage_clients
    heading = "API clients"
    noun = "API client"
    nothing_yet = "No other system acts for your organisation yet."
    filterset_class = ClientFilter
    export = CLIENTS
    sorts = {
        "name": ("Name", ("name", "created_at", "pk")),
        "since": ("Added", ("created_at", "pk")),
    }

    def get_queryset(self) -> QuerySet[Client]:
        return Client.objects.visible_to(self.request.actor).with_people().with_last_use()


class ClientPage:
    """About one client of the actor's organisation."""

    permission = permissions.can_manage_client

    def get_object(self) -> Client:
        mine = Client.objects.visible_to(self.request.actor).with_people().with_last_use()
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def caption(self) -> str:
        return self.object.name

    def back_url(self) -> str:
        return reverse("client", args=[self.object.pk])


class ShowClient(ClientPage, ShowPage):
    template_name = "accounts/client.jinja"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, client = timezone.now(), self.object
        return super().get_context_data(
            **kwargs,
            client=client,
            secrets=list(ClientSecret.objects.filter(client=client).live(now)),
            responsible_can_own=services.can_answer_for(client),
            limit=client.rate_limit or settings.API_RATE_LIMIT,
            latest=list(ClientRequest.objects.filter(client=client).newest_first()[:5]),
        )


class AskingForm:
    """Gives the form the people that it may offer."""

    def get_form_kwargs(self) -> dict[str, Any]:
        given = {"organisation": self.request.actor.organisation, "usual": settings.API_RATE_LIMIT}
        return super().get_form_kwargs() | given


class AddClient(AskingForm, ActionPage):
    form_class = ClientForm
    permission = permissions.can_manage_clients
    heading = "Add an API client"
    submit = "Add the API client"

    def caption(self) -> str:
        return self.request.actor.organisation.name

    def back_url(self) -> str:
        return reverse("clients")

    def act(self, **cleaned: Any) -> HttpResponse:
        return shown_once(self.request, services.add_client(**cleaned, by=self.request.actor, now=timezone.now()))


class ChangeClient(AskingForm, ClientPage, ActionPage):
    form_class = ClientChangeForm
    heading = "Change what it may do"
    success_message = "The changes are saved. They hold from its next request"

    def get_initial(self) -> dict[str, Any]:
        client = self.object
        return {"scopes": client.scopes, "responsible": client.responsible_id, "rate_limit": client.rate_limit}

    def act(self, **cleaned: Any) -> str:
        services.change_client(client=self.object, **cleaned, by=self.request.actor, now=timezone.now())
        return self.back_url()


class RotateSecret(ClientPage, ActionPage):
    template_name = "accounts/client_rotate.jinja"
    form_class = RotateForm
    heading = "Give it a new secret"
    submit = "Make a new secret"

    def act(self, **cleaned: Any) -> HttpResponse:
        issued = services.rotate_secret(client=self.object, **cleaned, by=self.request.actor, now=timezone.now())
        return shown_once(self.request, issued)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        live = ClientSecret.objects.filter(client=self.object).live(timezone.now())
        return super().get_context_data(**kwargs, ending=live.exclude(ends_at=None).first())


class RevokeClient(ClientPage, ActionPage):
    template_name = "accounts/client_revoke.jinja"
    heading = "Revoke this API client"
    submit = "Revoke the API client"
    submit_variant = "warning"

    def act(self) -> str:
        services.revoke_client(client=self.object, by=self.request.actor, now=timezone.now())
        messages.success(self.request, f"{self.object.name} is revoked: it can do nothing any more")
        return "clients"


class ClientRequests(ClientPage, ListPage):
    template_name = "accounts/client_requests.jinja"
    heading = "What it asked for"
    noun = "request"
    nothing_yet = "It has not asked for anything yet, or not for a long time."
    filterset_class = RequestFilter
    export = REQUESTS
    per_page = 50
    sorts = {"at": ("Time", ("-at", "-pk"))}

    def get_queryset(self) -> QuerySet[ClientRequest]:
        return ClientRequest.objects.filter(client=self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = max(KEPT_AT_LEAST, settings.API_LOG_DAYS)
        return super().get_context_data(**kwargs, client=self.object, days=days)


def shown_once(request: HttpRequest, issued: services.Issued) -> HttpResponse:
    """The answer itself shows the secret: to show it on the next page, it would have to be kept until then."""
    token_url = settings.SITE_URL + reverse("oauth-token")
    response = render(request, "accounts/client_secret.jinja", {"issued": issued, "token_url": token_url})
    patch_cache_control(response, private=True, no_store=True)
    return response
