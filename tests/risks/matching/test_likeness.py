import numpy as np
import pytest

from risks.matching import ideas, likeness
from risks.matching.likeness import DIMENSIONS, LIKE, PAIR, vectors
from risks.matching.texts import RiskText

WARD = RiskText(
    title="Warfarin dose not sent to the practice",
    cause="The yellow book stays on the ward.",
    event="The practice goes on with the old dose.",
    effect="The patient bleeds.",
)
PRACTICE = RiskText("We do not know the anticoagulant plan of patients who come home", "No INR date is given.")
UNRELATED = RiskText("Roof leaks into the physiotherapy gym", "Gutters are blocked.")


def test_every_risk_has_one_vector_of_length_one():
    found = vectors([WARD, PRACTICE, UNRELATED])
    assert found.shape == (3, DIMENSIONS)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


def test_the_two_sides_of_a_hazard_are_more_alike_than_another_risk():
    ward, practice, unrelated = vectors([WARD, PRACTICE, UNRELATED])
    assert ward @ practice > LIKE > ward @ unrelated


@pytest.mark.parametrize("part", ["title", "cause", "event", "effect"])
def test_a_draft_with_one_part_has_a_vector(part):
    assert np.linalg.norm(vectors([RiskText(**{part: "Insulin is given late"})])[0]) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("text", [RiskText(), RiskText(" ", "\x00", "\n", "")])
def test_a_draft_without_words_has_a_vector_of_zeros(text):
    assert not vectors([text]).any()


@pytest.mark.parametrize("title", ["🚑" * 50, "ward " * 5_000, "a\x00b", "\ud83d", "心肺"])
def test_nothing_that_can_be_typed_breaks_it(title):
    assert np.isfinite(vectors([RiskText(title)])).all()


def test_no_risks_have_no_vectors():
    assert vectors([]).shape == (0, DIMENSIONS)


def test_words_of_one_idea_are_drawn_together():
    assert len(ideas.weights_of("warfarin").nonzero()[0]) > 0
    assert not ideas.weights_of("The roof is wet").any()


def test_the_model_changes_with_its_words():
    assert ideas.edition() in likeness.MODEL


def test_a_likely_pair_is_more_alike_than_a_look_alike():
    assert 0 < LIKE < PAIR < 1


def test_the_whole_text_reads_as_sentences():
    assert WARD.whole.startswith("Warfarin dose not sent to the practice. The yellow book")
    assert RiskText(title="Only a title ").whole == "Only a title"
    assert RiskText(effect="Only harm.").whole == "Only harm."
