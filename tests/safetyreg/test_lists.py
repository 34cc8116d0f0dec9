"""A list can be searched, filtered, sorted and paged, and says which kind of nothing it has found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accounts.models import Organisation
from tests.factories import OrganisationFactory
from tests.safetyreg.conftest import text, words

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(visitor: Client, ladder: object) -> Client:
    """Only three organisations to list, of which two are ICBs."""
    Organisation.objects.update(kind="LEFT_OUT")
    OrganisationFactory(name="Elm Trust", ods_code="X3", kind="NHS_TRUST", parent=ladder.icb)
    OrganisationFactory(name="Beech ICB", ods_code="X2", kind="ICB", level="ICB", parent=ladder.region)
    OrganisationFactory(name="Cedar ICB", ods_code="X1", kind="ICB", level="ICB", parent=ladder.region)
    return visitor


def links(html: str) -> dict[str, str]:
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {text(inner): href.replace("&amp;", "&") for href, inner in found}


def test_a_page_of_the_list_says_how_many_there_are(three: Client) -> None:
    page = words(three.get("/list/"))
    assert "3 organisations" in page
    assert "Showing 1 to 2 of 3" in page


def test_pages_are_linked_and_keep_the_filters(three: Client) -> None:
    html = three.get("/list/?search=e&sort=code").content.decode()
    assert links(html)["Next page"] == "?search=e&sort=code&page=2"


@pytest.mark.parametrize("page", ["99", "nonsense", "-1"])
def test_a_page_that_does_not_exist_shows_one_that_does(three: Client, page: str) -> None:
    assert three.get(f"/list/?page={page}").status_code == 200


def test_a_filter_in_use_is_shown_and_can_be_taken_out_alone(three: Client) -> None:
    html = three.get("/list/?search=e&level=ICB&page=2").content.decode()
    assert "2 organisations" in text(html)
    assert links(html)["Remove filter Level: Integrated care board"] == "/list/?search=e"
    assert links(html)["Remove filter Search: e"] == "/list/?level=ICB"
    assert links(html)["Clear all"] == "/list/"


def test_a_filter_that_makes_no_sense_is_refused_in_words_and_shows_nothing(three: Client) -> None:
    answer = three.get("/list/?level=MOON")
    assert answer.status_code == 422
    assert "Select a valid choice" in words(answer)
    assert "No organisations match" in words(answer)


def test_when_nothing_matches_the_page_offers_to_clear_the_filters(three: Client) -> None:
    answer = three.get("/list/?search=zzz")
    assert "No organisations match" in words(answer)
    assert "Clear all filters" in links(answer.content.decode())


def test_when_there_is_nothing_at_all_the_page_says_that_instead(three: Client) -> None:
    Organisation.objects.update(kind="LEFT_OUT")
    answer = three.get("/list/")
    assert "No organisation has been added." in words(answer)
    assert "match" not in words(answer)
    assert "Filters" not in words(answer)


def test_the_way_it_is_sorted_is_said_and_can_be_turned_round(three: Client) -> None:
    html = three.get("/list/").content.decode()
    assert links(html)["Sort by Name, ascending; turn round"] == "?sort=-name"
    assert links(html)["Sort by Code"] == "?sort=code"
    turned = three.get("/list/?sort=-code&search=e").content.decode()
    assert links(turned)["Sort by Code, descending; turn round"] == "?search=e&sort=code"


def test_rows_come_in_the_order_asked_for(three: Client) -> None:
    assert re.findall(r"\w+ (?:ICB|Trust)", words(three.get("/list/?sort=code"))) == ["Cedar ICB", "Beech ICB"]
    assert re.findall(r"\w+ (?:ICB|Trust)", words(three.get("/list/?sort=-code"))) == ["Elm Trust", "Beech ICB"]


def test_an_unknown_sort_falls_back_on_the_first(three: Client) -> None:
    assert "Name, ascending" in words(three.get("/list/?sort=password"))
