"""All of OAuth that there is here."""

from django.urls import path

from accounts.api.oauth import Revoke, Token

urlpatterns = [
    path("token/", Token.as_view(), name="oauth-token"),
    path("revoke/", Revoke.as_view(), name="oauth-revoke"),
]
