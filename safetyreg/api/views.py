"""The few kinds of view that the whole API is made of. What they show and do is said by resources and verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import generics
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import is_form_media_type
from rest_framework.response import Response

from safetyreg import preconditions
from safetyreg.api import conditional, pagination, parameters, sorting
from safetyreg.api.permissions import SignedIn
from safetyreg.api.repeating import Repeatable, is_narrower

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.serializers import ModelSerializer

    from accounts.actors import Actor
    from safetyreg.api.resources import Resource, Verb
    from safetyreg.idempotency.models import StoredAnswer


class View(generics.GenericAPIView):
    """What every address of the API has: it refuses parameters that it does not know, and tags what it shows."""

    http_method_names = ["get", "head", "post", "patch"]  # what OPTIONS would say of a thing is in the schema
    shows_one: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.refuse_other_forms(request)
        parameters.refuse_unknown(request, self.known_parameters())

    def refuse_other_forms(self, request: Request) -> None:
        """A form that the CSRF check or a key has read already would otherwise be taken for an empty body."""
        is_form = is_form_media_type(request.content_type) and request.META.get("CONTENT_LENGTH") not in (None, "", "0")
        if is_form and self.get_content_negotiator().select_parser(request, request.parsers) is None:
            raise UnsupportedMediaType(request.content_type)

    def known_parameters(self) -> set[str]:
        """What may stand after the question mark."""
        return set()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in SAFE_METHODS and response.status_code == 200 and not response.streaming:
            # A system may keep it, and asks about it again before it is used again. A browser, which several people may
            # use, keeps nothing.
            patch_cache_control(response, private=True, **{"no_cache" if request.client else "no_store": True})
            response.add_post_render_callback(
                lambda drawn: conditional.answer_unless_known(request, drawn, one=self.shows_one)
            )
        else:
            patch_cache_control(response, private=True, no_store=True)
        return response


class ActorView(Repeatable, View):
    """For somebody who acts for an organisation. `resource` and `verb` are given where the address is."""

    permission_classes = [SignedIn]
    resource: Resource = None  # type: ignore[assignment]
    verb: Verb = None  # type: ignore[assignment]

    @property
    def actor(self) -> Actor:
        return self.request.actor

    @property
    def filterset_class(self) -> Any:
        return self.resource.filters

    def get_serializer_class(self) -> type[ModelSerializer]:
        return self.resource.serializer

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without an actor
            return self.resource.model._default_manager.none()
        return self.narrow(self.resource.rows(self.actor))

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that this address is about."""
        return rows

    def one(self) -> Any:
        """The one thing of the resource that the address names. Raises Http404 for what the actor may not see."""
        return get_object_or_404(self.get_queryset(), **{self.lookup_field: self.kwargs[self.lookup_field]})

    def do(self, verb: Verb, subject: Any = None) -> Response:
        """Ask the permission, check the form of what was sent, call the service, and show what came of it."""
        done_to = () if subject is None else (subject,)
        if not verb.permission(self.actor, *done_to):
            raise PermissionDenied
        unchanged = self.precondition(subject)
        if unchanged:
            unchanged()
        asked = verb.asks(data=self.request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        given = asked.given() if subject is None else {verb.on: subject, **asked.given()}
        with preconditions.required(unchanged):
            result = verb.service(**given, by=self.actor, now=timezone.now())
        return self.answer(verb, result)

    def thing(self, subject: Any) -> tuple[Resource, Any] | None:
        """What `If-Match` is about: the resource and the key of the thing that something is done to, if one is."""
        return None if subject is None or self.resource is None else (self.resource, subject.pk)

    def precondition(self, subject: Any) -> Callable[[], None] | None:
        """What the caller insists on: that the thing is still as they read it. None where they insist on nothing.

        Called, it raises `conditional.Changed`. A thing that is no longer seen is left to the service to refuse.
        """
        if "If-Match" not in self.request.headers:
            return None
        thing = self.thing(subject)
        if thing is None:
            raise ValidationError("Leave out If-Match: what is done here is done to no thing that has an ETag")

        def require_unchanged() -> None:
            resource, pk = thing
            if shown := self.show(resource, list(resource.rows(self.actor).filter(pk=pk))):
                conditional.require_match(self.request, shown[0])

        return require_unchanged

    def answer(self, verb: Verb, result: Any) -> Response:
        if verb.answers is None:
            return Response(status=204)
        self.about = result.pk
        shown = self.show(verb.answers, list(verb.answers.rows(self.actor).filter(pk=result.pk)))
        if not shown:
            return Response(status=204)
        changed_itself = self.shows_one and verb.answers is self.resource
        headers = {"ETag": conditional.tag_of_one(shown[0])} if changed_itself else {}
        return Response(shown[0], status=verb.status, headers=headers)

    def may_still_read(self, stored: StoredAnswer) -> bool:
        """It is shown what was answered about, if it asks now, and no less of it."""
        resource = self.verb.answers
        shown = self.show(resource, list(resource.rows(self.actor).filter(pk=stored.about))) if resource else []
        return bool(shown) and not is_narrower(bytes(stored.body), shown[0], resource.told_to_some)

    def show(self, resource: Resource, rows: list[Any]) -> list[dict[str, Any]]:
        return resource.show(rows, now=timezone.now(), context=self.get_serializer_context())


class OneView(ActorView):
    """One thing, by its id."""

    shows_one = True

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.show(self.resource, [self.one()])[0])


class OneAndChangeView(OneView):
    """One thing, and changing what it says."""

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.do(self.verb, self.one())


class ListView(generics.mixins.ListModelMixin, ActorView):  # the mixin tells the schema that it is a list
    """A page of the things that the actor may see."""

    filter_backends = [DjangoFilterBackend, parameters.UpdatedSince, sorting.Sorting]

    def known_parameters(self) -> set[str]:
        if self.request.method not in SAFE_METHODS:
            return set()
        filters, resource = self.filterset_class, self.resource
        known = {pagination.CURSOR, pagination.PAGE_SIZE, *(filters.base_filters if filters else ())}
        known |= {sorting.PARAMETER} if resource.sorts else set()
        return known | ({parameters.UPDATED_SINCE} if resource.changed else set())

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.show(self.resource, page or []))


class VerbView(ActorView):
    """One verb: what is sent goes to one service."""

    def subject(self) -> Any:
        """What it is done to, or None. Raises Http404 for what the actor may not see."""
        return None

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.do(self.verb, self.subject())


class OneVerb(VerbView):
    """One verb, done to one of the things of the resource, by its id."""

    def subject(self) -> Any:
        return self.one()


class ListAndAddView(ListView, VerbView):
    """A list to which can be added."""
