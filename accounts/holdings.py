"""What a member holds. No membership ends until it is handed over.

Apps above this one register what their members can hold, so that this one need not know them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation, Role, User


class Holding(Protocol):
    """One kind of thing that a member of an organisation can hold: its name, and the roles that may hold it."""

    @property
    def name(self) -> str: ...
    @property
    def roles(self) -> tuple[Role, ...]: ...

    def held_by(self, user: User, organisation: Organisation) -> list[tuple[str, str]]:
        """What the person holds there: (a reference in words, a path)."""

    def hand_over(self, *, organisation: Organisation, of: User, to: User, by: Actor, now: datetime) -> int:
        """Give all of it to another member; how many were given."""


_registered: list[Holding] = []


def register(holding: Holding) -> None:
    _registered.append(holding)


def kinds() -> Iterator[Holding]:
    return iter(_registered)
