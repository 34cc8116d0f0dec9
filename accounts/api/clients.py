"""The systems that act for one's organisation, over HTTP: for its administrators, who have signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.response import Response

from accounts import permissions, services
from accounts.api.fields import MemberField
from accounts.api.serializers import PersonInShort
from accounts.filters import ClientFilter, RequestFilter
from accounts.models import CLINICAL_ROLES, Client, ClientRequest, Role
from safetyreg.api.asking import Asked, Text
from safetyreg.api.resources import Resource, Verb, any_since
from safetyreg.api.scopes import SESSION_ONLY, Scope
from safetyreg.api.views import ActorView, ListAndAddView, ListView, OneAndChangeView, OneVerb

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor

ROLES = [(role.value, role.label) for role in Role if role in CLINICAL_ROLES]


class ClientSerializer(serializers.ModelSerializer):
    """A system that acts for your organisation. `rate_limit` is in requests a minute; null is what is usual."""

    role = serializers.ChoiceField(source="membership.role", choices=Role.choices)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    responsible = PersonInShort()
    last_used_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Client
        fields = [
            "id", "client_id", "name", "role", "scopes", "responsible", "rate_limit", "created_at", "last_used_at",
            "revoked_at",
        ]  # fmt: skip


class ClientWithSecretSerializer(ClientSerializer):
    """A system with its new secret, which is answered now and never again: the register keeps only a hash of it."""

    client_secret = serializers.CharField()

    class Meta(ClientSerializer.Meta):
        fields = [*ClientSerializer.Meta.fields, "client_secret"]


class ClientChanged(Asked):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope)
    )
    responsible = MemberField(help_text="Answers for it, and owns what it logs: a reporter or safety lead")
    rate_limit = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=1_000_000
    )


class ClientAsked(ClientChanged):
    name = Text(max_length=60)
    role = serializers.ChoiceField(choices=ROLES)


class Rotated(Asked):
    overlap_hours = serializers.IntegerField(
        required=False,
        default=24,
        min_value=0,
        max_value=int(services.LONGEST_OVERLAP.total_seconds() // 3600),
        help_text="How long the old secret goes on working. With 0 its access tokens end too",
    )


class ClientRequestSerializer(serializers.ModelSerializer):
    """Something that a client asked for, and how it was answered. `reference` is that of the answer."""

    class Meta:
        model = ClientRequest
        fields = ["at", "method", "path", "status", "reference"]


def clients(actor: Actor) -> QuerySet[Client]:
    return Client.objects.visible_to(actor).with_people().with_last_use().order_by("name", "created_at", "pk")


def requests(actor: Actor) -> QuerySet[ClientRequest]:
    return ClientRequest.objects.filter(client__in=Client.objects.visible_to(actor)).newest_first()


def rotate(*, client: Client, overlap_hours: int, by: Actor, now: datetime) -> services.Issued:
    """Give a client a new secret, beside which the old one goes on working for some hours."""
    return services.rotate_secret(client=client, overlap=timedelta(hours=overlap_hours), by=by, now=now)


CLIENTS = Resource(ClientSerializer, clients, ClientFilter)
WITH_SECRET = Resource(ClientWithSecretSerializer, clients)
REQUESTS = Resource(ClientRequestSerializer, requests, RequestFilter, changed=any_since("at"))

may_one, may_any = permissions.can_manage_client, permissions.can_manage_clients
ADD = Verb(services.add_client, may_any, ClientAsked, WITH_SECRET, creates=True, scope=SESSION_ONLY)
CHANGE = Verb(services.change_client, may_one, ClientChanged, CLIENTS, on="client", scope=SESSION_ONLY)
ROTATE = Verb(rotate, may_one, Rotated, WITH_SECRET, on="client", scope=SESSION_ONLY)
REVOKE = Verb(services.revoke_client, may_one, answers=CLIENTS, on="client", scope=SESSION_ONLY)


class ForPeople(ActorView):
    """A token reads nothing here either: what systems there are is no system's business."""

    read_scope = SESSION_ONLY


class WithSecret(ForPeople):
    """Answers with the secret that was just made."""

    tells_a_secret = True

    def answer(self, verb: Verb, result: services.Issued) -> Response:
        client = self.resource.rows(self.actor).get(pk=result.client.pk)
        client.client_secret = result.secret
        return Response(self.show(WITH_SECRET, [client])[0], status=verb.status)


class Clients(WithSecret, ListAndAddView):
    pass


class OneClient(ForPeople, OneAndChangeView):
    pass


class ClientVerb(ForPeople, OneVerb):
    pass


class Requests(ForPeople, ListView):
    """What a client asked for, newest first, as long as it is kept."""

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(client=get_object_or_404(clients(self.actor), pk=self.kwargs["pk"]))


class RotateSecret(WithSecret, OneVerb):
    pass
