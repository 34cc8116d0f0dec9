"""When a risk may change status, and the one place where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from risks.models import Risk, Status
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime

TRANSITIONS: dict[str, tuple[Status, ...]] = {
    Status.DRAFT: (Status.OPEN,),
    Status.OPEN: (Status.CLOSED,),
    Status.CLOSED: (Status.OPEN,),
}


class WrongStatus(DomainError):
    """The risk is not in a status that allows this."""


def lock(risk: Risk) -> Risk:
    """The risk as it is now, locked until the transaction ends. Locks go risk first, then escalation.

    Raises WrongStatus for a draft that was discarded meanwhile: nothing else can vanish.
    """
    rows = Risk.objects.select_for_update(of=("self",)).select_related("organisation__parent", "owner")
    try:
        return rows.get(pk=risk.pk)
    except Risk.DoesNotExist:
        raise WrongStatus(f"The draft {risk.reference} has been discarded meanwhile") from None


def move(risk: Risk, status: Status, *, now: datetime) -> None:
    """Change the status of a locked risk. Raises WrongStatus."""
    if status not in TRANSITIONS[risk.status]:
        raise WrongStatus(f"{risk.reference} is {risk.get_status_display().lower()}, so this cannot be done now")
    risk.status = status
    if status == Status.OPEN:
        risk.logged_at = risk.logged_at or now
        risk.closed_at, risk.closure_reason, risk.closure_words = None, "", ""


def require_closed(risk: Risk) -> None:
    """Raises WrongStatus unless the risk is closed."""
    if not risk.is_closed:
        raise WrongStatus(f"{risk.reference} is not closed")


def require_open(risk: Risk) -> None:
    """Raises WrongStatus unless the risk is open."""
    if not risk.is_open:
        raise WrongStatus(
            f"{risk.reference} is {risk.get_status_display().lower()}: only an open risk can be worked on"
        )
