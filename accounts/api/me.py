"""Who is calling, for which organisation, and choosing another one to act for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.serializers import MeSerializer
from accounts.middleware import SESSION_KEY
from accounts.models import Membership
from safetyreg.api.asking import Asked
from safetyreg.api.permissions import Person
from safetyreg.api.schema import refusals
from safetyreg.api.scopes import SESSION_ONLY, Scope
from safetyreg.api.views import View

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class OwnMembership(serializers.PrimaryKeyRelatedField):
    """A live membership of the caller's own."""

    default_error_messages = {"does_not_exist": "Choose one of your own memberships"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Membership.objects.live(), pk_field=serializers.UUIDField(), **kwargs)

    def get_queryset(self) -> QuerySet[Membership]:
        return super().get_queryset().filter(user=self.context["request"].user)


class ActFor(Asked):
    membership = OwnMembership()


class MeView(View):
    """Who you are, for which organisation you act, and what else you could act for."""

    permission_classes = [Person]
    http_method_names = ["get", "head"]
    serializer_class = MeSerializer

    def get(self, request: Request) -> Response:
        return self.show(request.actor)

    def show(self, actor: Actor | None) -> Response:
        client, access = self.request.client, self.request.auth
        me = {
            "kind": "client" if client else "person",
            "user": self.request.user,
            "email": None if client else self.request.user.email,
            "client": client,
            "scopes": sorted(access.scopes) if access else list(Scope.values),
            "expires_at": access and access.expires_at,
            "acting": actor and actor.membership,
            "memberships": self.request.memberships,
        }
        return Response(self.get_serializer(me).data)


class ActForView(MeView):
    """Act under another of your memberships from now on, in this session."""

    write_scope = SESSION_ONLY
    http_method_names = ["post"]

    @extend_schema(request=ActFor, responses={200: MeSerializer} | refusals(400, 401, 403))
    def post(self, request: Request) -> Response:
        asked = ActFor(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        membership = asked.validated_data["membership"]
        request.session[SESSION_KEY] = str(membership.pk)
        return self.show(Actor(membership))
