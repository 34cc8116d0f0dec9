"""How django-oauth-toolkit gives tokens here: to a client that has shown its secret, with scopes it has."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.oauth2.rfc6749.errors import InvalidClientError

from accounts import services
from safetyreg.api.scopes import Scope

# Under this name the view that checked the secret puts it among what a request came with. No header of a
# request can come by it: Django puts HTTP_ before the names of those.
SHOWN_ITSELF = "safetyreg.client"


class ScopesOfClients(BaseScopes):
    """A client may ask for some of its scopes; unless it says which, it gets them all."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(Scope.choices)

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes) if application else []

    get_default_scopes = get_available_scopes


class Validator(OAuth2Validator):
    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """The view has asked for the secret, and counted the guess."""
        secret = request.headers.get(SHOWN_ITSELF)
        request.client = secret and secret.client
        return secret is not None

    def _save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """In a transaction: of a secret that is ended at this moment, no token is left over."""
        if not services.still_works(request.headers.get(SHOWN_ITSELF), timezone.now()):
            raise InvalidClientError(request=request)
        super()._save_bearer_token(token, request, *args, **kwargs)

    def _check_and_set_request_resource(self, request: Any) -> None:
        """There is one API, so there is nothing to narrow a token down to."""
        request.resource = []
