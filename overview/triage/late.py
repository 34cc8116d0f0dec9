"""What is breached below a body: nothing that it decides, but what it may ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deadlines.models import Deadline

if TYPE_CHECKING:
    from accounts.actors import Actor
    from deadlines.models import DeadlineQuerySet


def below(actor: Actor) -> DeadlineQuerySet:
    """Late clocks of the bodies that answer to us. What they owe to us stands in our own lists."""
    return Deadline.objects.late_below(actor).exclude(owed_to=actor.organisation)
