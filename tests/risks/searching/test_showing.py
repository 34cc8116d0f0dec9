"""What was searched for is marked where it stands, and no text can put anything else on the page."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from risks.searching.showing import START, STOP, TAG
from tests.api.conftest import Caller
from tests.factories import NOW
from tests.risks.searching.conftest import comment
from tests.risks.searching.finding import marked
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


def shown(actor: Actor, search: str) -> str:
    return visitor(actor).get("/risks/", {"search": search}).content.decode()


def test_words_are_marked_in_the_title_and_where_most_of_them_are(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Discharge letters late", cause="Letters wait", event="Discharged before letters are sent")
    page = shown(lead, "discharge letter")
    assert "<mark>Discharge</mark> <mark>letters</mark> late</a>" in page
    assert "In the event:</span> <mark>Discharged</mark> before <mark>letters</mark> are sent</p>" in page


def test_a_comment_is_shown_to_full_readers_alone(ladder: Ladder, lead: Actor, neighbour: Actor) -> None:
    risk = ladder.risk(lead, title="Letters", involved=[ladder.neighbour])
    comment(risk, "The porters bring letters", lead)
    assert marked(lead, "porters") == {"comment": ["porters"]}
    assert "In a comment:</span> The <mark>porters</mark> bring letters" in shown(lead, "porters")
    assert marked(neighbour, "letters")["title"] == ["Letters"]
    assert "porters" not in shown(neighbour, "letters or bananas")


def test_a_reference_is_where_it_was_found(ladder: Ladder, lead: Actor, neighbour: Actor) -> None:
    risk = ladder.risk(lead, external_reference="DX-14", involved=[ladder.neighbour])
    assert marked(lead, "dx-14") == {"reference": ["DX-14"]}
    assert marked(neighbour, risk.reference) == {"reference": [risk.reference]}
    assert "Reference:</span> <mark>DX-14</mark>" in shown(lead, "dx-14")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> insulin",
        "<mark>insulin</mark> <b onclick=x>",
        f"{START}<img src=x>{STOP}{TAG} insulin {STOP}{START}",
        "&lt;insulin&gt; &amp; 'insulin' \"insulin\"",
        "Doses < 5 mg of insulin > none",
    ],
)
def test_a_text_is_shown_as_it_was_written(ladder: Ladder, lead: Actor, text: str) -> None:
    risk = ladder.risk(lead, title=text, cause=text, event=text, effect=text)
    comment(risk, text, lead)
    page = shown(lead, "insulin")
    for tag in ("<script>alert", "<b onclick", "<img src"):
        assert tag not in page
    title = page.partition(f"{risk.reference}</span> ")[2].partition("</a>")[0]
    assert re.search("<mark>insulin</mark>", title) or START in text
    assert unescape(re.sub("</?mark>", "", title)) == text


def test_what_was_corrected_is_said(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Warfarin doses")
    page = visitor(lead).get("/risks/?search=warfrin")
    assert "No risk you can see says warfrin. Showing risks that say warfarin." in words(page)
    assert "<mark>Warfarin</mark>" in page.content.decode()
    assert "Searched for warfarin instead." in words(visitor(lead).get("/risks/?search=warfrin&status=CLOSED"))


def test_a_search_for_common_words_is_told_so(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead)
    assert "Search for something more than common words" in words(visitor(lead).get("/risks/?search=the+of"))
    assert "common words" not in words(visitor(lead).get("/risks/?search=zebra"))


def test_best_match_is_a_way_to_sort_only_while_searching(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Beds", effect="Insulin is missed")
    ladder.risk(lead, title="Insulin", likelihood=1, consequence=1)
    reader = visitor(lead)
    assert "Best match" not in words(reader.get("/risks/"))
    page = words(reader.get("/risks/?search=insulin"))
    assert "Best match" in page
    assert page.index("Insulin Test Royal") < page.index("Beds")
    by_score = words(reader.get("/risks/?search=insulin&sort=score"))
    assert by_score.index("Beds") < by_score.index("Insulin Test Royal")
    assert reader.get("/risks/?sort=best").status_code == 200
    assert reader.get(f"/risks/?search={'x' * 201}&sort=best").status_code == 422


def test_a_page_of_finds_asks_no_more_than_one_find(
    ladder: Ladder, lead: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = visitor(lead)
    comment(ladder.risk(lead, involved=[ladder.neighbour]), "Letters", lead)
    reader.get("/risks/?search=letters")
    with django_assert_num_queries(11) as few:
        reader.get("/risks/?search=letters")
    for _ in range(24):
        comment(ladder.risk(lead), "Letters", lead)
    with django_assert_num_queries(len(few)):
        assert reader.get("/risks/?search=letters").content.decode().count("app-risk__find") == 25


def test_the_api_says_where_and_for_what(ladder: Ladder, lead: Actor, neighbour: Actor) -> None:
    risk = ladder.risk(lead, title="Warfarin doses", involved=[ladder.neighbour], now=NOW)
    comment(risk, "No warfarin yet", lead)
    (row,) = Caller(lead).list("risks/", search="warfrin")
    assert row["searched_for"] == "warfarin"
    assert row["found_in"] == [
        {"field": "title", "text": "Warfarin doses", "marked": [[0, 8]]},
        {"field": "comment", "text": "No warfarin yet", "marked": [[3, 11]]},
    ]
    (in_part,) = Caller(neighbour).list("risks/", search="warfarin")
    assert [find["field"] for find in in_part["found_in"]] == ["title"]
    (unsearched,) = Caller(neighbour).list("risks/")
    assert (unsearched["searched_for"], unsearched["found_in"]) == (None, None)


def test_the_api_lists_the_best_match_first(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Insulin")
    ladder.risk(lead, title="Beds", effect="Insulin is missed")
    titles = [row["title"] for row in Caller(lead).list("risks/", search="insulin")]
    assert titles == ["Insulin", "Beds"]
    assert [row["title"] for row in Caller(lead).list("risks/", search="insulin", sort="title")] == titles[::-1]
