import pytest

from risks.matching import topics, vocabulary
from risks.matching.phrases import Phrases
from risks.matching.topics import MOST, topics_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients on warfarin go home with no INR date", "anticoagulants"),
        ("Crews queue outside with patients: handover delays of two hours", "ambulance handover"),
        ("The interpreter did not come", "interpreters and language"),
        ("Blood cultures were late and sepsis was missed", "sepsis"),
        ("A resident of a nursing home fell", "care homes"),
        ("Two-week-wait referrals are lost", "suspected cancer referral"),
        ("Sutures are left in for a month", "stitches"),
    ],
)
def test_a_text_is_about_what_its_words_say(text, expected):
    assert expected in topics_of(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("The carpets are worn", "medical devices"),
        ("She said that it was fine", "Mental Health Act"),
        ("Staff are in an ordinary mood", "lithium"),
        ("We act on it at once", "tuberculosis and blood-borne infection"),
    ],
)
def test_a_text_is_not_about_what_it_only_seems_to_name(text, wrong):
    assert wrong not in topics_of(text)


def test_a_text_about_nothing_known_has_no_topics():
    assert topics_of("The roof is wet") == []
    assert topics_of("") == []


def test_the_most_telling_topics_come_first_and_there_are_few():
    found = topics_of(
        "Discharged on warfarin, insulin, lithium, clozapine and methotrexate with sepsis, stroke and dementia"
    )
    assert len(found) == MOST
    assert "discharge" not in found


def test_topics_are_plain_distinct_and_each_has_words():
    names = [topic.name for topic in topics.topics()]
    assert 150 <= len(names) <= 250
    assert len(set(names)) == len(names)
    assert all(topic.weight in (1, 2, 3) and all(topic.words) for topic in topics.topics())


def test_no_group_of_the_vocabulary_is_there_twice_or_empty():
    names = [group.names for group in vocabulary.groups()]
    assert len(set(names)) == len(names)
    assert all(len(word) >= 2 for group in vocabulary.groups() for word in group.words)


def test_a_star_stands_for_the_rest_of_a_word_and_capitals_for_themselves():
    phrases = Phrases([["fall*"], ["AF"], ["turn* eighteen"]])
    assert phrases.found("A Faller turned eighteen after a snowfall") == {0: {"faller"}, 2: {"turned eighteen"}}
    assert phrases.found("af AF") == {1: {"af"}}
