"""The matrix against the NPSA's own table, cell by cell."""

import pytest

from risks.scoring import (
    BAND_RANGES,
    CONSEQUENCE_CHOICES,
    CONSEQUENCES,
    LIKELIHOOD_CHOICES,
    LIKELIHOODS,
    Band,
    band,
    score,
)

# The published grid: a row for each consequence from 5 down to 1, a column for each likelihood from 1 to 5.
GRID = """
    5M 10H 15E 20E 25E
    4M  8H 12H 16E 20E
    3L  6M  9H 12H 15E
    2L  4M  6M  8H 10H
    1L  2L  3L  4M  5M
"""
LETTERS = {"L": Band.LOW, "M": Band.MODERATE, "H": Band.HIGH, "E": Band.EXTREME}
CELLS = [
    (likelihood, 5 - row, int(cell[:-1]), LETTERS[cell[-1]])
    for row, line in enumerate(GRID.split("\n")[1:6])
    for likelihood, cell in enumerate(line.split(), start=1)
]


@pytest.mark.parametrize(("likelihood", "consequence", "expected", "expected_band"), CELLS)
def test_every_cell_has_the_published_score_and_band(likelihood, consequence, expected, expected_band):
    assert score(likelihood, consequence) == expected
    assert band(expected) is expected_band


def test_a_filter_by_range_finds_the_same_cells_as_the_bands():
    for name, (low, high) in BAND_RANGES.items():
        in_range = {cell for cell in CELLS if low <= cell[2] <= high}
        assert in_range == {cell for cell in CELLS if cell[3] is name}


@pytest.mark.parametrize(("likelihood", "consequence"), [(0, 3), (3, 0), (6, 1), (1, 6), (-1, -1), (2.5, 2)])
def test_what_is_off_the_scale_is_refused(likelihood, consequence):
    with pytest.raises(ValueError, match="1 to 5"):
        score(likelihood, consequence)


@pytest.mark.parametrize("number", [-1, 0, 7, 13, 14, 26])
def test_what_is_no_score_has_no_band(number):
    with pytest.raises(ValueError, match="not a score"):
        band(number)


def test_the_scales_have_the_published_names():
    assert LIKELIHOOD_CHOICES == [(1, "Rare"), (2, "Unlikely"), (3, "Possible"), (4, "Likely"), (5, "Almost certain")]
    assert [name for _, name in CONSEQUENCE_CHOICES] == ["Negligible", "Minor", "Moderate", "Major", "Catastrophic"]


@pytest.mark.parametrize("scale", [LIKELIHOODS, CONSEQUENCES])
def test_each_step_says_what_it_means_in_words_of_its_own(scale):
    assert [step.value for step in scale] == [1, 2, 3, 4, 5]
    assert len({step.meaning for step in scale}) == 5
