"""Forms on pages for people who may not be signed in, or act for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.services import TooManyAttempts
from safetyreg.errors import DomainError
from safetyreg.pages import add_errors, see_other

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


class OpenFormPage:
    """What safetyreg.pages.ActionPage does, for a Django form view that asks for no acting organisation."""

    http_method_names = ["get", "head", "post", "options"]  # and not PUT, which Django's form views take for POST
    template_name = "layout/action.jinja"
    heading = ""
    submit = "Continue"
    submit_variant = ""
    back_text = "Back"

    @method_decorator([sensitive_post_parameters(), never_cache])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().dispatch(request, *args, **kwargs)

    def act(self, **cleaned: Any) -> HttpResponse | str:
        """Call the service with the cleaned values. Return where to go."""
        raise NotImplementedError

    def caption(self) -> str:
        return ""

    def back_url(self) -> str:
        return ""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            gone_to = self.act(**form.cleaned_data)
        except ValidationError as error:
            return self.refused(add_errors(form, error), 422)
        except DomainError as error:
            form.add_error(None, error.message)
            return self.refused(form, 429 if isinstance(error, TooManyAttempts) else 409)
        return see_other(gone_to)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        return self.refused(form, 422)

    def refused(self, form: forms.Form, status: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, page=self)
