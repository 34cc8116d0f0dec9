"""Walking through a list: each row once, in every order, whatever ties, is empty or is added meanwhile."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.db.models import F

from accounts.models import Organisation
from risks import indexing
from risks import services as risks
from risks.models import Risk
from safetyreg.api import cursors, pagination
from tests.api.conftest import Caller, wrong
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.conftest import Clock
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


def walk(caller: Caller, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Every page from the first on."""
    page = caller.read(path, **query)
    yield page
    while page["next"]:
        page = caller.client.get(page["next"]).json()
        yield page


def ids(pages: Any) -> list[str]:
    return [row["id"] for page in pages for row in page["results"]]


@pytest.fixture
def many(ladder: Ladder, lead: Caller) -> None:
    """Risks that tie in every way but their key: drafts without a score, logged at one moment, closed, in part."""
    for number in range(3):
        ladder.risk(lead.actor, title=f"Doses {number % 2}")
        fields = {"title": "Doses 0"}
        risks.save_draft(fields=fields, by=lead.actor, now=NOW + timedelta(minutes=number % 2))
        ladder.risk(ladder.actor(ladder.neighbour), title="Doses 1", involved=[ladder.provider])
    closed = ladder.risk(lead.actor, title="Letters")
    risks.close_risk(risk=closed, closure_reason="CONTROLLED", words="", by=lead.actor, now=NOW)
    ladder.risk(lead.actor, title="Letters letters", cause="Letters wait", likelihood=1, consequence=1)


SORTS = ["score", "newest", "title", "updated"]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("sort", ["", *SORTS, *(f"-{sort}" for sort in SORTS)])
def test_each_row_is_read_once_in_every_order_there_and_back(lead: Caller, sort: str) -> None:
    query = {"sort": sort} if sort else {}
    whole = ids([lead.read("risks/", page_size=200, **query)])
    assert len(whole) == 11
    pages = list(walk(lead, "risks/", page_size=2, **query))
    assert ids(pages) == whole
    assert {page["total"] for page in pages} == {11}
    assert pages[0]["previous"] is None
    back, page = [], pages[-1]
    while page:
        back.append(page)
        page = page["previous"] and lead.client.get(page["previous"]).json()
    assert ids(reversed(back)) == whole
    assert back[-1]["previous"] is None


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("sort", ["", "best", "-best", "score"])
def test_a_search_is_read_page_by_page_too(lead: Caller, sort: str) -> None:
    """By how well they match, which is a number worked out anew each time."""
    query = {"search": "doses or letters", **({"sort": sort} if sort else {})}
    whole = ids([lead.read("risks/", page_size=200, **query)])
    assert len(whole) == 11
    assert ids(walk(lead, "risks/", page_size=3, **query)) == whole


def test_the_best_match_comes_first_only_where_there_is_a_search(lead: Caller) -> None:
    assert list(wrong(lead.get("risks/", sort="best"))) == ["sort"]


@pytest.mark.parametrize("sort", ["due", "-due", "newest", "-newest"])
def test_escalations_and_positions_are_read_page_by_page(ladder: Ladder, lead: Caller, sort: str) -> None:
    from escalations import services as escalations

    by = lead.actor
    for number in range(5):
        risk = ladder.risk(by, involved=[ladder.neighbour])
        hop = escalations.escalate_risk(risk=risk, reason="Why", ask="What", by=by, now=NOW)
        if number % 2:
            escalations.withdraw(escalation=hop, why="Done", by=by, now=NOW)
            involvement = risk.involvements.get()
            risks.answer_not_affected(
                involvement=involvement, words="Not us", by=ladder.actor(ladder.neighbour), now=NOW
            )
    for path in ("escalations/", "involvements/"):
        whole = ids([lead.read(path, sort=sort)])
        assert len(whole) == 5
        assert ids(walk(lead, path, sort=sort, page_size=2)) == whole


def test_likely_pairs_are_read_page_by_page(ladder: Ladder) -> None:
    for _ in range(4):
        ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.icb)))
    indexing.index(now=NOW)
    icb = Caller(ladder.actor(ladder.icb))

    def pairs(page: dict[str, Any]) -> list[tuple[str, str]]:
        return [(row["first"]["reference"], row["second"]["reference"]) for row in page["results"]]

    whole = pairs(icb.read("pairs/"))
    assert len(whole) == 6
    assert [pair for page in walk(icb, "pairs/", page_size=4) for pair in pairs(page)] == whole


def test_what_is_added_meanwhile_shifts_no_other_row(ladder: Ladder, lead: Caller, clock: Clock) -> None:
    before = [ladder.risk(lead.actor).reference for _ in range(6)]
    first = lead.read("risks/", page_size=3, sort="newest")
    clock.now += timedelta(hours=1)
    risks.log_risk(fields=FIELDS, by=lead.actor, now=clock.now)
    second = lead.client.get(first["next"]).json()
    read = [row["reference"] for page in (first, second) for row in page["results"]]
    assert sorted(read) == sorted(before)


def test_a_cursor_is_of_its_own_list_filters_sort_and_organisation(ladder: Ladder, lead: Caller) -> None:
    for _ in range(3):
        ladder.risk(lead.actor, involved=[ladder.neighbour])
    following = lead.read("risks/", page_size=1, sort="title")["next"]
    (cursor,) = parse_qs(urlsplit(following).query)["cursor"]
    asked = {"cursor": cursor, "sort": "title"}
    assert lead.get("risks/", **asked).status_code == 200
    for odd in (
        {**asked, "sort": "-title"},
        {**asked, "status": "OPEN"},
        {**asked, "cursor": cursor[:-1] + ("A" if cursor[-1] != "A" else "B")},
        {**asked, "cursor": ""},
        {**asked, "cursor": "\x00☃"},
        {**asked, "cursor": "9" * 4000},
    ):
        assert list(wrong(lead.get("risks/", **odd))) == ["cursor"], odd
    assert list(wrong(lead.get("organisations/", cursor=cursor))) == ["cursor"]
    assert list(wrong(Caller(ladder.actor(ladder.neighbour)).get("risks/", **asked))) == ["cursor"]


@pytest.mark.parametrize("size", ["0", "-1", "201", "1000000000", "9" * 400, "ten", "1.5", "", " 5", "٣", "\x00"])
def test_a_page_size_that_is_none_is_refused(lead: Caller, size: str) -> None:
    assert list(wrong(lead.get("risks/", page_size=size))) == ["page_size"]


def test_a_total_says_whether_there_are_more(ladder: Ladder, lead: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        ladder.risk(lead.actor)
    for counted, told in ((2, (2, False)), (3, (3, True)), (4, (3, True))):
        monkeypatch.setattr(pagination, "COUNTED", counted)
        page = lead.read("risks/")
        assert (page["total"], page["total_is_exact"]) == told


def test_every_order_is_made_total(ladder: Ladder) -> None:
    """By what is empty, first or last, up or down, and by the key where nothing else is left."""
    parent = OrganisationFactory(name="Parent", parent=ladder.icb)
    for number in range(4):
        OrganisationFactory(name=f"Name {number % 2}", parent=parent, opened_on=NOW.date() if number % 2 else None)
    rows = Organisation.objects.filter(parent=parent)
    for order in (
        [F("opened_on").asc(nulls_first=True)],
        [F("opened_on").desc(nulls_last=True), "name"],
        ["-opened_on"],
        ["opened_on", "-name"],
        [F("opened_on")],
    ):
        for turned in (False, True):
            ordered = rows.order_by(*order).reverse() if turned else rows.order_by(*order)
            position, found = None, []
            while True:
                cut = cursors.cut(ordered, 1, position)
                found += [row.pk for row in cut.rows]
                if not (position := cut.after):
                    break
            assert len(found) == len(set(found)) == 4
            asked = [row.opened_on for row in ordered]
            opened = dict(rows.values_list("pk", "opened_on"))
            assert [opened[pk] for pk in found] == asked


def test_a_list_of_many_is_counted_and_cut_with_two_questions(ladder: Ladder, lead: Caller) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(3):
        ladder.risk(lead.actor)
    rows = Risk.objects.visible_to(lead.actor).order_by("title", "pk")
    with CaptureQueriesContext(connection) as asked:
        cursors.cut(rows, 2, None)
    assert len(asked) == 1


def test_a_cursor_tells_a_reader_in_part_nothing_that_they_do_not_read(ladder: Ladder, clock: Clock) -> None:
    """A cursor is signed, not sealed: it carries what the list is sorted by. When a draft was begun is its owner's."""
    by, begun = ladder.actor(ladder.provider), NOW - timedelta(days=3)
    for _ in range(2):
        draft = risks.save_draft(fields={**FIELDS, "involved": [ladder.neighbour]}, by=by, now=begun)
        risks.log_risk(draft=draft, fields={}, by=by, now=NOW)
    reader = Caller(ladder.actor(ladder.neighbour))
    for sort in SORTS:
        page = reader.read("risks/", page_size=1, sort=sort)
        assert not page["results"][0]["is_read_in_full"]
        (cursor,) = parse_qs(urlsplit(page["next"]).query)["cursor"]
        position = signing.b64_decode(cursor.lstrip(".").partition(":")[0].encode())
        told = zlib.decompress(position) if cursor.startswith(".") else position
        assert begun.isoformat()[:10].encode() not in told, sort
