"""Finding many words and phrases in a text at once."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

WORD_START = re.compile(r"\b\w")
KEY = 2  # letters by which phrases are looked up: no phrase is shorter


class Phrases:
    """Lists of phrases, known by their place among the lists.

    A star in a phrase stands for any rest of a word. A phrase in capitals is found in capitals
    only, another in any case.
    """

    def __init__(self, lists: Iterable[Sequence[str]]) -> None:
        self._by_start: dict[str, list[tuple[re.Pattern[str], int]]] = defaultdict(list)
        for place, phrases in enumerate(lists):
            for phrase in phrases:
                self._by_start[phrase[:KEY].lower()].append((_pattern(phrase), place))

    def found(self, text: str) -> dict[int, set[str]]:
        """What the text has of each list, in lower case; only lists of which it has something."""
        result: dict[int, set[str]] = defaultdict(set)
        for start in WORD_START.finditer(text):
            for pattern, place in self._by_start.get(text[start.start() : start.start() + KEY].lower(), ()):
                if match := pattern.match(text, start.start()):
                    result[place].add(match[0].lower())
        return dict(result)


def lines(path: Path) -> list[str]:
    """The lines of a file of phrases, without blank ones and those that start with #."""
    text = path.read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def split(text: str) -> list[str]:
    """The phrases of a list with commas."""
    return [phrase.strip() for phrase in text.split(",")]


def _pattern(phrase: str) -> re.Pattern[str]:
    pattern = re.escape(phrase).replace(r"\*", r"\w*") + r"\b"
    return re.compile(pattern, 0 if phrase.isupper() else re.IGNORECASE)
