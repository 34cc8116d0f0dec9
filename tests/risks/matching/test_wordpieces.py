"""Word pieces against those of Hugging Face's tokenizers 0.13.3, which read the package's tokenizer.json."""

import pytest

from risks.matching import weights
from risks.matching.wordpieces import WordPieces

EXPECTED = {
    "This is an example sentence": [2023, 2003, 2019, 2742, 6251],
    "Café naïve \u2013 “quoted” £5 4½ µg/kg": [
        *(7668, 15743, 1516, 1523, 9339, 1524, 27813, 1018, 13714, 1085, 2290, 1013, 4705),
    ],
    "心肺 resuscitation": [1849, 100, 24501, 2271, 26243, 3370],
    "😀 emoji ward 🚑": [100, 7861, 29147, 2072, 4829, 100],
    "nul\x00in": [16371, 4115],
    "zero\u200bwidth \xad soft\xa0nbsp \u2028line": [5717, 9148, 11927, 2232, 3730, 1050, 5910, 2361, 2240],
    "supercalifragilistic" * 8: [100],
    "don't e-mail A&E @ 24/7": [2123, 1005, 1056, 1041, 1011, 5653, 1037, 1004, 1041, 1030, 2484, 1013, 1021],
}
START, END = 101, 102


@pytest.fixture(scope="module")
def pieces():
    return WordPieces(weights.folder() / "vocab.txt")


@pytest.mark.parametrize("text", EXPECTED)
def test_a_text_is_split_as_the_encoder_was_trained(pieces, text):
    assert pieces.ids(text, limit=128) == [START, *EXPECTED[text], END]


def test_a_text_that_is_too_long_is_cut_and_still_ends(pieces):
    ids = pieces.ids("ward " * 500, limit=128)
    assert len(ids) == 128
    assert ids[-1] == END


def test_a_text_without_words_is_only_its_marks(pieces):
    assert pieces.ids(" \n\t ", limit=128) == [START, END]
