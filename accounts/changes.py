"""What apps above this one have to say when an organisation closes, and to do when it comes under another body.

They register it here, so that this app need not know them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Client, Membership
from safetyreg.words import plural

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accounts.models import Organisation

    Tie = Callable[[Organisation], str]
    Follower = Callable[[Organisation, datetime], None]

_ties: list[Tie] = []
_followers: list[Follower] = []


def register_tie(tie: Tie) -> None:
    """`tie` says in words what still binds an organisation, or nothing."""
    _ties.append(tie)


def register_follower(follower: Follower) -> None:
    """`follower` does what follows when an organisation has a new body above it."""
    _followers.append(follower)


def ties_of(organisation: Organisation) -> list[str]:
    """Why an organisation cannot close: its members, open risks and live deadlines would be left to nobody."""
    members = Membership.objects.live().people().filter(organisation=organisation).count()
    clients = Client.objects.live().filter(organisation=organisation).count()
    said = [
        f"{members} current members" if members else "",
        plural(clients, "API client") if clients else "",
        *(tie(organisation) for tie in _ties),
    ]
    return [words for words in said if words]


def follow_move(organisation: Organisation, now: datetime) -> None:
    for follower in _followers:
        follower(organisation, now)
