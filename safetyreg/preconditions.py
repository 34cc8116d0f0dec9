"""What a caller insists is still so: looked at once more under the lock of the operation that it asks for.

Somebody who has read a thing may send what they read of it (`If-Match`) with a change. To look before the operation is
not enough, since of two at once both would look first and then both change it. So the door says what has to hold, and
whatever locks a thing looks, as soon as it holds the lock and before anything is changed.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_awaited: ContextVar[Callable[[], None] | None] = ContextVar("precondition", default=None)


@contextmanager
def required(check: Callable[[], None] | None) -> Iterator[None]:
    """Within, `check` is called by the first lock that is taken. It raises what the caller is to be told."""
    token = _awaited.set(check)
    try:
        yield
    finally:
        _awaited.reset(token)


def look() -> None:
    """To be called with the lock just taken, and nothing changed yet."""
    if check := _awaited.get():
        _awaited.set(None)
        check()
