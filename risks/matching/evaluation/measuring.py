"""How often the other side of a pair is among the first found, with unrelated risks all around."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from risks.matching import likeness
from risks.matching.evaluation import unrelated
from risks.matching.texts import RiskText

if TYPE_CHECKING:
    from numpy.typing import NDArray

DISTRACTORS = 2_000
SEED = 1948
TIMED = 32  # queries of which the time is taken
Pairs = list[tuple[RiskText, RiskText]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a file of pairs came to. `ranks` has 0 where the other side was found first."""

    ranks: NDArray[np.intp]
    distractors: int
    seconds_a_query: float

    def recall(self, first: int) -> float:
        """The share of the queries whose other side is among the first so many."""
        return float((self.ranks < first).mean())


def distractors(count: int = DISTRACTORS) -> NDArray[np.float32]:
    """The vectors of unrelated risks, shape (count, DIMENSIONS).

    Each is a title and a sentence, as the sides of the pairs are: otherwise length alone would tell them apart.
    """
    return likeness.vectors([RiskText(risk.title, risk.cause) for risk in unrelated.distinct(count, SEED)])


def measure(pairs: Pairs, others: NDArray[np.float32]) -> Measured:
    """Search with each side of each pair among all other sides and the unrelated. Raises ValueError without pairs."""
    if not pairs:
        raise ValueError("There is no pair to measure")
    sides = [side for pair in pairs for side in pair]
    found = likeness.vectors(sides)
    register = np.vstack([found, others])
    seconds = statistics.median(_seconds(side, register) for side in sides[:TIMED])
    return Measured(_ranks(register @ found.T), len(others), seconds)


def _ranks(likenesses: NDArray[np.float32]) -> NDArray[np.intp]:
    """At which place each query's other side comes, from 0; `likenesses` has shape (register, queries)."""
    queries = np.arange(likenesses.shape[1])
    likenesses[queries, queries] = -np.inf  # itself
    others = likenesses[queries ^ 1, queries]  # sides stand in twos
    return np.asarray((likenesses > others).sum(axis=0))


def _seconds(side: RiskText, register: NDArray[np.float32]) -> float:
    """How long it takes to make the vector of a side and to compare it with the whole register."""
    started = time.perf_counter()
    register @ likeness.vectors([side])[0]
    return time.perf_counter() - started
