from django.urls import path

from overview import clock_list, views
from overview.dashboards import views as dashboards
from overview.whole_data import views as whole_data
from risks import converters  # noqa: F401 - registers <reference:...>

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("deadlines/", clock_list.ClockList.as_view(), name="deadline-list"),
    path("seen/", views.Seen.as_view(), name="seen"),
    path("risks/<reference:reference>/", views.RiskPage.as_view(), name="risk"),
    path("risks/<reference:reference>/map/", views.RiskMap.as_view(), name="risk-map"),
    path("dashboard/", dashboards.Dashboard.as_view(), name="dashboard"),
    path("dashboard/<slug:key>/", dashboards.DashboardFigure.as_view(), name="dashboard-figure"),
    path("data/", whole_data.WholeData.as_view(), name="whole-data"),
    path("data/<uuid:pk>/", whole_data.FetchData.as_view(), name="whole-data-file"),
    path("healthz", views.healthz, name="healthz"),
]
