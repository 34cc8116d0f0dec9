"""Saved views as pages: all of them, and saving, changing and deleting one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from overview.saved_views import permissions, services
from overview.saved_views.models import List, SavedView
from risks.forms.fields import refuse_null_characters
from safetyreg.nhsuk.widgets import Radios
from safetyreg.pages import ActionPage, NoForm, ShowPage, see_other

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, QueryDict


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name of the view",
        max_length=80,
        help_text="For example: Extreme, nobody handles them",
        validators=[refuse_null_characters],
        error_messages={"required": "Enter a name for the view"},
    )
    is_shared = forms.TypedChoiceField(
        label="Who has it?",
        choices=[("no", "Only I"), ("yes", "Everybody of my organisation who reads risks")],
        coerce=lambda value: value == "yes",
        initial="no",
        widget=Radios(),
        error_messages={"required": "Select who has it"},
    )


class SaveForm(NameForm):
    list = forms.CharField(widget=forms.HiddenInput())
    query = forms.CharField(widget=forms.HiddenInput(), max_length=1000)


class SavedViews(ShowPage):
    """Those of the actor, and those that the organisation shares, by the list that they are of."""

    template_name = "overview/saved_views.jinja"
    permission = permissions.can_save_views

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        views = visible(self).select_related("saved_by").in_order()
        mine = {view.pk for view in views if permissions.can_change_view(self.request.actor, view)}
        return super().get_context_data(**kwargs, views=views, mine=mine)


def visible(page: Any) -> QuerySet[SavedView]:
    return SavedView.objects.visible_to(page.request.actor)


class Save(ActionPage):
    """From a list: `?list=` is the name of its page, `?query=` what stands in its address."""

    permission = permissions.can_save_views
    form_class = SaveForm
    heading = "Save these filters as a view"
    submit = "Save the view"
    success_message = "The view has been saved. It stands above the list"
    back_text = "Back to the list"
    screens_text = True

    @property
    def asked(self) -> QueryDict:
        return self.request.POST if self.request.method == "POST" else self.request.GET

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("list", "") not in List.values:  # there is nothing to save: here is what has been
            return see_other("saved-views")
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"is_shared": "no", **{name: self.asked.get(name, "") for name in ("list", "query")}}

    def caption(self) -> str:
        asked = self.asked.get("list", "")
        return List(asked).label if asked in List.values else ""

    def back_url(self) -> str:
        asked = self.asked.get("list", "")
        return f"{reverse(asked)}?{self.asked.get('query', '')}" if asked in List.values else reverse("saved-views")

    def act(self, **cleaned: Any) -> str:
        return services.save_view(**cleaned, by=self.request.actor, now=timezone.now()).path


class OfAView(ActionPage):
    permission = permissions.can_change_view
    back_text = "Back to saved views"

    def get_object(self) -> SavedView:
        return get_object_or_404(visible(self), pk=self.kwargs["pk"])

    def caption(self) -> str:
        return f"{self.object.get_list_display()}: {self.object.name}"

    def back_url(self) -> str:
        return reverse("saved-views")


class Change(OfAView):
    form_class = NameForm
    heading = "Change the view"
    success_message = "The view has been changed"
    screens_text = True

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name, "is_shared": "yes" if self.object.is_shared else "no"}

    def act(self, **cleaned: Any) -> str:
        services.change_view(view=self.object, **cleaned, by=self.request.actor, now=timezone.now())
        return "saved-views"


class Delete(OfAView):
    form_class = NoForm
    heading = "Delete the view"
    submit = "Delete it"
    submit_variant = "warning"
    success_message = "The view has been deleted"

    def act(self) -> str:
        services.delete_view(view=self.object, by=self.request.actor, now=timezone.now())
        return "saved-views"
