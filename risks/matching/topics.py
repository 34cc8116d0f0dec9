"""What a risk is about: the topics of `topics.txt` whose words it has.

Words decide, not vectors: a topic is printed in a sentence, and there a wrong one looks silly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from risks.matching.phrases import Phrases, lines, split

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTENT = Path(__file__).parent / "topics.txt"
MOST = 6  # topics named of one risk
ENOUGH_WORDS = 2  # of one topic: more of them do not make a risk more about it


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, how much it says about which hazard a risk is (1 to 3), and the words that show it."""

    name: str
    weight: int
    words: tuple[str, ...]


def topics_of(text: str) -> list[str]:
    """The names of the few topics that the text is about, those that tell most about the hazard first."""
    found = {topics()[place]: min(len(words), ENOUGH_WORDS) for place, words in _phrases().found(text).items()}
    telling = sorted(found, key=lambda topic: (-topic.weight, -found[topic], topic.name))
    return [topic.name for topic in telling[:MOST]]


def words_of(names: Iterable[str], text: str) -> set[str]:
    """The words of the text that show any of the topics named, in lower case. A name not known shows in none."""
    wanted, found = set(names), _phrases().found(text)
    return {word for place, words in found.items() if topics()[place].name in wanted for word in words}


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, in the order of the file."""
    return tuple(_topic(line) for line in lines(CONTENT))


@cache
def _phrases() -> Phrases:
    return Phrases(topic.words for topic in topics())


def _topic(line: str) -> Topic:
    name, weight, words = (part.strip() for part in line.split("|"))
    return Topic(name, int(weight), tuple(split(words)))
