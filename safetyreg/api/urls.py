"""The REST API, version 1, and its description."""

from django.urls import include, path

from safetyreg.api.docs import DocsView, SchemaView

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    path("oauth/", include("accounts.api.oauth_urls")),
    path("v1/", include("accounts.api.urls")),
    path("v1/", include("notifications.api")),
    path("v1/", include("deadlines.api")),
    path("v1/", include("risks.api.urls")),
    path("v1/", include("risks.api.system")),
    path("v1/", include("overview.api")),
    path("v1/", include("overview.api_clocks")),
    path("v1/", include("overview.api_news")),
    path("v1/", include("overview.api_dashboard")),
    path("v1/", include("overview.reports.api")),
    path("v1/", include("overview.api_triage")),
    path("v1/", include("overview.api_triage_several")),
    path("v1/", include("overview.api_saved_views")),
    path("v1/", include("escalations.api.urls")),
]
