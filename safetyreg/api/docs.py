"""The API's description of itself: OpenAPI, and pages to read it and try it out, from this register alone."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from safetyreg.api.permissions import SignedIn
from safetyreg.error_pages import no_organisation

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from rest_framework.request import Request

# Swagger UI writes styles into the page and draws its icons from data: addresses. Its scripts are files of our own.
FOR_SWAGGER = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "connect-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
_DRAWING = threading.Lock()  # threads that ask for it at once wait for one drawing


def description() -> dict[str, Any]:
    """The OpenAPI description: the same for everybody, and slow to draw, so a process draws it once."""
    with _DRAWING:
        return _drawn()


@cache
def _drawn() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


class DrawnOnce(SchemaGenerator):
    def get_schema(self, request: Request | None = None, public: bool = False) -> dict[str, Any]:
        return description()


class SchemaView(SpectacularJSONAPIView):
    """OpenAPI as JSON, which a refusal is too."""

    permission_classes = [SignedIn]
    generator_class = DrawnOnce


class DocsView(SpectacularSwaggerSplitView):
    """A page for people: whoever is not signed in is sent to sign in, as on every page."""

    http_method_names = ["get", "head"]  # the options of a page are drawn with no template
    permission_classes = [SignedIn]
    schema = None
    url_name = "api-schema"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.actor is None:
            return no_organisation(request)
        return super().dispatch(request, *args, **kwargs)

    @method_decorator(csp_replace(FOR_SWAGGER))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().get(request, *args, **kwargs)
