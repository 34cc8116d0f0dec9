"""One vector for each risk, whose cosine similarity to another says how alike the two are.

A sentence encoder knows what words mean in general, and finds two risks alike that tell the same kind of story. The
topics know what belongs together in health care, and find two risks alike that are about the same thing. The vector is
both, one after the other; docs/adr/0013-look-alikes-by-sentence-vectors.md has the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from risks.matching import topics
from risks.matching.encoder import SIZE, encoder, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from risks.matching.texts import RiskText

DIMENSIONS = SIZE + topics.SLOTS
TOPICS_SHARE = 0.7  # length of the topics' part where the sentence's part has length 1
MODEL = f"all-MiniLM-L6-v2, topics {topics.edition()}, recipe 1"  # of stored vectors: another means compute it anew

LIKE = 0.45  # cosine from which a risk is shown as a look-alike
PAIR = 0.60  # cosine from which two risks are put to an ICB as a likely pair


def vectors(risks: Sequence[RiskText]) -> NDArray[np.float32]:
    """One vector of length 1 for each risk, shape (n, DIMENSIONS); of a risk without words, one of zeros."""
    words = [risk.whole for risk in risks]
    about = np.zeros((len(words), topics.SLOTS), dtype=np.float32)
    for place, text in enumerate(words):
        about[place] = topics.strengths(text)
    return unit(np.hstack([encoder().encode(words), TOPICS_SHARE * unit(about)]))
