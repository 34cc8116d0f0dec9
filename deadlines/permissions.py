"""Who may change the standards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Level

if TYPE_CHECKING:
    from accounts.actors import Actor


def can_set_standards(actor: Actor, _anything: object = None) -> bool:
    return actor.is_safety_lead and actor.organisation.level == Level.NATIONAL
