"""The administration site: who signs in and which organisations there are, to look at. It changes nothing.

Memberships end on the people pages alone, where what is held is handed over; risks are not shown at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from oauth2_provider import admin as _registers_its_models  # noqa: F401 - here, before they are taken out again
from oauth2_provider import models as oauth_models

from accounts.models import Organisation, User

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse


class ReadOnly(admin.ModelAdmin):
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ("name", "email", "is_active", "is_system", "is_staff", "last_login")
    list_filter = ("is_active", "is_system", "is_staff")
    search_fields = ("name", "email")
    fields = ("name", "email", "is_active", "is_system", "is_staff", "is_superuser", "date_joined", "last_login")
    ordering = ("name", "pk")


@admin.register(Organisation)
class OrganisationAdmin(ReadOnly):
    list_display = ("name", "ods_code", "level", "parent", "closed_on")
    list_filter = ("level", "kind")
    list_select_related = ("parent",)
    search_fields = ("name", "ods_code")
    fields = ("ods_code", "name", "level", "kind", "parent", "opened_on", "closed_on", "duty_email", "duty_phone")
    ordering = ("name", "ods_code")


@login_not_required
def sign_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """The one page on which guesses are counted."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))


# Clients have pages of their own, where every change has an author and a record; tokens are nobody's to look at.
admin.site.unregister(
    [
        oauth_models.get_application_model(),
        oauth_models.get_access_token_model(),
        oauth_models.get_refresh_token_model(),
        oauth_models.get_grant_model(),
        oauth_models.get_id_token_model(),
    ]
)
admin.site.unregister(auth_admin.Group)  # which that module registers: nobody has rights by a group here
admin.site.login = sign_in  # type: ignore[method-assign]
