"""How every operation on a risk that exists begins: the row as it is now, locked, and the actor still allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from risks import lifecycle, permissions

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.actors import Actor
    from risks.models import Risk


def lock_for(by: Actor, risk: Risk, allowed: Callable[[Actor, Risk], bool]) -> Risk:
    """The risk, locked. Permission is asked of the locked row: it may have changed hands since it was looked up.

    Raises PermissionDenied, WrongStatus (a draft that was discarded meanwhile).
    """
    risk = lifecycle.lock(risk)
    if not allowed(by, risk):
        raise PermissionDenied
    return risk


def lock_to_work_on(by: Actor, risk: Risk) -> Risk:
    """An open risk that the actor may work on, locked. Raises PermissionDenied, WrongStatus."""
    risk = lock_for(by, risk, permissions.can_work_on_risk)
    lifecycle.require_open(risk)
    return risk
