"""A small site of sample pages, to test what every page has in common apart from any one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.fields import OrganisationField, OrganisationsField
from accounts.models import Organisation
from safetyreg.error_pages import bad_request, forbidden, not_found, server_error
from safetyreg.errors import ConfirmationNeeded, DomainError, StaleEdit
from safetyreg.lists import ListPage
from safetyreg.nhsuk.fields import NHSDateField
from safetyreg.nhsuk.widgets import Checkboxes, Radios
from safetyreg.pages import ActionPage, ShowPage
from tests.safetyreg.samples import everything

if TYPE_CHECKING:
    from django.db.models import QuerySet

REACH = [("HERE", "My organisation"), ("WIDE", "Widespread")]


class SampleForm(forms.Form):
    title = forms.CharField(label="Title", error_messages={"required": "Enter a title"})
    reach = forms.ChoiceField(label="Reach", choices=REACH, widget=Radios, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class EveryField(forms.Form):
    """One of each."""

    title = forms.CharField(label="Title", help_text="A few words", error_messages={"required": "Enter a title"})
    cause = forms.CharField(label="Cause", max_length=2000, widget=forms.Textarea)
    theme = forms.ChoiceField(label="Theme", choices=[("", "Choose a theme"), ("1", "Medication")])
    reach = forms.ChoiceField(label="Reach", choices=REACH, widget=Radios(hints={"WIDE": "Several regions"}))
    services = forms.MultipleChoiceField(
        label="Services", choices=[(str(n), f"Service {n}") for n in range(10)], widget=Checkboxes, required=False
    )
    due = NHSDateField(label="Due date", help_text="For example, 8 4 2026")
    to = OrganisationField(label="Ask which organisation?", queryset=Organisation.objects.open)
    involved = OrganisationsField(label="Others involved", queryset=Organisation.objects.open, required=False)
    agree = forms.BooleanField(label="Send it at once", help_text="The duty team is telephoned")
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    number = forms.IntegerField(label="How many?")
    file = forms.FileField(label="File")


class EveryFieldPage(ActionPage):
    form_class = EveryField
    heading = "Every kind of question"

    def back_url(self) -> str:
        return "/"


class Saved:
    """Stands for a row that somebody else has changed."""

    title = "What they wrote"
    reach = "WIDE"
    version = 8


class SamplePage(ActionPage):
    """Does what its title says, as a service would."""

    form_class = SampleForm
    heading = "Write something"
    submit = "Send it"
    success_message = "It was sent"
    screens_text = True

    def get_object(self) -> str:
        if self.kwargs["name"] == "hidden":
            raise Http404
        return self.kwargs["name"]

    def permission(self: Any, thing: str) -> bool:  # asked as a plain function: (actor, object)
        return thing != "forbidden"

    def act(self, *, title: str, personal_data_checked: bool, **rest: Any) -> Any:
        if title == "refused":
            raise DomainError("This was answered on 3 November 2026")
        if title == "invalid":
            raise ValidationError({"title": "It holds an NHS number", "elsewhere": "Something else is wrong"})
        if title == "stale":
            raise StaleEdit("Somebody changed it while you were writing", current=Saved())
        if title == "denied":
            raise PermissionDenied
        if title.startswith("personal") and not personal_data_checked:
            raise ConfirmationNeeded({"title": ["what looks like a postcode (“LS1 4AP”)"]})
        return HttpResponse("made") if title == "file" else "home"


class SampleFilters(django_filters.FilterSet):
    search = django_filters.CharFilter(label="Search", field_name="name", lookup_expr="icontains")
    level = django_filters.ChoiceFilter(label="Level", choices=Organisation._meta.get_field("level").choices)

    class Meta:
        model = Organisation
        fields = ["search", "level"]


class SampleList(ListPage):
    template_name = "sample/list.jinja"
    heading = "Organisations"
    noun = "organisation"
    nothing_yet = "No organisation has been added."
    filterset_class = SampleFilters
    sorts = {"name": ("Name", ("name", "pk")), "code": ("Code", ("ods_code", "pk"))}
    per_page = 2

    def get_queryset(self) -> QuerySet[Organisation]:
        return Organisation.objects.exclude(kind="LEFT_OUT")


class SampleShow(ShowPage):
    template_name = "layout/page.jinja"


def guide(request: HttpRequest) -> HttpResponse:
    return render(request, "sample/guide.jinja", everything())


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("The database went away")


def refused(request: HttpRequest) -> HttpResponse:
    raise DomainError("This was answered on 3 November 2026")


def plain(request: HttpRequest) -> HttpResponse:
    return render(request, "layout/page.jinja")


urlpatterns = [
    path("", plain, name="home"),
    path("sign-in/", plain, name="sign-in"),
    path("sign-out/", plain, name="sign-out"),
    path("acting/", plain, name="acting"),
    path("show/", SampleShow.as_view(), name="show"),
    path("list/", SampleList.as_view(), name="list"),
    path("fields/", EveryFieldPage.as_view()),
    path("do/<name>/", SamplePage.as_view(), name="do"),
    path("guide/", guide),
    path("broken/", broken),
    path("api/broken/", csrf_exempt(broken)),
    path("refused/", refused),
]
handler400, handler403, handler404, handler500 = bad_request, forbidden, not_found, server_error
