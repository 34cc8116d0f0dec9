"""Who triages: whoever reads risks at a body above the providers; only its safety leads decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from risks.permissions import oversees

if TYPE_CHECKING:
    from accounts.actors import Actor


def can_read_triage(actor: Actor, _page: object = None) -> bool:
    return actor.reads_risks and oversees(actor)


def can_triage(actor: Actor, _items: object = None) -> bool:
    return actor.is_safety_lead and oversees(actor)
