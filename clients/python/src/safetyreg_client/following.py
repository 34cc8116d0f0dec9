"""Learning what changes by asking now and then, for those who cannot be reached by webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from safetyreg_client.models import Deadline, Escalation, Feedback, Risk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from safetyreg_client.register import Register

OVERLAP = timedelta(minutes=2)  # a change is dated when it is asked for and seen when it is saved; and clocks differ


@dataclass(frozen=True)
class Change:
    """Something that is new or not as it was. `thing` is what it is now."""

    kind: str  # risk, escalation, feedback or deadline
    thing: Risk | Escalation | Feedback | Deadline


class Following:
    """Remembers what it has told, so that no change is told twice while it lives.

    What leaves your sight is in no list: walk through the whole list now and then.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._told: dict[str, Change] = {}

    def changes(self, since: datetime) -> Iterator[Change]:
        """What has changed since then, and was not told yet. The next time ask from when you began to ask this time."""
        found: dict[str, Change] = {}
        for change in self._found(since - OVERLAP):
            found[change.thing.id] = change
            if self._told.get(change.thing.id) != change:
                yield change
        self._told = found

    def forever(self, since: datetime, *, every: float = 60.0) -> Iterator[Change]:
        """What changes, asked for again so many seconds after each answer."""
        while True:
            began = datetime.now(UTC)
            yield from self.changes(since)
            since = began
            self._register.wait(every)

    def _found(self, start: datetime) -> Iterator[Change]:
        register = self._register
        yield from (Change("risk", one) for one in register.risks.all(updated_since=start))
        yield from (Change("escalation", one) for one in register.escalations.all(updated_since=start))
        yield from (Change("feedback", one) for one in register.feedback(updated_since=start))
        yield from (Change("deadline", one) for one in register.deadlines(updated_since=start))
