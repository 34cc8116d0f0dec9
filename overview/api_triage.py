"""Triage over HTTP: what needs a decision, and what is breached below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.serializers import OrganisationInShort, PersonInShort
from deadlines.models import Deadline
from overview import owed
from overview.triage import doings, permissions
from overview.triage.breached import COLUMNS, BreachedFilters, breached_below
from overview.triage.entries import Entry, entries
from overview.triage.filters import TriageFilters
from overview.triage.items import Items
from overview.triage.sources import Kind
from risks import lfpse
from risks.scoring import Band
from safetyreg.api import cursors, pagination
from safetyreg.api.exporting import ExportView
from safetyreg.api.resources import Resource, any_since
from safetyreg.api.schema import refusals
from safetyreg.api.views import ActorView, ListView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.request import Request


class ToDecideSerializer(serializers.Serializer):
    """One thing that needs a decision of your organisation, and why it is here."""

    key = serializers.CharField(help_text="What it is called where something is done to several")
    state = serializers.CharField(help_text="Send it back with the key, and what was changed meanwhile is left alone")
    kind = serializers.ChoiceField(choices=Kind.choices)
    why = serializers.CharField(help_text="Why it is here, as a sentence")
    path = serializers.CharField()
    reference = serializers.CharField(help_text="Of the risk; empty where you do not see it")
    title = serializers.CharField()
    words = serializers.CharField(help_text="What was asked or said")
    score = serializers.SerializerMethodField()
    handler = PersonInShort(allow_null=True)
    due_at = serializers.DateTimeField(source="clock.due_at", default=None, allow_null=True)
    is_overdue = serializers.SerializerMethodField()
    can = serializers.SerializerMethodField(help_text="What you can do with it, as far as its row tells")

    def get_score(self, entry: Entry) -> int | None:
        """Of the risk it is about, or of the worse of two."""
        return max((risk.score for risk in entry.risks if risk.score), default=None)

    def get_is_overdue(self, entry: Entry) -> bool:
        return entry.clock is not None and entry.clock.state == "overdue"

    def get_can(self, entry: Entry) -> list[str]:
        return [doing.name for doing in doings.possible(self.context["request"].actor, entry)]


class ItemPages(pagination.Pages):
    """Pages of what comes from several tables."""

    def counted(self, rows: Items) -> int:
        return rows.count()

    def cut(self, rows: Items, size: int, position: cursors.Position | None) -> cursors.Slice:
        backwards = position is not None and position.backwards
        found = rows.following(size + 1, position and position.values, backwards=backwards)
        return cursors.sliced(found, size, position, tuple)


def _asked(name: str, words: str, choices: Sequence[str] = (), *, many: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=words, enum=choices or None, many=many)


FILTERS = [
    _asked("kind", "Only these kinds", Kind.values, many=True),
    _asked("band", "About risks with these scores", Band.values, many=True),
    _asked("theme", "About risks with this theme that you read in full", [code for code, _words in lfpse.THEMES]),
    _asked("organisation", "About risks of this organisation, by its ODS code"),
    _asked("overdue", "Only what is overdue, or only what is not", ["true", "false"]),
    _asked("handler", "Only what you handle, or what nobody does yet", ["mine", "nobody"]),
]


class ForTriage(ActorView):
    """Refuses whoever has no triage, before anything is looked at."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not permissions.can_read_triage(self.actor):
            raise PermissionDenied


class ToDecide(ForTriage, ListView):
    """What needs a decision of your organisation: overdue first, then by the day it is due, the worst first."""

    pagination_class = ItemPages
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return ToDecideSerializer

    def get_queryset(self) -> Any:
        return Deadline.objects.none()  # for the schema

    @property
    def filterset_class(self) -> Any:
        return None

    def known_parameters(self) -> set[str]:
        return {pagination.CURSOR, pagination.PAGE_SIZE, *TriageFilters.base_filters}

    @extend_schema(parameters=FILTERS, responses={200: ToDecideSerializer(many=True), **refusals(400, 401, 403)})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        now, pages = timezone.now(), ItemPages()
        filters = TriageFilters(request.query_params, Items(self.actor, now), request=request)
        if filters.errors:
            raise ValidationError(filters.errors)
        shown = entries(pages.paginate_queryset(filters.qs, request), self.actor, now)
        return pages.get_paginated_response(
            ToDecideSerializer(shown, many=True, context=self.get_serializer_context()).data
        )


class LateClockSerializer(serializers.ModelSerializer):
    """A clock that a body below let run out. What it is about is empty where you do not read that in full."""

    owed_by = OrganisationInShort()
    owed_to = OrganisationInShort()
    reference = serializers.CharField()
    title = serializers.CharField()
    path = serializers.CharField(source="shown_path")

    class Meta:
        model = Deadline
        fields = ["id", "kind", "owed_by", "owed_to", "due_at", "breached_at", "reference", "title", "path"]


BREACHED = Resource(
    LateClockSerializer,
    breached_below,
    BreachedFilters,
    changed=any_since("breached_at"),
    export=lambda actor: COLUMNS,
)


class Breached(ForTriage, ListView):
    """Clocks that the organisations which answer to yours let run out towards others."""

    def show(self, resource: Resource, rows: list[Any]) -> list[dict[str, Any]]:
        for debt in owed.as_debts(rows, self.actor, timezone.now()):
            row: Any = debt.deadline
            row.title, row.reference = debt.title, row.risk_reference if debt.title else ""
            row.shown_path = row.path if debt.title else ""
        return super().show(resource, rows)


class BreachedExport(ForTriage, ExportView):
    """The same as a file."""


urlpatterns = [
    path("triage/", ToDecide.as_view(), name="api-triage"),
    path("triage/breached/", Breached.as_view(resource=BREACHED), name="api-triage-breached"),
    path("triage/breached/export/", BreachedExport.as_view(resource=BREACHED), name="api-triage-breached-export"),
]
