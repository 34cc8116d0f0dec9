from django.urls import path

from accounts.api import people
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
]
