"""Spelling mistakes are forgiven, and nothing is said of words that the reader may not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from risks.searching.spelling import distance
from tests.risks.searching.conftest import comment
from tests.risks.searching.finding import corrections, found, marked

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder


@pytest.mark.parametrize(
    ("first", "second", "slips"),
    [
        ("warfarin", "warfarin", 0),
        ("warfrin", "warfarin", 1),
        ("warfaarin", "warfarin", 1),
        ("warfarim", "warfarin", 1),
        ("dishcarge", "discharge", 1),
        ("dialisys", "dialysis", 2),
        ("ca", "abc", 3),
        ("", "abc", 3),
    ],
)
def test_slips(first: str, second: str, slips: int) -> None:
    assert distance(first, second) == distance(second, first) == slips


@pytest.mark.parametrize("typed", ["warfrin", "Warfrin", "wafarin", "warfaring", "wrafarin", "WARFERIN"])
def test_the_nearest_word_is_meant(ladder: Ladder, lead: Actor, typed: str) -> None:
    ladder.risk(lead, title="Warfarin doses")
    ladder.risk(lead, title="Welfare checks")
    assert found(lead, typed) == ["Warfarin doses"]
    assert corrections(lead, typed) == {typed.lower(): "warfarin"}


def test_one_word_of_several_is_corrected_and_marked(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Warfarin doses", cause="Dialysis units")
    assert corrections(lead, "warfarin dialisys") == {"dialisys": "dialysis"}
    assert marked(lead, "warfarin dialisys") == {"title": ["Warfarin"], "cause": ["Dialysis"]}


def test_a_word_in_another_form_is_no_mistake(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Discharges")
    ladder.risk(lead, title="Discharged")
    assert corrections(lead, "discharging") == {}
    assert len(found(lead, "discharging")) == 2


def test_phrases_and_what_is_left_out_mean_what_they_say(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Warfarin doses")
    assert found(lead, '"warfrin doses"') == []
    assert found(lead, "doses -warfrin") == ["Warfarin doses"]


def test_each_of_several_choices_is_corrected(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Warfarin doses")
    ladder.risk(lead, title="Insulin pens")
    assert corrections(lead, "insulin or warfrin") == {"warfrin": "warfarin"}
    assert len(found(lead, "insulin or warfrin")) == 2


def test_a_word_that_occurs_is_never_corrected_for_what_the_filters_leave_out(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Warfarin", theme="3")
    ladder.risk(lead, title="Warfarine", theme="6")
    assert corrections(lead, "warfarine") == {}
    assert found(lead, "warfarine", theme="1") == []


def test_nothing_is_proposed_that_occurs_only_where_it_is_not_seen(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(ladder.actor(ladder.neighbour), title="Zopiclone", reach="1")
    ladder.risk(lead, title="Letters")
    assert corrections(lead, "zopicolne") == {}
    assert corrections(ladder.actor(ladder.neighbour), "zopicolne") == {"zopicolne": "zopiclone"}


def test_nothing_is_proposed_from_a_comment_to_those_who_do_not_read_it(
    ladder: Ladder, lead: Actor, neighbour: Actor
) -> None:
    comment(ladder.risk(lead, title="Letters", involved=[ladder.neighbour]), "Zopiclone too", lead)
    assert corrections(neighbour, "zopicolne") == {}
    assert corrections(lead, "zopicolne") == {"zopicolne": "zopiclone"}


def test_only_the_form_of_a_word_that_can_be_read_is_proposed(ladder: Ladder, lead: Actor) -> None:
    """Another organisation writes of those who discharge: its form of the word is its own."""
    ladder.risk(ladder.actor(ladder.neighbour), title="Transfusing", reach="1")
    ladder.risk(lead, title="Transfused")
    assert corrections(lead, "transfusong") in ({}, {"transfusong": "transfused"})


def test_unseen_words_do_not_crowd_out_one_that_is_seen(ladder: Ladder, lead: Actor) -> None:
    """However many of them are nearer: or what is proposed would say that they exist."""
    near = " ".join(f"zopiclo{letter}e" for letter in "abcdefghijklm")
    ladder.risk(ladder.actor(ladder.neighbour), title="Hidden", cause=near, reach="1")
    ladder.risk(lead, title="Zopiclone")
    assert corrections(lead, "zopicloe") == {"zopicloe": "zopiclone"}


@pytest.mark.parametrize("typed", ["xyzzy", "cat", "a1b2c3d4", "dosses -letters"])
def test_what_is_like_nothing_stays_as_it_was_typed(ladder: Ladder, lead: Actor, typed: str) -> None:
    ladder.risk(lead, title="Cats")
    assert corrections(lead, typed).keys() <= {"dosses"}
