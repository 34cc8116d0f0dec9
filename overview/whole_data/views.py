"""The page on which somebody asks for whole data, and downloads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from overview.models import DataPackage, Whole
from overview.whole_data import services
from safetyreg.nhsuk.widgets import Radios
from safetyreg.pages import ActionPage, ActorPage

if TYPE_CHECKING:
    from django.http import HttpRequest

HINTS = {
    Whole.MINE: "Your account and memberships, what you logged and wrote, what you were told, what you did",
    Whole.CONTENT: "All its risks with everything of them, escalations, answers, positions, links and history",
    Whole.PEOPLE: "Members now and before, invitations, and what was done about them",
}


class AskForm(forms.Form):
    whole = forms.ChoiceField(
        label="What do you want?",
        widget=Radios(hints={str(key): words for key, words in HINTS.items()}),
        error_messages={"required": "Choose what you want"},
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whole"].choices = offered


class WholeData(ActionPage):
    template_name = "overview/whole_data.jinja"
    form_class = AskForm
    heading = "Whole data"
    submit = "Ask for it"

    def get_form_kwargs(self) -> dict[str, Any]:
        actor = self.request.actor
        offered = [(whole.value, whole.label) for whole in Whole if services.can_ask(actor, whole)]
        return super().get_form_kwargs() | {"offered": offered}

    def act(self, whole: str) -> str:
        services.ask(whole=whole, by=self.request.actor, now=timezone.now())
        return reverse("whole-data")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = DataPackage.objects.visible_to(self.request.actor).newest_first().defer("file")
        return super().get_context_data(**kwargs, packages=mine[:20], days=services.KEPT_FOR.days)


class FetchData(ActorPage):
    """The file, for whoever asked for it and nobody else."""

    def get_object(self) -> DataPackage:
        return get_object_or_404(DataPackage.objects.visible_to(self.request.actor).defer("file"), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = services.fetch(package=self.object, by=request.actor, now=timezone.now())
        response = HttpResponse(data, content_type="application/zip")
        name = f"{self.object.get_whole_display().split()[-1].lower()}-{self.object.asked_at:%Y-%m-%d}.zip"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
