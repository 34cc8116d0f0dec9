"""Reports over HTTP: the list, asking for one, how far it is, its files, and what is made every month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response

from accounts.api.serializers import PersonInShort
from overview.models import Report, ReportSchedule
from overview.reports import permissions, scheduling, services
from overview.reports.exporting import CONTENT_TYPES, PDF, REPORTS, file_name
from safetyreg.api.asking import Asked
from safetyreg.api.exporting import ExportView, KindInAddress
from safetyreg.api.resources import Resource, Verb, any_since
from safetyreg.api.schema import refusals
from safetyreg.api.scopes import SESSION_ONLY, Scope
from safetyreg.api.views import ActorView, ListAndAddView, OneAndChangeView, OneView, VerbView

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from accounts.actors import Actor


class ReportSerializer(serializers.ModelSerializer):
    """A report of your organisation. Its files are there while it is READY."""

    asked_by = PersonInShort(allow_null=True, help_text="null for one that was scheduled")
    is_scheduled = serializers.BooleanField()
    doing = serializers.CharField(help_text="The step that is being done, in words; empty when none is")
    steps = serializers.IntegerField(help_text="How many steps there are in all")

    class Meta:
        model = Report
        fields = [
            "id", "status", "asked_by", "asked_at", "is_scheduled", "moment", "since", "steps_done", "steps", "doing",
            "ready_at", "redrawn_at", "expires_at", "pdf_size", "xlsx_size",
        ]  # fmt: skip


class ReportScheduleSerializer(serializers.ModelSerializer):
    """On which day of each month a report of your organisation is made by itself, if on any."""

    set_by = PersonInShort(allow_null=True)
    set_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = ReportSchedule
        fields = ["is_on", "day", "next_at", "set_by", "set_at"]


class SetReportSchedule(Asked):
    is_on = serializers.BooleanField()
    day = serializers.IntegerField(min_value=1, max_value=31)


class ChooseReportLink(Asked):
    wanted = serializers.BooleanField(help_text="Whether you are sent the link of each monthly report")


def reports(actor: Actor) -> QuerySet[Report]:
    return Report.objects.visible_to(actor).in_short().newest_first()


def schedules(actor: Actor) -> QuerySet[ReportSchedule]:
    found = ReportSchedule.objects.filter(organisation=actor.organisation) if actor.reads_risks else None
    return (found if found is not None else ReportSchedule.objects.none()).select_related("set_by")


KEPT = Resource(
    ReportSerializer,
    reports,
    changed=any_since("asked_at", "ready_at", "redrawn_at"),
    export=lambda actor: REPORTS,
)
MONTHLY = Resource(ReportScheduleSerializer, schedules)
ASK = Verb(services.ask_report, permissions.can_ask_report, answers=KEPT, creates=True, scope=Scope.EXPORT)
SET = Verb(scheduling.set_report_schedule, permissions.can_set_schedule, SetReportSchedule, MONTHLY, scope=SESSION_ONLY)
CHOOSE = Verb(scheduling.choose_report_link, permissions.can_choose_link, ChooseReportLink, scope=SESSION_ONLY)


class Monthly(OneAndChangeView):
    """What is made every month, and changing it. Where nothing was ever set, nothing is made."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not permissions.can_read_reports(self.actor):
            raise PermissionDenied
        unset = ReportSchedule(organisation=self.actor.organisation, is_on=False, day=1)
        return Response(self.show(MONTHLY, [self.get_queryset().first() or unset])[0])

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.do(self.verb)

    def thing(self, subject: Any) -> tuple[Resource, Any] | None:
        return MONTHLY, self.actor.organisation_id


FORMAT = OpenApiParameter("format", OpenApiTypes.STR, enum=list(CONTENT_TYPES), description="pdf, unless given")


class ReportFile(ActorView):
    """One file of a report: the PDF, unless the other is asked for."""

    content_negotiation_class = KindInAddress
    read_scope = Scope.EXPORT

    def known_parameters(self) -> set[str]:
        return {"format"}

    @extend_schema(
        parameters=[FORMAT],
        responses={
            **{(200, content_type): OpenApiTypes.BINARY for content_type in CONTENT_TYPES.values()},
            **refusals(400, 401, 403, 404, 409),
        },
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        report = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])
        kind = request.query_params.get("format", PDF)
        if kind not in CONTENT_TYPES:
            raise ValidationError({"format": [f"Choose one of: {', '.join(CONTENT_TYPES)}"]})
        data = services.fetch(report=report, kind=kind, by=self.actor, now=timezone.now())
        response = StreamingHttpResponse([data], content_type=CONTENT_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{file_name(report, kind)}"'
        return response


urlpatterns = [
    path("reports/", ListAndAddView.as_view(resource=KEPT, verb=ASK), name="api-reports"),
    path("reports/export/", ExportView.as_view(resource=KEPT), name="api-reports-export"),
    path("reports/monthly/", Monthly.as_view(resource=MONTHLY, verb=SET), name="api-report-schedule"),
    path("reports/monthly/link/", VerbView.as_view(verb=CHOOSE), name="api-report-link"),
    path("reports/<uuid:pk>/", OneView.as_view(resource=KEPT), name="api-report"),
    path("reports/<uuid:pk>/file/", ReportFile.as_view(resource=KEPT), name="api-report-file"),
]
