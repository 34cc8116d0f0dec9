"""Saved views over HTTP: the words of an address by a name, for whoever reads lists in a browser or in a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path
from rest_framework import serializers

from accounts.api.serializers import PersonInShort
from overview.saved_views import permissions, services
from overview.saved_views.models import List, SavedView
from safetyreg.api.asking import Asked, AskedInWords, Text
from safetyreg.api.resources import Resource, Verb
from safetyreg.api.scopes import SESSION_ONLY
from safetyreg.api.views import ListAndAddView, OneAndChangeView, OneVerb

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actors import Actor


class SavedViewSerializer(serializers.ModelSerializer):
    """The filters of one list, under a name. `query` is what stands after the question mark."""

    saved_by = PersonInShort()

    class Meta:
        model = SavedView
        fields = ["id", "path", "list", "name", "query", "is_shared", "saved_by", "saved_at", "changed_at"]


class ViewSaved(AskedInWords):
    list = serializers.ChoiceField(choices=List.choices, help_text="The name of the page with the list")
    query = Text(max_length=1000, help_text="What stands after the question mark of the list's address")
    name = Text(max_length=80)
    is_shared = serializers.BooleanField(default=False, help_text="For everybody of your organisation who reads risks")


class ViewChanged(AskedInWords):
    name = serializers.CharField(required=False, max_length=80)
    is_shared = serializers.BooleanField(required=False)


def rows(actor: Actor) -> QuerySet[SavedView]:
    return SavedView.objects.visible_to(actor).select_related("saved_by").in_order()


VIEWS = Resource(SavedViewSerializer, rows)
SAVE = Verb(services.save_view, permissions.can_save_views, ViewSaved, VIEWS, creates=True, scope=SESSION_ONLY)
CHANGE = Verb(
    services.change_view, permissions.can_change_view, ViewChanged, VIEWS, on="view", may_end_sight=True,
    scope=SESSION_ONLY,
)  # fmt: skip
DELETE = Verb(services.delete_view, permissions.can_change_view, Asked, on="view", scope=SESSION_ONLY)

urlpatterns = [
    path("saved-views/", ListAndAddView.as_view(resource=VIEWS, verb=SAVE), name="api-saved-views"),
    path(
        "saved-views/<uuid:pk>/",
        OneAndChangeView.as_view(resource=VIEWS, verb=CHANGE, lookup_field="pk"),
        name="api-saved-view",
    ),
    path("saved-views/<uuid:pk>/delete/", OneVerb.as_view(resource=VIEWS, verb=DELETE), name="api-saved-view-delete"),
]
