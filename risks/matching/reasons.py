"""Why two risks are alike, in words: the topics that both concern, or else the rarer words that both have."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from risks.matching.texts import RiskText

EVERYDAY = Path(__file__).parent / "everyday.txt"
AT_MOST = 3
SHORTEST_WORD = 4  # letters; shorter ones are rarely worth naming
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ed", "es", "s", "ly", "y", "e")
SHORTEST_STEM = 4
ALIKE_IN_WORDING = "Described in similar words"
WORD = re.compile(r"[A-Za-z][A-Za-z'-]+")


def in_common(a: RiskText, b: RiskText, topics_of_a: Sequence[str], topics_of_b: Sequence[str]) -> list[str]:
    """At most three topics that both risks have, or where they share none, words; none if there are none.

    The topics are those that `topics_of` gave for each risk, most telling first.
    """
    shared = [name for name in topics_of_a if name in topics_of_b]
    return (shared or _shared_words(a, b))[:AT_MOST]


def reason(a: RiskText, b: RiskText, topics_of_a: Sequence[str], topics_of_b: Sequence[str]) -> str:
    """A sentence without a full stop, such as "Both concern discharge, anticoagulants". Never empty."""
    shared = in_common(a, b, topics_of_a, topics_of_b)
    if not shared:
        return ALIKE_IN_WORDING
    verb = "concern" if shared[0] in topics_of_a else "mention"
    return f"Both {verb} {', '.join(shared)}"


def _shared_words(a: RiskText, b: RiskText) -> list[str]:
    """Words of both in the first one's spelling, the longest first."""
    of_a, of_b = _by_stem(a.whole), _by_stem(b.whole)
    words = [of_a[found] for found in of_a.keys() & of_b.keys()]
    return sorted(words, key=lambda word: (-len(word), word))


def _by_stem(text: str) -> dict[str, str]:
    """The first word of each stem that is worth naming, in lower case."""
    found: dict[str, str] = {}
    for word in WORD.findall(text.lower()):
        if len(word) >= SHORTEST_WORD and stem(word) not in _everyday_stems():
            found.setdefault(stem(word), word)
    return found


def stem(word: str) -> str:
    """The word without its ending, so that "dose" and "doses" meet. For comparing, not for printing."""
    word = word.removesuffix("'s")
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


@cache
def _everyday_stems() -> frozenset[str]:
    lines = EVERYDAY.read_text(encoding="utf-8").splitlines()
    return frozenset(stem(word) for line in lines if not line.startswith("#") for word in line.split())
