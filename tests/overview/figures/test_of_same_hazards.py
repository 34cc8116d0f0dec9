"""The hazard that several organisations hold: its row, its lists, and for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from overview.dashboards.lists import over_the_api
from overview.figures import registry, showing
from overview.figures.scope import Scope
from tests.factories import NOW, OrganisationFactory
from tests.risks.test_hazards import likely, link
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from overview.figures.showing import Cell
    from risks.models import Risk
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
DAY = timedelta(days=1)
(FIGURE,) = (figure for figure in registry.ALL if figure.key == "same_hazard")


@pytest.fixture
def hazard(ladder: Ladder) -> list[Risk]:
    """Of three providers, one of which has two of it: logged 200, 89, 5 and 0 days ago. Two others stand apart."""
    third = OrganisationFactory(parent=ladder.icb)
    owners = [ladder.provider, ladder.neighbour, third, third]
    given = zip(owners, (200, 89, 5, 0), (2, 4, 4, 1), strict=True)
    group = [
        ladder.risk(ladder.actor(owner), title=f"Letters, {days} days ago", likelihood=likelihood, now=NOW - days * DAY)
        for owner, days, likelihood in given
    ]
    link(ladder, group[0], group[1])
    likely(group[1], group[2])
    likely(group[2], group[3])
    apart = [ladder.risk(ladder.actor(owner), title="Lifts") for owner in owners[:2]]
    likely(*apart)
    return group


def shown(ladder: Ladder, body: str = "icb") -> list[list[Cell]]:
    organisation = getattr(ladder, body)
    tables = {"same_hazard": FIGURE.rows(Scope(organisation, NOW))}
    return showing.in_words(tables, [FIGURE], ladder.actor(organisation))["same_hazard"].rows


def test_a_group_is_named_by_its_worst_risk_and_says_how_many_hold_it_and_since_when(
    ladder: Ladder, hazard: list[Risk]
) -> None:
    (row,) = shown(ladder)
    worst = f"{hazard[1].reference}: Letters, 89 days ago"
    said = [worst, "3", "4", "Extreme", "17 April 2026", "3 November 2026", "3", "Yes"]
    assert [cell.text for cell in row] == said
    assert [cell.value for cell in row][1:3] == [3, 4]
    assert row[0].href == hazard[1].path


def test_it_is_emerging_only_if_more_than_half_is_new(ladder: Ladder, hazard: list[Risk]) -> None:
    for days in (90, 91):
        older = ladder.risk(ladder.actor(ladder.neighbour), now=NOW - days * DAY)
        likely(hazard[0], older)
    assert [cell.text for cell in shown(ladder)[0]][-2:] == ["3", "No"]


def test_its_numbers_lead_to_exactly_these_risks_on_the_page_and_over_the_api(
    ladder: Ladder, hazard: list[Risk]
) -> None:
    client, (row,) = visitor(ladder.actor(ladder.icb)), shown(ladder)
    for place, expected in ((1, hazard), (2, hazard), (6, hazard[1:])):
        page = words(client.get(row[place].href))
        assert f"{len(expected)} risks" in page
        assert f"Among: {len(expected)} risks" in page  # a filter that can be taken away
        found = client.get(over_the_api(row[place].href)).json()["results"]
        assert {one["reference"] for one in found} == {risk.reference for risk in expected}


def test_two_organisations_are_no_hazard_that_recurs_and_others_are_told_nothing(
    ladder: Ladder, hazard: list[Risk]
) -> None:
    assert shown(ladder, "region") == shown(ladder, "other_icb") == shown(ladder, "national") == []
    hazard[1].shares.filter(organisation=ladder.icb).update(revoked_at=NOW)
    assert shown(ladder) == []  # what is left is one risk, and two of one organisation


def test_who_lost_sight_of_a_risk_since_is_led_to_the_others_and_told_no_reference_of_it(
    ladder: Ladder, hazard: list[Risk]
) -> None:
    tables = {"same_hazard": FIGURE.rows(Scope(ladder.icb, NOW))}
    hazard[0].shares.filter(organisation=ladder.icb).update(revoked_at=NOW)
    reader = ladder.actor(ladder.icb)
    (row,) = showing.in_words(tables, [FIGURE], reader)["same_hazard"].rows
    assert row[2].value == 4  # of its moment
    assert hazard[0].reference not in row[2].href
    assert all(risk.reference in row[2].href for risk in hazard[1:])
    hazard[1].shares.filter(organisation=ladder.icb).update(revoked_at=NOW)
    assert showing.in_words(tables, [FIGURE], reader)["same_hazard"].rows == []  # who names it is not seen
