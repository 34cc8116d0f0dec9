"""Narrowing down and sorting the lists, without learning anything about what may not be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import Caller, wrong
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from tests.api.conftest import Clock
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


def log(caller: Caller, title: str, **fields: object) -> str:
    return caller.do("risks/", **{**FIELDS, "title": title, **fields})["reference"]


def titles(caller: Caller, **query: object) -> list[str]:
    return [row["title"] for row in caller.list("risks/", **query)]


def test_risks_are_narrowed_down_as_on_the_page(ladder: Ladder, lead: Caller) -> None:
    log(lead, "Late letters", theme="6")
    low = log(lead, "Lost labels", theme="3", likelihood=1, consequence=1)
    lead.do(f"risks/{low}/escalate/", reason="Why", ask="What")
    lead.do("risks/save-draft/", title="Not yet")
    assert titles(lead, theme="3") == ["Lost labels"]
    assert titles(lead, band="EXTREME") == ["Late letters"]
    assert titles(lead, status="DRAFT") == ["Not yet"]
    assert titles(lead, search="labels") == ["Lost labels"]
    assert titles(lead, search=low) == ["Lost labels"]
    assert titles(lead, escalated="true") == ["Lost labels"]
    assert sorted(titles(lead, organisation=ladder.provider.ods_code)) == ["Late letters", "Lost labels", "Not yet"]


def test_risks_are_sorted_as_on_the_page(lead: Caller) -> None:
    log(lead, "Beds", likelihood=1, consequence=1)
    log(lead, "Alarms", likelihood=5, consequence=5)
    log(lead, "Cots", likelihood=3, consequence=3)
    assert titles(lead, sort="title") == ["Alarms", "Beds", "Cots"]
    assert titles(lead, sort="-title") == ["Cots", "Beds", "Alarms"]
    assert titles(lead, sort="score") == ["Alarms", "Cots", "Beds"]
    assert list(wrong(lead.get("risks/", sort="owner__email"))) == ["sort"]
    assert list(wrong(lead.get("deadlines/", sort="due_at"))) == ["sort"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("theme", ["6", "3"]),
        ("process", ["9", "8"]),
        ("escalated", ["true", "false"]),
        ("review_overdue", ["true", "false"]),
    ],
)
def test_no_filter_tells_an_involved_organisation_what_it_may_not_read(
    ladder: Ladder, lead: Caller, name: str, values: list[str]
) -> None:
    reference = log(lead, "Late letters", involved=[ladder.neighbour.ods_code])
    lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")
    neighbour = Caller(ladder.actor(ladder.neighbour))
    assert titles(neighbour) == ["Late letters"]
    assert {value: titles(neighbour, **{name: value}) for value in values} == {value: [] for value in values}


def test_no_search_finds_words_that_an_involved_organisation_may_not_read(ladder: Ladder, lead: Caller) -> None:
    log(lead, "Late letters", involved=[ladder.neighbour.ods_code], population="Zebra keepers")
    neighbour = Caller(ladder.actor(ladder.neighbour))
    assert titles(neighbour, search="zebra") == []
    assert titles(neighbour, search="letters") == ["Late letters"]


def test_an_owner_that_cannot_be_seen_and_one_that_does_not_exist_answer_alike(ladder: Ladder, lead: Caller) -> None:
    log(Caller(ladder.actor(ladder.other_icb)), "Not shared")
    answers = [wrong(lead.get("risks/", organisation=code)) for code in (ladder.other_icb.ods_code, "NONE")]
    assert answers[0] == answers[1]


def test_no_sort_tells_an_involved_organisation_which_risk_was_changed_last(
    ladder: Ladder, lead: Caller, clock: Clock
) -> None:
    first = log(lead, "First", involved=[ladder.neighbour.ods_code])
    log(lead, "Second", involved=[ladder.neighbour.ods_code])
    neighbour = Caller(ladder.actor(ladder.neighbour))
    before = titles(neighbour, sort="updated")
    clock.now += timedelta(hours=1)
    lead.do(f"risks/{first}/review/", words="Looked at again")
    assert titles(neighbour, sort="updated") == before


def test_escalations_are_narrowed_down_by_side_status_urgency_and_risk(ladder: Ladder, lead: Caller) -> None:
    icb = Caller(ladder.actor(ladder.icb))
    reference = log(lead, "Late letters")
    first = lead.do(f"risks/{reference}/escalate/", reason="Why", ask="What")["id"]
    second = icb.do(f"escalations/{first}/escalate-on/", reason="Why", ask="What", immediate=True)["id"]

    def found(caller: Caller, **query: object) -> list[str]:
        return [row["id"] for row in caller.list("escalations/", **query)]

    assert found(icb, side="received") == [first]
    assert found(icb, side="sent") == [second]
    assert found(icb, status="RAISED") == [second]
    assert found(icb, urgency="IMMEDIATE") == [second]
    assert sorted(found(icb, risk=reference)) == sorted([first, second])
    assert found(icb, is_open="false") == []
    assert found(icb, sort="due") == found(icb, sort="-due")[::-1]
    assert len(found(icb, search="letters")) == 2
    assert found(icb, overdue="true") == []
    assert sorted(found(icb, overdue="false")) == sorted([first, second])
    assert list(wrong(icb.get("escalations/", side="above"))) == ["side"]


@pytest.mark.parametrize(
    "path", ["risks/", "escalations/", "feedback/", "deadlines/", "organisations/", "notifications/"]
)
def test_no_odd_query_breaks_a_list(lead: Caller, path: str) -> None:
    names = ["search", "risk", "reference", "risk_reference", "ods_code", "organisation", "page", "page_size", "kind"]
    for name in names:
        for value in ("\x00", "'", "%", "\\", "☃", "9" * 400, "-1", "[]"):
            assert lead.get(path, **{name: value}).status_code in (200, 400, 404), (name, value)
