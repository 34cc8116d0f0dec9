"""Where every address leads."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("deadlines.urls")),
    path("", include("risks.urls")),
    path("", include("escalations.urls")),
    path("", include("overview.urls")),
    path("api/", include("safetyreg.api.urls")),
]

handler400 = "safetyreg.error_pages.bad_request"
handler403 = "safetyreg.error_pages.forbidden"
handler404 = "safetyreg.error_pages.not_found"
handler500 = "safetyreg.error_pages.server_error"
