"""The one thing this app writes: that somebody has looked.

It changes nothing in the register and leaves no audit event, as reading leaves none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor


def note_looked(*, by: Actor, until: datetime, now: datetime) -> None:
    """The actor has seen what was new until a moment. What came after it, while the page stood open, is still new."""
    moment = max(min(until, now), by.membership.started_at)
    earlier = Q(looked_at=None) | Q(looked_at__lt=moment)
    Membership.objects.filter(earlier, pk=by.membership.pk).update(looked_at=moment)
