"""The pages of reports: all of a body's, one, its files, asking for one, and what is made every month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from overview.models import Report, ReportSchedule
from overview.reports import permissions, scheduling, services
from overview.reports.exporting import CONTENT_TYPES, REPORTS, file_name
from overview.reports.forms import ScheduleForm
from overview.reports.models import recipients_at
from safetyreg.lists import ListPage
from safetyreg.pages import ActionPage, ActorPage, ShowPage, see_other

if TYPE_CHECKING:
    from django.http import HttpRequest

    from overview.reports.models import ReportQuerySet


class ReportList(ListPage):
    template_name = "overview/reports.jinja"
    permission = permissions.can_read_reports
    heading = "Reports"
    noun = "report"
    export = REPORTS

    def get_queryset(self) -> ReportQuerySet:
        return Report.objects.visible_to(self.request.actor).in_short().newest_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.actor
        return super().get_context_data(
            **kwargs,
            may_ask=permissions.can_ask_report(actor),
            schedule=ReportSchedule.objects.filter(organisation=actor.organisation).first(),
            is_chosen=scheduling.is_chosen(actor),
            recipients=[membership.user.name for membership in recipients_at(actor.organisation)],
        )

    @property
    def nothing_yet(self) -> str:
        return f"No report of {self.request.actor.organisation.name} is kept."


class OneReport(ShowPage):
    """How far it is, its files once they are there, and what it is of. It says nothing of any risk.

    While it is being made a script asks again how far it is; without it there is a link.
    """

    template_name = "overview/report.jinja"

    def get_object(self) -> Report:
        visible = Report.objects.visible_to(self.request.actor).in_short().select_related("previous")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if services.draw_again_if_needed(report=self.object, now=timezone.now()):
            self.object = self.get_object()
        report = self.object
        return super().get_context_data(
            **kwargs,
            report=report,
            may_ask=permissions.can_ask_report(self.request.actor),
            days=services.KEPT_FOR.days,
        )


class ReportFile(ActorPage):
    def get_object(self) -> Report:
        if self.kwargs["kind"] not in CONTENT_TYPES:
            raise Http404
        return get_object_or_404(Report.objects.visible_to(self.request.actor).in_short(), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = self.kwargs["kind"]
        data = services.fetch(report=self.object, kind=kind, by=request.actor, now=timezone.now())
        response = HttpResponse(data, content_type=CONTENT_TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{file_name(self.object, kind)}"'
        return response


class AskReport(ActionPage):
    permission = permissions.can_ask_report
    template_name = "overview/report_ask.jinja"
    heading = "Ask for a report"
    submit = "Make the report"

    def act(self) -> str:
        return services.ask_report(by=self.request.actor, now=timezone.now()).path

    def caption(self) -> str:
        return self.request.actor.organisation.name

    def back_url(self) -> str:
        return reverse("reports")


class SetSchedule(ActionPage):
    permission = permissions.can_set_schedule
    form_class = ScheduleForm
    heading = "Monthly report"
    success_message = "The monthly report is set"

    def get_object(self) -> ReportSchedule | None:
        return ReportSchedule.objects.filter(organisation=self.request.actor.organisation).first()

    def get_initial(self) -> dict[str, Any]:
        found = self.object
        return {"is_on": "yes" if found.is_on else "no", "day": found.day} if found else {"day": 1}

    def act(self, is_on: str, day: int) -> str:
        scheduling.set_report_schedule(is_on=is_on == "yes", day=day, by=self.request.actor, now=timezone.now())
        return reverse("reports")

    def caption(self) -> str:
        return self.request.actor.organisation.name

    def back_url(self) -> str:
        return reverse("reports")


class ChooseLink(ActorPage):
    """The button beside who is sent the link: yes, or no longer."""

    http_method_names = ["post"]
    permission = permissions.can_choose_link

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("wanted") == "yes"
        scheduling.choose_report_link(wanted=wanted, by=request.actor, now=timezone.now())
        return see_other("reports")
