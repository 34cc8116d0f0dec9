"""What a member holds. No membership ends until it is handed over.

Apps above this one register what their members can hold, so that this one need not know them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime
    from typing import Any

    from django.db.models import QuerySet

    from accounts.actors import Actor
    from accounts.models import Membership, Organisation, Role, User


class Holding(Protocol):
    """One kind of thing that a member of an organisation can hold: its name, and the roles that may hold it."""

    @property
    def name(self) -> str: ...
    @property
    def roles(self) -> tuple[Role, ...]: ...

    def held_by(self, user: User, organisation: Organisation) -> list[tuple[str, str]]:
        """What the person holds there: (a reference in words, a path)."""

    def behind(self, user: User, organisation: Organisation) -> QuerySet[Any]:
        """What every operation on it locks first: its risks, whichever kind of thing it is."""

    def hand_over(self, *, organisation: Organisation, of: User, to: User, by: Actor, now: datetime) -> int:
        """Give all of it to another member; how many were given."""


_registered: list[Holding] = []
_ends_with: list[Callable[[Membership], None]] = []


def register(holding: Holding) -> None:
    _registered.append(holding)


def register_end(end: Callable[[Membership], None]) -> None:
    """Have something called in the transaction in which a membership ends: it ends what was that person's alone."""
    _ends_with.append(end)


def end_with(membership: Membership) -> None:
    for end in _ends_with:
        end(membership)


def kinds() -> Iterator[Holding]:
    return iter(_registered)


def lock_behind(kinds: Collection[Holding], user: User, organisation: Organisation) -> None:
    """Lock what is behind all that a member holds, in the one order in which everybody locks several.

    Handing over locks memberships as it goes, and those come last; so everything else has to be locked before.
    """
    behind = [kind.behind(user, organisation) for kind in kinds]
    wanted = {pk for rows in behind for pk in rows.values_list("pk", flat=True)}
    for model in {rows.model for rows in behind}:
        list(model._default_manager.filter(pk__in=wanted).select_for_update(of=("self",)).order_by("pk"))
