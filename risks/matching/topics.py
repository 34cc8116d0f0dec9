"""What a risk is about, to be printed: the topics whose words it has, from `topics.txt` and the vocabulary.

Words decide, not vectors: a topic is printed in a sentence, and there a wrong one looks silly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from risks.matching import vocabulary
from risks.matching.phrases import Phrases, lines, split

CONTENT = Path(__file__).parent / "topics.txt"
MOST = 8  # topics named of one risk
ENOUGH_WORDS = 2  # of one topic: more of them do not make a risk more about it


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, how much it says about which hazard a risk is (1 to 3), and the words that show it."""

    name: str
    weight: int
    words: tuple[str, ...]


def topics_of(text: str) -> list[str]:
    """The names of the few topics that the text is about, those that tell most about the hazard first.

    After the topics come groups of the vocabulary, where the text has words of theirs that no topic has.
    """
    found = {_all()[place]: words for place, words in _phrases().found(text).items()}
    covered = {word for topic, words in found.items() if topic in topics() for word in words}
    named = {topic: words for topic, words in found.items() if topic in topics() or words - covered}
    telling = sorted(named, key=lambda topic: (-topic.weight, -min(len(named[topic]), ENOUGH_WORDS), topic.name))
    return list(dict.fromkeys(topic.name for topic in telling))[:MOST]


@cache
def topics() -> tuple[Topic, ...]:
    """The topics of `topics.txt`, in its order."""
    return tuple(_topic(line) for line in lines(CONTENT))


@cache
def _all() -> tuple[Topic, ...]:
    """The topics, then the groups of the vocabulary that tell hazards apart."""
    taken = {topic.name for topic in topics()}
    groups = (group for group in vocabulary.groups() if not group.broad and group.plain_name not in taken)
    return (*topics(), *(Topic(group.plain_name, 2, group.words) for group in groups))


@cache
def _phrases() -> Phrases:
    return Phrases(topic.words for topic in _all())


def _topic(line: str) -> Topic:
    name, weight, words = (part.strip() for part in line.split("|"))
    return Topic(name, int(weight), tuple(split(words)))
