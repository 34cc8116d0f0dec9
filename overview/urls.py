from django.urls import path

from overview import clock_list, views
from overview.dashboards import views as dashboards
from overview.reports import views as reports
from overview.saved_views import views as saved_views
from overview.triage import views as triage
from overview.triage.breached import Breached
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
    path("triage/", triage.Triage.as_view(), name="triage"),
    path("triage/breached/", Breached.as_view(), name="triage-breached"),
    path("triage/put-all-away/", triage.PutAllAway.as_view(), name="triage-put-all-away"),
    path("saved-views/", saved_views.SavedViews.as_view(), name="saved-views"),
    path("saved-views/add/", saved_views.Save.as_view(), name="saved-view-add"),
    path("saved-views/<uuid:pk>/", saved_views.Change.as_view(), name="saved-view-change"),
    path("saved-views/<uuid:pk>/delete/", saved_views.Delete.as_view(), name="saved-view-delete"),
    path("data/", whole_data.WholeData.as_view(), name="whole-data"),
    path("data/<uuid:pk>/", whole_data.FetchData.as_view(), name="whole-data-file"),
    path("reports/", reports.ReportList.as_view(), name="reports"),
    path("reports/ask/", reports.AskReport.as_view(), name="report-ask"),
    path("reports/monthly/", reports.SetSchedule.as_view(), name="report-schedule"),
    path("reports/monthly/link/", reports.ChooseLink.as_view(), name="report-link"),
    path("reports/<uuid:pk>/", reports.OneReport.as_view(), name="report"),
    path("reports/<uuid:pk>/<str:kind>/", reports.ReportFile.as_view(), name="report-file"),
    path("healthz", views.healthz, name="healthz"),
]
