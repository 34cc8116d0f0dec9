"""What pages of a demonstration may say: as whom one can sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from demo.sign_ins import SignIn, main_sign_ins

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def sign_ins(request: HttpRequest) -> dict[str, Callable[[], list[SignIn]]]:
    """For the page to call, so that no other page asks the database."""
    return {"demo_sign_ins": main_sign_ins} if settings.SAFETYREG_DEMO else {}
