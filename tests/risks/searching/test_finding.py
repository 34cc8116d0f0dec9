"""What a search finds, in which order, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from risks import services as risks
from risks.models import Risk
from risks.searching import lexicon
from tests.factories import NOW
from tests.risks.searching.conftest import comment
from tests.risks.searching.finding import filters, found

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder


def test_a_word_in_the_title_comes_before_one_in_the_text(ladder: Ladder, lead: Actor) -> None:
    comment(ladder.risk(lead, title="In a comment"), "The insulin again", lead)
    ladder.risk(lead, title="In the effect", effect="Insulin is missed")
    ladder.risk(lead, title="Insulin")
    assert found(lead, "insulin") == ["Insulin", "In the effect", "In a comment"]


def test_of_equal_matches_the_newest_comes_first(ladder: Ladder, lead: Actor) -> None:
    first, second = (ladder.risk(lead, title=f"Insulin {name}") for name in ("one", "two"))
    Risk.objects.filter(pk=first.pk).update(logged_at=NOW)
    Risk.objects.filter(pk=second.pk).update(logged_at=NOW.replace(year=2025))
    assert found(lead, "insulin") == ["Insulin one", "Insulin two"]


def test_a_risk_asked_for_by_its_reference_comes_first(ladder: Ladder, lead: Actor) -> None:
    asked_for = ladder.risk(lead, title="This one")
    number = int(asked_for.reference.removeprefix("PSR-"))
    ladder.risk(lead, title=f"Like {number}", cause=f"{number} {number}", event=f"See {asked_for.reference}")
    for said in (str(number), asked_for.reference, f"psr {number}", f"psr-{number}"):
        assert found(lead, said)[0] == "This one", said


def test_the_owners_own_number_is_found_in_any_case_by_full_readers(
    ladder: Ladder, lead: Actor, neighbour: Actor
) -> None:
    ladder.risk(lead, title="Ours", external_reference="DX-14b", involved=[ladder.neighbour])
    for said in ("DX-14b", "dx-14B"):
        assert found(lead, said) == ["Ours"]
        assert found(ladder.actor(ladder.icb), said) == ["Ours"]
        assert found(neighbour, said) == []
    assert found(lead, "DX-14") == []
    assert found(lead, "DX%") == []


def test_comments_are_found_by_full_readers_alone(ladder: Ladder, lead: Actor, neighbour: Actor) -> None:
    risk = ladder.risk(lead, title="Letters", involved=[ladder.neighbour])
    comment(risk, "The porters told us", lead)
    comment(risk, "So did the cleaners", ladder.actor(ladder.icb))
    for said in ("porter", "cleaner", "porters cleaners", "letters porter"):
        assert found(lead, said) == ["Letters"], said
        assert found(ladder.actor(ladder.icb), said) == ["Letters"], said
        assert found(neighbour, said) == [], said


def test_a_word_left_out_is_looked_for_only_where_it_may_be_read(ladder: Ladder, lead: Actor, neighbour: Actor) -> None:
    """Or a search for -word would say what a comment says."""
    comment(ladder.risk(lead, title="Letters", involved=[ladder.neighbour]), "The porters told us", lead)
    assert found(lead, "letters -porters") == []
    assert found(neighbour, "letters -porters") == ["Letters"]
    assert found(neighbour, "-porters") == ["Letters"]


def test_comments_do_not_rank_for_those_who_do_not_read_them(ladder: Ladder, lead: Actor, neighbour: Actor) -> None:
    older = ladder.risk(lead, title="Older letters", involved=[ladder.neighbour])
    newer = ladder.risk(lead, title="Newer letters", involved=[ladder.neighbour])
    Risk.objects.filter(pk=older.pk).update(logged_at=NOW.replace(year=2025))
    before = found(neighbour, "letters")
    comment(older, "Letters, letters and again letters", lead)
    assert found(neighbour, "letters") == before == [newer.title, older.title]
    assert found(lead, "letters") == [older.title, newer.title]


def test_a_reader_of_both_kinds_of_risk_searches_each_as_far_as_it_reads_it(
    ladder: Ladder, lead: Actor, neighbour: Actor
) -> None:
    comment(ladder.risk(lead, title="Theirs", involved=[ladder.neighbour]), "The porters", lead)
    comment(ladder.risk(neighbour, title="Ours"), "The porters", neighbour)
    assert found(neighbour, "porter") == ["Ours"]


def test_an_edit_changes_what_is_found(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, title="Letters")
    comment(risk, "The porters told us", lead)
    risks.edit_risk(risk=risk, fields={"title": "Faxes"}, version=risk.version, by=lead, now=NOW)
    assert (found(lead, "fax"), found(lead, "letters faxes"), found(lead, "porters")) == (
        ["Faxes"], ["Faxes"], ["Faxes"],
    )  # fmt: skip


def test_it_combines_with_the_filters(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Insulin pens", theme="3")
    ladder.risk(lead, title="Insulin letters", theme="6")
    ladder.risk(lead, title="Low insulin", theme="6", likelihood=1, consequence=1)
    assert found(lead, "insulin", theme="6", band="LOW") == ["Low insulin"]
    assert found(lead, "insulin", theme="3") == ["Insulin pens"]


@pytest.mark.parametrize("search", ["the", "the and of", "!!!", "'", '"', "-", "'); --", "&|!:*<->", "%", "☃"])
def test_a_search_that_says_nothing_finds_nothing_and_is_told_so(ladder: Ladder, lead: Actor, search: str) -> None:
    ladder.risk(lead)
    assert found(lead, search) == []
    assert not filters(lead, search).search_made.says_something


@pytest.mark.parametrize(
    "search", ["x" * 200, "'; drop table risks_risk", "a" * 99 + " or " * 25, '" or "', "--", "\\"]
)
def test_odd_searches_find_nothing(ladder: Ladder, lead: Actor, search: str) -> None:
    ladder.risk(lead)
    assert found(lead, search) == []


def test_comments_beyond_what_the_database_can_hold_can_still_be_made(
    ladder: Ladder, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = ladder.risk(lead)
    comment(risk, "First porters", lead)
    monkeypatch.setattr(lexicon, "MOST_COMMENT_WORDS", 10)
    comment(risk, "Then cleaners", lead)
    assert risk.comments.count() == 2
    assert (len(found(lead, "porters")), len(found(lead, "cleaners"))) == (1, 0)


def test_what_is_kept_as_texts_are_written_is_what_the_texts_give(ladder: Ladder, lead: Actor) -> None:
    """So that the migration, which gathers it from the texts, and the services agree."""
    risk = ladder.risk(lead, title="Café's ½-dose of B12_x ΑΒΓΔ", cause="Well-known: don't", services=[])
    comment(risk, "The porters told us", lead)
    comment(risk, "The cleaners too", lead)
    kept = [set(lexicon.SearchWord.objects.values_list("text", flat=True)), found(lead, '"cleaners too"')]
    lexicon.SearchWord.objects.all().delete()
    Risk.objects.update(comment_words="")
    lexicon.gather()
    assert [set(lexicon.SearchWord.objects.values_list("text", flat=True)), found(lead, '"cleaners too"')] == kept
