"""How long something takes, and how such times are told."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEADINGS = f"{'median':>8}{'95th':>8}  ms"


def milliseconds(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return (time.perf_counter() - started) * 1000


def spread(taken: Sequence[float]) -> str:
    """The median and the 95th percentile, as they stand under `HEADINGS`."""
    return f"{statistics.median(taken):>8.0f}{statistics.quantiles(taken, n=20)[-1]:>8.0f}"
