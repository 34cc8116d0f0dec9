from django.urls import path

from overview import views
from overview.saved_views import views as saved_views
from overview.triage import views as triage
from overview.whole_data import views as whole_data
from risks import converters  # noqa: F401 - registers <reference:...>

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("seen/", views.Seen.as_view(), name="seen"),
    path("risks/<reference:reference>/", views.RiskPage.as_view(), name="risk"),
    path("risks/<reference:reference>/map/", views.RiskMap.as_view(), name="risk-map"),
    path("triage/", triage.Triage.as_view(), name="triage"),
    path("triage/breached/", triage.Breached.as_view(), name="triage-breached"),
    path("triage/put-all-away/", triage.PutAllAway.as_view(), name="triage-put-all-away"),
    path("saved-views/", saved_views.SavedViews.as_view(), name="saved-views"),
    path("saved-views/add/", saved_views.Save.as_view(), name="saved-view-add"),
    path("saved-views/<uuid:pk>/", saved_views.Change.as_view(), name="saved-view-change"),
    path("saved-views/<uuid:pk>/delete/", saved_views.Delete.as_view(), name="saved-view-delete"),
    path("data/", whole_data.WholeData.as_view(), name="whole-data"),
    path("data/<uuid:pk>/", whole_data.FetchData.as_view(), name="whole-data-file"),
    path("healthz", views.healthz, name="healthz"),
]
