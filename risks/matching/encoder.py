"""A sentence encoder in plain numpy: all-MiniLM-L6-v2, six BERT layers whose pieces are averaged.

Texts of one length in pieces go through the layers together, so nothing is padded and nothing needs a mask.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import ThreadpoolController

from risks.matching import weights
from risks.matching.wordpieces import WordPieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SIZE = 384  # numbers in a vector
LAYERS, HEADS = 6, 12
LONGEST = 128  # pieces; the rest of a longer text is not read
AT_ONCE = 1024  # pieces that go through the layers together: more does not fit the processor's cache
ROWS = 32
TINY = 1e-12
_MAKING = threading.Lock()  # threads that ask for it at once get one encoder, and so one queue


class Encoder:
    """Turns texts into vectors. One for each process, shared by its threads: see `encoder()`."""

    def __init__(self) -> None:
        folder = weights.folder()
        self._pieces = WordPieces(folder / "vocab.txt")
        self._weights = weights.arrays(folder / "model.safetensors")
        self._one_at_a_time = threading.Lock()
        self._threads = ThreadpoolController()

    def encode(self, texts: Sequence[str]) -> Floats:
        """One vector of length 1 for each text, shape (n, SIZE); of a text without words, one of zeros.

        Runs on one thread, one call at a time, so that requests do not fight over the processors.
        """
        result = np.zeros((len(texts), SIZE), dtype=np.float32)
        with self._one_at_a_time, self._threads.limit(limits=1, user_api="blas"):
            for places, ids in self._batches(texts):
                result[places] = unit(self._forward(ids).mean(axis=1))
        return result

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], NDArray[np.intp]]]:
        """Texts with equally many pieces: their places, and the ids of their pieces in shape (texts, pieces)."""
        by_length: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
        for place, text in enumerate(texts):
            ids = self._pieces.ids(text, limit=LONGEST)
            by_length[len(ids)].append((place, ids))
        by_length.pop(2, None)  # the marks of start and end alone
        for length, found in by_length.items():
            step = max(1, AT_ONCE // length)
            for first in range(0, len(found), step):
                places, ids_of_each = zip(*found[first : first + step], strict=True)
                yield list(places), np.array(ids_of_each)

    def _forward(self, ids: NDArray[np.intp]) -> Floats:
        """What each piece means where it stands, shape (texts, pieces, SIZE)."""
        words = self._weights["embeddings.word_embeddings.weight"][ids]
        positions = self._weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        state = self._normal(words + positions + kind, "embeddings.LayerNorm")
        for number in range(LAYERS):
            state = self._layer(state, f"encoder.layer.{number}")
        return state

    def _layer(self, state: Floats, name: str) -> Floats:
        attended = self._linear(self._attend(state, f"{name}.attention.self"), f"{name}.attention.output.dense")
        state = self._normal(state + attended, f"{name}.attention.output.LayerNorm")
        inner = gelu(self._linear(state, f"{name}.intermediate.dense"))
        return self._normal(state + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _attend(self, state: Floats, name: str) -> Floats:
        query, key, value = (self._heads(self._linear(state, f"{name}.{part}")) for part in ("query", "key", "value"))
        scores = query @ key.swapaxes(-1, -2)
        scores /= np.float32(np.sqrt(SIZE // HEADS))
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        found = np.asarray(scores @ value, dtype=np.float32)
        return found.transpose(0, 2, 1, 3).reshape(state.shape)

    @staticmethod
    def _heads(state: Floats) -> Floats:
        """From (texts, pieces, SIZE) to (texts, HEADS, pieces, SIZE / HEADS)."""
        return state.reshape(*state.shape[:2], HEADS, SIZE // HEADS).transpose(0, 2, 1, 3)

    def _linear(self, state: Floats, name: str) -> Floats:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        flat = state.reshape(-1, state.shape[-1]) @ weight.T
        flat += bias
        return flat.reshape(*state.shape[:-1], -1)

    def _normal(self, state: Floats, name: str) -> Floats:
        state = state - state.mean(axis=-1, keepdims=True)
        state /= np.sqrt((state * state).mean(axis=-1, keepdims=True) + np.float32(TINY))
        state *= self._weights[f"{name}.weight"]
        state += self._weights[f"{name}.bias"]
        return state


def encoder() -> Encoder:
    """The encoder of this process, made when first asked for. Raises NoWeights if its package is not installed."""
    with _MAKING:
        return _encoder()


@cache
def _encoder() -> Encoder:
    return Encoder()


def unit(vectors: Floats) -> Floats:
    """The same directions with length 1, shape kept; a vector of zeros stays what it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, TINY), dtype=np.float32)


def gelu(values: Floats) -> Floats:
    """x times the normal distribution's share below x, in place, a few rows at a time to stay in the cache."""
    rows = values.reshape(-1, values.shape[-1])
    for first in range(0, len(rows), ROWS):
        _gelu(rows[first : first + ROWS])
    return values


def _gelu(values: Floats) -> None:
    """The error function is Abramowitz and Stegun's 7.1.26, right to 1.5e-7."""
    z = np.abs(values) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.float32(1.061405429) * t
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series += np.float32(factor)
        series *= t
    z *= -z
    np.exp(z, out=z)
    series *= z  # 1 - erf(|x| / sqrt 2)
    series *= np.float32(0.5) * np.abs(values)
    np.maximum(values, 0, out=values)
    values -= series
