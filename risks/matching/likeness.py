"""One vector for each risk, whose cosine similarity to another says how alike the two are.

It is what the sentence encoder makes of the risk's words, drawn towards what it makes of the ideas of health care that
they stand for. docs/adr/0013-look-alikes-by-sentence-vectors.md has the figures.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from risks.matching import encoder, ideas
from risks.matching.texts import RiskText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DIMENSIONS = encoder.SIZE
IDEAS_SHARE = 0.4  # length of what the ideas add to the sentence's vector of length 1
MODEL = f"all-MiniLM-L6-v2, ideas {ideas.edition()}, recipe 1"  # of stored vectors: another means compute it anew

LIKE = 0.55  # cosine from which a risk is shown as a look-alike
PAIR = 0.65  # cosine from which two risks are put to an ICB as a likely pair


def vectors(risks: Sequence[RiskText]) -> NDArray[np.float32]:
    """One vector of length 1 for each risk, shape (n, DIMENSIONS); of a risk without words, one of zeros.

    The first call in a process takes a second or two. Raises NoWeights if the package with the weights is missing.
    """
    words = [risk.whole for risk in risks]
    sentences = encoder.encoder().encode(words)
    meant = np.zeros_like(sentences)
    for place, text in enumerate(words):
        meant[place] = ideas.weights_of(text) @ _idea_vectors()
    return encoder.unit(sentences + IDEAS_SHARE * encoder.unit(meant))


@cache
def _idea_vectors() -> NDArray[np.float32]:
    """What the encoder makes of the name of each idea, shape (number of ideas, DIMENSIONS)."""
    return encoder.encoder().encode([idea.name for idea in ideas.ideas()])
