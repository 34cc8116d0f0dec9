"""Reading what was typed."""

from __future__ import annotations

import pytest

from risks.searching import asking


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Warfarin doses", ["warfarin", "doses"]),
        ("late, letters; LATE.", ["late", "letters"]),
        ('"late letters" sent', ["sent"]),
        ('sent "late letters', ["sent"]),
        ("crew -night", ["crew"]),
        ("beds or cots and bays", ["beds", "cots", "bays"]),
        ("PSR-000123 dx12ab 12", []),
        ("the ICU", []),
        ("café", ["café"]),
        ("well-known", []),
        ('-"late letters" -', []),
        ('"', []),
        ("", []),
    ],
)
def test_words_that_may_be_misspelt(text: str, words: list[str]) -> None:
    assert asking.plain_words(text) == words


def test_only_plain_words_are_respelt() -> None:
    text = 'Warfrin, -warfrin "warfrin" xwarfrin or WARFRIN'
    assert asking.respelt(text, {"warfrin": "warfarin"}) == 'warfarin, -warfrin "warfrin" xwarfrin or warfarin'


def test_any_of_it_leaves_out_what_is_excluded() -> None:
    assert asking.any_of_it('crew "no beds" -night or bays') == 'crew or "no beds" or bays'
