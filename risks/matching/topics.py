"""What a risk is about: the topics of `topics.txt` whose words it has.

Words decide, not vectors: a topic is printed in a sentence, and there a wrong one looks silly.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

CONTENT = Path(__file__).parent / "topics.txt"
SLOTS = 256  # numbers kept for topics in a vector: more than there are, so that adding one changes no column
MOST = 6  # topics named of one risk
ENOUGH_WORDS = 2  # of one topic: more of them do not make a risk more about it


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, how much it says about which hazard a risk is (1 to 3), and what shows it."""

    name: str
    weight: int
    words: re.Pattern[str]

    def found_in(self, text: str) -> set[str]:
        """The words of the text that show this topic, in lower case."""
        return {word.lower() for word in self.words.findall(text)}


def topics_of(text: str) -> list[str]:
    """The names of the few topics that the text is about, those that tell most about the hazard first."""
    found = [(topic.weight, min(len(topic.found_in(text)), ENOUGH_WORDS), topic.name) for topic in topics()]
    shown = sorted((entry for entry in found if entry[1]), key=lambda entry: (-entry[0], -entry[1], entry[2]))
    return [name for _, _, name in shown[:MOST]]


def strengths(text: str) -> NDArray[np.float32]:
    """How much the text is about each topic, shape (SLOTS,): 0 for most, and never below."""
    result = np.zeros(SLOTS, dtype=np.float32)
    for place, topic in enumerate(topics()):
        words = min(len(topic.found_in(text)), ENOUGH_WORDS)
        result[place] = topic.weight**2 * words**0.5
    return result


def words_of(names: Iterable[str], text: str) -> set[str]:
    """The words of the text that show any of the topics named, in lower case. A name not known shows in none."""
    wanted = set(names)
    return {word for topic in topics() if topic.name in wanted for word in topic.found_in(text)}


@cache
def topics() -> tuple[Topic, ...]:
    lines = CONTENT.read_text(encoding="utf-8").splitlines()
    return tuple(_topic(line) for line in lines if line and not line.startswith("#"))


@cache
def edition() -> str:
    """Changes whenever the list of topics does."""
    return hashlib.sha256(CONTENT.read_bytes()).hexdigest()[:8]


def _topic(line: str) -> Topic:
    name, weight, words = (part.strip() for part in line.split("|"))
    pattern = "|".join(_pattern(word.strip()) for word in words.split(","))
    return Topic(name, int(weight), re.compile(rf"\b(?:{pattern})\b"))


def _pattern(word: str) -> str:
    """Capitals are matched as they are, other words in any case; a star stands for the rest of a word."""
    escaped = re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "")
    return escaped if word.rstrip("*").isupper() else f"(?i:{escaped})"
