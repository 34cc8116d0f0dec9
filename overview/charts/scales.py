"""Round numbers for axes, and numbers as a drawing prints them."""

from __future__ import annotations

from math import ceil, log10

ROUND = (1, 2, 5, 10)
EXACT = 10_000  # from here on a drawing prints 12k; the table behind it has every digit
SHORT = ((1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k"))


def ticks(most: float, *, steps: int = 4) -> list[float]:
    """From 0 up to the first round step that is not under `most`, in at most so many steps of at least one."""
    step = _rounded(max(most, 1) / steps)
    if step < 1:
        step = 1
    return [step * number for number in range(ceil(max(most, 1) / step) + 1)]


def in_short(value: float) -> str:
    """12, 9,999, 12k, 3.4m."""
    for size, letter in SHORT:
        if value >= max(size, EXACT):
            return f"{value / size:.3g}{letter}" if value / size < 1000 else f"{round(value / size):,}{letter}"
    return f"{value:,.4g}" if value < 1000 else f"{round(value):,}"


def _rounded(value: float) -> float:
    """The least of 1, 2, 5, 10, 20, 50 and so on that is not under `value`."""
    size = 10 ** (ceil(log10(value)) - 1) if value > 0 else 1
    return next(size * one for one in ROUND if size * one >= value * (1 - 1e-12))
