"""When the daily digest goes out: at seven in the morning, as the clocks in London say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from notifications.digest import next_digest


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        (datetime(2026, 11, 3, 6, 59, tzinfo=UTC), datetime(2026, 11, 3, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 3, 7, 0, tzinfo=UTC), datetime(2026, 11, 4, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 3, 23, 30, tzinfo=UTC), datetime(2026, 11, 4, 7, 0, tzinfo=UTC)),
        # In summer seven in London is six elsewhere, and a day begins at eleven in the evening.
        (datetime(2026, 7, 1, 5, 59, tzinfo=UTC), datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), datetime(2026, 7, 2, 6, 0, tzinfo=UTC)),
        # Over both changes of the clocks.
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 7, 0, tzinfo=UTC)),
    ],
)
def test_the_next_digest(now: datetime, sent: datetime) -> None:
    assert next_digest(now) == sent
