"""Importing risks over HTTP: a file is sent, and answered with what would become, or became, of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api.fields import MemberField
from accounts.api.serializers import PersonInShort
from risks.importing import services
from risks.importing.columns import TARGETS
from risks.models import ImportBatch, ImportRow, RowOutcome
from risks.permissions import can_import_risks
from safetyreg.api.asking import Asked, Text
from safetyreg.api.parsers import Json
from safetyreg.api.resources import Resource, Verb
from safetyreg.api.schema import refusals
from safetyreg.api.views import ListView, OneVerb, OneView, VerbView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from accounts.actors import Actor


class BatchSerializer(serializers.ModelSerializer):
    """One file of risks: who sent it and when, and what became of it."""

    source = serializers.CharField(source="source.name")
    created_by = PersonInShort(source="membership.user")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many rows of each outcome; `finds`, `conflicts`"
    )
    headings = serializers.ListField(child=serializers.CharField())
    words = serializers.CharField(help_text="What became of it, where the counts do not say")

    class Meta:
        model = ImportBatch
        fields = [
            "id", "source", "file_name", "digest", "size", "status", "words", "counts", "headings", "all_or_nothing",
            "keep_drafts", "created_by", "created_at", "checked_at", "finished_at", "expires_at",
        ]  # fmt: skip


class RemarkSerializer(serializers.Serializer):
    """Something to know of a row. An error or a find keeps it out."""

    kind = serializers.CharField(help_text="error, find, conflict or note")
    column = serializers.CharField()
    words = serializers.CharField()


class RowSerializer(serializers.ModelSerializer):
    """What became, or would become, of one row. Row 1 is the headings."""

    risk = serializers.SerializerMethodField(help_text="The reference of the risk it became or changed")
    remarks = serializers.SerializerMethodField()

    class Meta:
        model = ImportRow
        fields = ["number", "outcome", "external_reference", "risk", "remarks"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_risk(self, row: ImportRow) -> str | None:
        return row.risk.reference if row.risk else None

    @extend_schema_field(RemarkSerializer(many=True))
    def get_remarks(self, row: ImportRow) -> list[dict[str, Any]]:
        return RemarkSerializer(row.remarks, many=True).data


class RowFilters(django_filters.FilterSet):
    outcome = django_filters.MultipleChoiceFilter(choices=RowOutcome.choices)

    class Meta:
        model = ImportRow
        fields: list[str] = []


def batches(actor: Actor) -> QuerySet[ImportBatch]:
    found = ImportBatch.objects.visible_to(actor).newest_first().defer("file")
    return found.select_related("source", "membership__user", "owner")


def rows(actor: Actor) -> QuerySet[ImportRow]:
    seen = ImportBatch.objects.visible_to(actor)
    return ImportRow.objects.filter(batch__in=seen).select_related("risk").order_by("number", "pk")


BATCHES = Resource(BatchSerializer, batches)
ROWS = Resource(RowSerializer, rows, RowFilters)


class Flag(serializers.BooleanField):
    """In a form, one that is left out has its default: it is not taken for a box without a tick."""

    default_empty_html = serializers.empty


class ImportDecided(Asked):
    all_or_nothing = Flag(default=True, help_text="Import nothing if a row is refused")
    keep_drafts = Flag(default=False, help_text="Keep as drafts the rows that lack what a risk needs")
    personal_data_checked = Flag(default=False, help_text="I have checked: nothing in the file identifies a patient")


class FileSent(ImportDecided):
    source = Text(help_text="The system that the file is from, such as Datix; what its columns hold is remembered")
    file = serializers.FileField(allow_empty_file=True, help_text="CSV or XLSX, up to 20 MB and 20,000 rows")
    dry_run = Flag(default=True, help_text="Only say what would become of each row")
    owner = MemberField(
        required=False,
        help_text="Owns the risks for which the file names nobody; if empty, you, or who is responsible for the client",
    )

    def given(self) -> dict[str, Any]:
        given = super().given()
        file = given.pop("file")
        return given | {"file_name": file.name, "data": file.read()}


class ImportConfirmed(ImportDecided):
    rows_checked = serializers.ListField(
        child=serializers.IntegerField(min_value=2), max_length=20_000, required=False,
        help_text="The rows of which you checked that they identify no patient",
    )  # fmt: skip


class ColumnsMatched(Asked):
    columns = serializers.DictField(
        child=serializers.ChoiceField(choices=[(name, target.label) for name, target in TARGETS.items()] + [("", "-")]),
        required=False,
        help_text="What each column holds, by its heading; empty: it is left out",
    )
    values = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField()),
        required=False,
        help_text="By what a column holds, the code that each of the system's own words stands for",
    )

    def given(self) -> dict[str, Any]:
        given = super().given()
        return {"columns_hold": given.get("columns"), "words_mean": given.get("values")}


RECEIVE = Verb(services.receive, can_import_risks, FileSent, BATCHES, creates=True)
OF_A_BATCH = {
    "match": Verb(services.match, can_import_risks, ColumnsMatched, BATCHES, on="batch"),
    "confirm": Verb(services.confirm, can_import_risks, ImportConfirmed, BATCHES, on="batch"),
    "discard": Verb(services.discard, can_import_risks, answers=BATCHES, on="batch"),
}


def accepted(response: Response) -> Response:
    """202 for what a worker is still to do: look again at its address."""
    if response.data.get("status") in ("TO_CHECK", "TO_RUN"):
        response.status_code = 202
    return response


class Receive(VerbView):
    """Sending a file of risks."""

    parser_classes = [MultiPartParser, Json]  # what is no file at all is answered in words

    @extend_schema(
        request={"multipart/form-data": FileSent},
        responses={201: BatchSerializer, 202: BatchSerializer, **refusals(400, 401, 403, 404, 409, 413, 422)},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = accepted(super().post(request, *args, **kwargs))
        response["Location"] = f"/api/v1/imports/{response.data['id']}/"
        return response


class BatchVerb(OneVerb):
    """Going on with an import."""

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return accepted(super().post(request, *args, **kwargs))


class RowsOfBatch(ListView):
    """What became, or would become, of each row."""

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(batch=get_object_or_404(batches(self.actor), pk=self.kwargs["pk"]))


urlpatterns = [
    path("risks/import/", Receive.as_view(resource=BATCHES, verb=RECEIVE), name="api-risks-import"),
    path("imports/", ListView.as_view(resource=BATCHES), name="api-imports"),
    path("imports/<uuid:pk>/", OneView.as_view(resource=BATCHES), name="api-import"),
    path("imports/<uuid:pk>/rows/", RowsOfBatch.as_view(resource=ROWS), name="api-import-rows"),
    *(
        path(f"imports/<uuid:pk>/{name}/", BatchVerb.as_view(resource=BATCHES, verb=verb), name=f"api-import-{name}")
        for name, verb in OF_A_BATCH.items()
    ),
]
