"""Ideas of health care that a text has words for, and how much each should count in its vector.

An encoder made for everyday English hardly knows that an INR and a yellow book are about one thing. Where a text has a
word of such a group, the plain names of the group are put beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from risks.matching import topics, vocabulary
from risks.matching.phrases import Phrases

if TYPE_CHECKING:
    from numpy.typing import NDArray

BROAD_WEIGHT = 0.3  # of a broad group of the vocabulary; of another it is 1
TOPIC_WEIGHTS = {1: 0.07, 2: 0.16, 3: 0.5}  # by how much a topic says about which hazard it is
ENOUGH_WORDS = 2  # of one idea: more of them do not make a text more about it


@dataclass(frozen=True, slots=True)
class Idea:
    """What the encoder is given to read, how much it counts, and the words that show it."""

    name: str
    weight: float
    words: tuple[str, ...]


def weights_of(text: str) -> NDArray[np.float32]:
    """How much each idea counts for the text, shape (number of ideas,): 0 for most."""
    result = np.zeros(len(ideas()), dtype=np.float32)
    for place, words in _phrases().found(text).items():
        result[place] = ideas()[place].weight * min(len(words), ENOUGH_WORDS) ** 0.5
    return result


@cache
def ideas() -> tuple[Idea, ...]:
    """The groups of the vocabulary, then the topics."""
    groups = (Idea(group.names, BROAD_WEIGHT if group.broad else 1.0, group.words) for group in vocabulary.groups())
    others = (Idea(topic.name, TOPIC_WEIGHTS[topic.weight], topic.words) for topic in topics.topics())
    return (*groups, *others)


@cache
def edition() -> str:
    """Changes whenever the vocabulary or the topics do."""
    return hashlib.sha256(vocabulary.CONTENT.read_bytes() + topics.CONTENT.read_bytes()).hexdigest()[:8]


@cache
def _phrases() -> Phrases:
    return Phrases(idea.words for idea in ideas())
