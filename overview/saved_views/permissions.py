"""Who saves views: whoever has lists to filter. A shared one any safety lead may change: its maker may have left."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.actors import Actor
    from overview.saved_views.models import SavedView


def can_save_views(actor: Actor, _view: object = None) -> bool:
    return actor.reads_risks


def can_change_view(actor: Actor, view: SavedView) -> bool:
    own = view.membership_id == actor.membership.pk
    return own or (view.is_shared and actor.is_safety_lead and view.organisation_id == actor.organisation_id)
