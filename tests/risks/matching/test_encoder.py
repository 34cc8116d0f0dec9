"""The encoder against PyTorch, and against what users may type.

The reference was computed with BertModel of transformers 4.30.2 on PyTorch 1.13.1 from the same weights, averaged over
the pieces and brought to length 1. The first two sentences are those of the model's own page.
"""

import threading

import numpy as np
import pytest

from risks.matching import encoder as module
from risks.matching import weights
from risks.matching.encoder import LONGEST, SIZE, encoder, gelu, unit

REFERENCE = {
    "This is an example sentence": (0.067657, 0.063496, 0.048713, 0.079305, -0.042229),
    "Each sentence is converted": (0.086439, 0.102763, 0.005395, 0.002044, -0.084178),
    "Café naïve \u2013 “quoted” £5 4½ µg/kg": (0.032253, 0.026169, 0.030031, 0.095741, -0.027006),
    "😀 emoji ward 🚑": (-0.046179, -0.003594, 0.058044, -0.048593, -0.060992),
    "nul\x00in": (-0.077925, 0.010423, -0.049248, 0.003748, 0.051944),
}


def test_the_vectors_are_those_of_the_published_model():
    vectors = encoder().encode(list(REFERENCE))
    first_four_and_last = vectors[:, [0, 1, 2, 3, -1]]
    assert np.allclose(first_four_and_last, list(REFERENCE.values()), atol=2e-6)


def test_a_vector_has_length_one():
    vectors = encoder().encode(["A ward", "A much longer sentence about a ward and its patients", "🚑"])
    assert vectors.shape == (3, SIZE)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_text_has_the_same_vector_alone_and_among_others():
    texts = [f"Risk number {number} of {'many ' * (number % 7)}wards" for number in range(40)]
    together = encoder().encode(texts)
    alone = np.vstack([encoder().encode([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_the_same_text_always_has_the_same_vector():
    assert np.array_equal(encoder().encode(["A ward"]), encoder().encode(["A ward"]))


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\n\n"])
def test_a_text_without_words_has_a_vector_of_zeros(text):
    assert not encoder().encode([text]).any()


def test_no_texts_have_no_vectors():
    assert encoder().encode([]).shape == (0, SIZE)


def test_what_comes_after_the_longest_text_is_not_read():
    long = "ward " * (LONGEST + 10)
    assert np.allclose(encoder().encode([long]), encoder().encode([f"{long} and more"]), atol=1e-6)


def test_threads_get_the_same_vectors():
    texts = ["Insulin is given late", "Oxygen runs out", "Letters are lost", "A fall at night"]
    expected, found = encoder().encode(texts), {}
    threads = [
        threading.Thread(target=lambda place=place, text=text: found.update({place: encoder().encode([text])[0]}))
        for place, text in enumerate(texts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.allclose([found[place] for place in range(len(texts))], expected, atol=1e-5)


def test_a_missing_package_is_said_in_words(monkeypatch):
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package")
    with pytest.raises(weights.NoWeights, match=r"requirements/model\.txt"):
        module.Encoder()


def test_gelu_is_the_exact_one():
    """Values from the error function of Python's math module."""
    import math

    values = np.linspace(-6, 6, 241, dtype=np.float32)
    exact = [x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in values.tolist()]
    assert np.allclose(gelu(values.copy()), exact, atol=1e-6)


def test_a_vector_of_zeros_stays_one():
    assert not unit(np.zeros((1, 3), dtype=np.float32)).any()
