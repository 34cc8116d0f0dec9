from django.urls import path

from overview import views
from risks import converters  # noqa: F401 - registers <reference:...>

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("seen/", views.Seen.as_view(), name="seen"),
    path("risks/<reference:reference>/", views.RiskPage.as_view(), name="risk"),
    path("risks/<reference:reference>/map/", views.RiskMap.as_view(), name="risk-map"),
    path("healthz", views.healthz, name="healthz"),
]
