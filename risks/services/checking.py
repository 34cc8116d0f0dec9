"""What several operations ask before they go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Organisation
    from risks.models import Risk


def require_involvable(risk: Risk, organisations: Iterable[Organisation]) -> None:
    """Raises ValidationError for the owner itself and for a closed organisation."""
    for organisation in organisations:
        if organisation.pk == risk.organisation_id:
            raise ValidationError({"involved": "Choose other organisations: the risk is already your own"})
        if not organisation.is_open:
            raise ValidationError({"involved": f"{organisation.name} has closed and cannot be involved"})


def required(field: str, text: str, message: str) -> str:
    """The text without spaces around it. Raises ValidationError for `field` when nothing is left."""
    if not text.strip():
        raise ValidationError({field: message})
    return text.strip()
