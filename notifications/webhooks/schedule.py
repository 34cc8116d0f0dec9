"""When a message that was not taken is sent again."""

from __future__ import annotations

import random
from datetime import timedelta

# After the first try: nine more, over three days in all.
WAITS = (
    timedelta(seconds=15),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
TRIES_OF_A_CHALLENGE = 4  # somebody is waiting for it, and can ask again
JITTER = 0.1  # of the wait, sooner or later, so that what failed together does not come back together
DISABLED_AFTER = timedelta(days=5)  # of nothing but failures


def wait_after(tries: int, *, is_challenge: bool = False) -> timedelta | None:
    """How long after so many tries in vain the next one is made. None when there is no other."""
    if tries > len(WAITS) or (is_challenge and tries >= TRIES_OF_A_CHALLENGE):
        return None
    return WAITS[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
