"""What every page is given besides its own words: who acts, the navigation, the demonstration's notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from safetyreg.nhsuk.navigation import current_href, items_for

if TYPE_CHECKING:
    from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    items = items_for(actor)
    return {
        "actor": actor,
        "csp_nonce": str(getattr(request, "csp_nonce", "")),
        "site": {
            "navigation": items,
            "here": current_href(items, request.path),
            "demo": settings.SAFETYREG_DEMO,
            "mail_dir": getattr(settings, "EMAIL_FILE_PATH", None),
        },
    }
