"""Risks like the one on the page: those that the reader sees, and for its owner how many others there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.models import Level
from risks import look_alikes, permissions

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import Risk


def of_risk(risk: Risk, actor: Actor) -> dict[str, Any]:
    """`look_alikes` is None while they are being worked out, and `unseen` 0 where nothing may be told.

    `introduction` is the request to the ICB that waits for an answer, for the owner's people.
    """
    if risk.is_draft:
        return {"look_alikes": None, "unseen": 0, "introduction": None, "can_ask": False}
    owned = permissions.owns(actor, risk) and risk.organisation.level == Level.PROVIDER
    introduction = risk.introductions.open().first() if owned else None
    unseen = look_alikes.unseen_organisations(risk, risk.organisation.parent) if owned and risk.is_open else 0
    return {
        "look_alikes": look_alikes.of_risk(risk, actor),
        "unseen": unseen,
        "introduction": introduction,
        "can_ask": bool(unseen) and introduction is None and permissions.can_work_on_risk(actor, risk),
    }
