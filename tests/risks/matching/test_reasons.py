import time

import pytest

from risks.matching.reasons import ALIKE_IN_WORDING, AT_MOST, in_common, reason, stem
from risks.matching.texts import RiskText
from risks.matching.topics import topics_of

WARFARIN = RiskText("Warfarin is changed and nobody tells the practice", "The yellow book stays on the ward.")
INR = RiskText("Anticoagulant plans are unknown after discharge", "No INR date is given.")
ROOF = RiskText("Gutters overflow above the gymnasium")
OTHER_ROOF = RiskText("An overflowing gutter floods the gymnasium corridor")
WET = RiskText("Rain comes through the ceiling")


def _reason(a, b):
    return reason(a, b, topics_of(a.whole), topics_of(b.whole))


def test_shared_topics_are_named():
    assert _reason(WARFARIN, INR) == "Both concern anticoagulants"


def test_shared_words_are_named_where_there_is_no_topic():
    assert _reason(ROOF, OTHER_ROOF) == "Both mention gymnasium, overflow, gutters"


def test_a_pair_with_nothing_to_name_is_said_to_be_alike_in_wording():
    assert _reason(WET, ROOF) == ALIKE_IN_WORDING
    assert _reason(RiskText(), RiskText()) == ALIKE_IN_WORDING


def test_no_more_than_three_things_are_named():
    text = RiskText("Insulin, warfarin, sepsis, stroke, dementia and falls after discharge from a care home")
    assert len(in_common(text, text, topics_of(text.whole), topics_of(text.whole))) == AT_MOST


def test_no_word_is_named_beside_a_topic():
    a, b = RiskText("Lithium levels are missed"), RiskText("A high lithium level")
    assert in_common(a, b, topics_of(a.whole), topics_of(b.whole)) == ["lithium"]


def test_everyday_words_are_not_named():
    a, b = RiskText("Patients wait a week for care"), RiskText("Care of patients is delayed by a week")
    assert _reason(a, b) == ALIKE_IN_WORDING


@pytest.mark.parametrize(("word", "other"), [("doses", "dose"), ("gutters", "gutter"), ("overflow", "overflowing")])
def test_forms_of_a_word_meet(word, other):
    assert stem(word) == stem(other)


def test_a_reason_is_quick():
    """Twenty of them are on a page."""
    topics = topics_of(WARFARIN.whole), topics_of(INR.whole)
    reason(WARFARIN, INR, *topics)
    started = time.process_time()
    for _ in range(50):
        reason(WARFARIN, INR, *topics)
    assert (time.process_time() - started) / 50 < 0.002
