"""How costs grow with the number of risks: what was measured in two registers, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.timing import Measured

SLOWEST_PAGE, SLOWEST_TWENTIETH = 300, 800  # milliseconds, promised to a national reader of dashboard and triage
PROMISED = "Pages, national"


class Grown(NamedTuple):
    small: Measured
    large: Measured

    @property
    def times(self) -> float:
        return self.large.median / self.small.median


def table(told: Mapping[int, Sequence[Measured]]) -> str:
    """A table in Markdown of all that was measured in both registers. `told` gives it by the number of risks."""
    small, large = sorted(told)
    lines = [
        f"Milliseconds, median / 95th percentile, among {small:,} and among {large:,} risks.",
        "",
        f"| | | {small:,} | {large:,} | times |",
        "|---|---|---:|---:|---:|",
    ]
    for grown in _both(told):
        cells = (grown.large.of, grown.large.what, _pair(grown.small), _pair(grown.large), f"{grown.times:.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", verdict(told), ""])


def verdict(told: Mapping[int, Sequence[Measured]]) -> str:
    """What grew at least as much as the number of risks, and which pages are slower than is promised."""
    small, large = sorted(told)
    grown = list(_both(told))
    more = [f"{row.large.of}: {row.large.what}" for row in grown if row.times >= large / small]
    slow = [
        f"{row.large.what} ({_pair(row.large)})"
        for row in grown
        if row.large.of == PROMISED and (row.large.median >= SLOWEST_PAGE or row.large.upper >= SLOWEST_TWENTIETH)
    ]
    promised = f"{SLOWEST_PAGE} ms at the median or {SLOWEST_TWENTIETH} ms at the 95th percentile"
    return "\n".join(
        (
            f"Grew in proportion to the risks or more: {'; '.join(more) or 'nothing'}.",
            f"National pages slower than {promised}: {'; '.join(slow) or 'none'}.",
        )
    )


def _both(told: Mapping[int, Sequence[Measured]]) -> Iterator[Grown]:
    small, large = sorted(told)
    before = {(row.of, row.what): row for row in told[small]}
    for row in told[large]:
        if (row.of, row.what) in before:
            yield Grown(before[row.of, row.what], row)


def _pair(measured: Measured) -> str:
    return f"{measured.median:.0f} / {measured.upper:.0f}"
