"""Risks like the one on the page: those that the reader sees, and for its owner how many others there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Level
from risks import look_alikes, permissions

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.look_alikes import LookAlike
    from risks.models import Risk


@dataclass(frozen=True)
class Alike:
    """`found` is None while it is being worked out.

    `unseen` is the number of other organisations of the system that hold an open risk like it which the owner does not
    see, for the owner's people; 0 where nothing may be told.
    """

    found: list[LookAlike] | None = None
    unseen: int = 0


def of_risk(risk: Risk, actor: Actor) -> Alike:
    if risk.is_draft:
        return Alike()
    counts = risk.is_open and permissions.owns(actor, risk) and risk.organisation.level == Level.PROVIDER
    return Alike(
        found=look_alikes.of_risk(risk, actor),
        unseen=look_alikes.unseen_organisations(risk, risk.organisation.parent) if counts else 0,
    )
