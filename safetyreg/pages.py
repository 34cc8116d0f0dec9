"""What every page has in common: it translates a request, calls one service, and translates the answer back.

Unseen is 404, seen but not permitted 403, the wrong moment 409, text that cannot be understood 422.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control
from django.views.generic import FormView, TemplateView
from django.views.generic.base import View

from safetyreg.error_pages import no_organisation
from safetyreg.errors import ConfirmationNeeded, DomainError, StaleEdit
from safetyreg.stale_edits import differences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

CHECKED = "personal_data_checked"


class ActorPage(View):
    """A page for somebody who acts for an organisation. Sets `self.object` and asks `permission` before anything.

    `permission` is a sentence of permissions.py: (actor, object) -> bool.
    """

    permission: ClassVar[Callable[[Any, Any], bool] | None] = None
    # On a shared computer, Back after signing out shows nothing.
    cache_control: ClassVar[dict[str, bool]] = {"private": True, "no_store": True}
    object: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor is None:
            return no_organisation(request)
        self.object = self.get_object()
        if not self.permitted():
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        patch_cache_control(response, **self.cache_control)
        return response

    def get_object(self) -> Any:
        """What the page is about, from `visible_to(self.request.actor)`, or Http404."""
        return None

    def permitted(self) -> bool:
        allowed = type(self).permission  # asked of the class, so that a plain function is not bound as a method
        return allowed is None or allowed(self.request.actor, self.object)


class ShowPage(ActorPage, TemplateView):
    """A page that only shows. The template is given `page` (this view) and what `get_context_data` adds."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, page=self)


class NoForm(forms.Form):
    """For a page that only asks: are you sure?"""


class ActionPage(ActorPage, FormView):
    """A page with one form that does one thing. Override `act`; the rest is words.

    `screens_text`: the service takes `personal_data_checked` and may ask whether the text identifies a patient.
    """

    http_method_names = ["get", "head", "post", "options"]  # Django's form views answer PUT too, as if it were POST
    template_name = "layout/action.jinja"
    form_class: type[forms.Form] = NoForm
    heading = ""
    submit = "Save"
    submit_variant = ""
    success_message = ""
    back_text = "Back"
    screens_text = False
    cache_control: ClassVar[dict[str, bool]] = {"private": True}  # Back shows what was typed

    def act(self, **cleaned: Any) -> Any:
        """Call the service with the cleaned values. Return where to go: a URL, a model, a URL name or a response."""
        raise NotImplementedError

    def caption(self) -> str:
        """Small words over the heading: what the page is about."""
        return str(self.object or "")

    def back_url(self) -> str:
        get_absolute_url = getattr(self.object, "get_absolute_url", None)
        return get_absolute_url() if get_absolute_url else ""

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        form = super().get_form(form_class)
        if self.screens_text:
            form.fields[CHECKED] = identity_check()
        return form

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            place = self.act(**form.cleaned_data)
        except ConfirmationNeeded as error:
            return self.refused(show_finds(form, error.finds), 409, asks_identity_check=True)
        except ValidationError as error:
            return self.refused(add_errors(form, error), 422)
        except DomainError as error:
            return self.domain_refused(form, error)
        if self.success_message:
            messages.success(self.request, self.success_message)
        return place if isinstance(place, HttpResponse) else see_other(place)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        return self.refused(form, 422)

    def domain_refused(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """The page again, with the reason. A stale edit shows both versions."""
        disagree = differences(form, error.current) if isinstance(error, StaleEdit) else []
        form.add_error(None, error.message)
        return self.refused(form, 409, differences=disagree)

    def refused(self, form: forms.Form, status: int, **given: Any) -> HttpResponse:
        """The page again, with everything that was typed."""
        return self.render_to_response(self.get_context_data(form=form, **given), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The identity check is asked once something was found, and goes on being shown once it was ticked."""
        kwargs.setdefault("asks_identity_check", self.screens_text and CHECKED in self.request.POST)
        return super().get_context_data(**kwargs, page=self)


def see_other(place: Any) -> HttpResponseRedirect:
    """Go and look, with GET: what a successful POST answers."""
    response = HttpResponseRedirect(resolve_url(place))
    response.status_code = 303
    return response


def add_errors(form: forms.Form, error: ValidationError) -> forms.Form:
    """Put a service's errors beside the fields they are about; those about no field of this form on top."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)
    return form


def show_finds(form: forms.Form, finds: Mapping[str, list[str]]) -> forms.Form:
    """Say beside each field what in it might identify a patient."""
    for name, found in finds.items():
        for words in found:
            form.add_error(name if name in form.fields else None, f"Check that this identifies no patient: {words}")
    return form


def identity_check() -> forms.BooleanField:
    return forms.BooleanField(label="I have checked: this does not identify a patient", required=False)
