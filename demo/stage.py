"""What every story is played on, and what a story is played as: events, each at its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accounts.models import Organisation
    from demo.belonging import Position
    from demo.cast import Cast
    from demo.playing import Play


class Order(IntEnum):
    """What comes before what, when several things happen to a risk at one moment."""

    LOG = 1
    SCORE = 2
    REVIEW = 3
    WORK = 4
    ESCALATE = 5
    RELATE = 6
    CLOSE = 7


@dataclass(frozen=True)
class Event:
    at: datetime
    order: Order
    happen: Callable[[datetime], object]


@dataclass(frozen=True)
class Stage:
    """The organisations by ODS code, the people, and when it is now.

    `plays` finds the others' risks by their keys. `answers` says which are logged as a position, and about which risk.
    """

    organisations: dict[str, Organisation]
    cast: Cast
    now: datetime
    plays: dict[str, Play] = field(default_factory=dict)
    answers: dict[str, tuple[str, Position]] = field(default_factory=dict)

    @property
    def parents(self) -> dict[str, str]:
        """The ODS code of the body above each."""
        return {code: body.parent.ods_code for code, body in self.organisations.items() if body.parent}
