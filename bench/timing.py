"""How long something takes, how such times are told, and what was told so far."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEADINGS = f"{'median':>8}{'95th':>8}  ms"


class Measured(NamedTuple):
    """`of` says what kind of thing it was and for which reader. Both times in milliseconds."""

    of: str
    what: str
    median: float
    upper: float  # the 95th percentile


told: list[Measured] = []


def milliseconds(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return (time.perf_counter() - started) * 1000


def spread(of: str, what: str, taken: Sequence[float]) -> str:
    """The median and the 95th percentile, as they stand under `HEADINGS`. Both are kept in `told`."""
    measured = Measured(of, what, statistics.median(taken), statistics.quantiles(taken, n=20)[-1])
    told.append(measured)
    return f"{measured.median:>8.0f}{measured.upper:>8.0f}"
