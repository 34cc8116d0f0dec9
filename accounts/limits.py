"""How often a client may ask: so many requests in each minute on the clock, counted in Redis by all web processes.

Without Redis nothing is counted and nobody is refused: the limit keeps a system that has run wild from crowding out the
others, and the register goes on while it cannot be counted. What somebody may see or do never depends on it.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Client

logger = logging.getLogger(__name__)

MINUTE = 60  # seconds


@dataclass(frozen=True)
class Rate:
    """A limit, how many requests are left of it, and in how many seconds there are as many again."""

    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        found = {"Limit": self.limit, "Remaining": self.remaining, "Reset": self.reset}
        return {f"RateLimit-{name}": str(number) for name, number in found.items()}


def count(client: Client, now: datetime) -> Rate | None:
    """Count one more request of a client; None when nothing could be counted."""
    limit = client.rate_limit or settings.API_RATE_LIMIT
    minute, second = divmod(now.timestamp(), MINUTE)
    key = f"api-rate:{client.pk}:{minute:.0f}"
    try:
        cache.add(key, 0, timeout=2 * MINUTE)  # only the first one of the minute puts it there
        used = cache.incr(key)  # which Redis does as one step, however many ask at once
    except (RedisError, OSError, ValueError) as error:
        logger.warning("The requests of API clients cannot be counted, and none is refused for it: %r", error)
        return None
    return Rate(limit, used, math.ceil(MINUTE - second))
