from django.urls import path

from accounts.api import clients, people
from accounts.api.me import ActForView, MeView
from accounts.api.organisations import MEMBERS, ORGANISATIONS
from safetyreg.api.views import ListView, OneView

urlpatterns = [
    path("me/", MeView.as_view(), name="api-me"),
    path("me/act-for/", ActForView.as_view(), name="api-act-for"),
    path("members/", ListView.as_view(resource=MEMBERS), name="api-members"),
    path("organisations/", ListView.as_view(resource=ORGANISATIONS), name="api-organisations"),
    path("organisations/<uuid:pk>/", OneView.as_view(resource=ORGANISATIONS), name="api-organisation"),
    *people.urlpatterns,
    path("clients/", clients.Clients.as_view(resource=clients.CLIENTS, verb=clients.ADD), name="api-clients"),
    path(
        "clients/<uuid:pk>/",
        clients.OneClient.as_view(resource=clients.CLIENTS, verb=clients.CHANGE),
        name="api-client",
    ),
    path(
        "clients/<uuid:pk>/requests/", clients.Requests.as_view(resource=clients.REQUESTS), name="api-client-requests"
    ),
    path(
        "clients/<uuid:pk>/rotate-secret/",
        clients.RotateSecret.as_view(resource=clients.CLIENTS, verb=clients.ROTATE),
        name="api-client-rotate-secret",
    ),
    path(
        "clients/<uuid:pk>/revoke/",
        clients.ClientVerb.as_view(resource=clients.CLIENTS, verb=clients.REVOKE),
        name="api-client-revoke",
    ),
]
