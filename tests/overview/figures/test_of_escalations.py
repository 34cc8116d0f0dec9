"""Every figure about escalations and clocks, made again slowly, and the list behind each of its numbers."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, Role
from overview.figures import of_clocks, of_escalations, of_variation, showing
from overview.figures.scope import Scope
from overview.figures.tables import NUMERIC
from safetyreg.words import plural
from tests.factories import PASSWORD
from tests.overview.figures import slowly_escalations as slowly
from tests.overview.figures.walked import walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accounts.models import Organisation
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db
FIGURES = (*of_escalations.FIGURES, *of_clocks.FIGURES, *of_variation.FIGURES)
AGAIN: dict[str, Callable[[Organisation, datetime], Any]] = {
    "escalations_by_stage": slowly.by_stage,
    "loops_closed": slowly.loops,
    "times_by_level": slowly.times_by_level,
    "times_by_month": slowly.times_by_month,
    "overdue_by_body": slowly.overdue_by_body,
}
SEED = 3
NOUNS = {"/escalations/all/": "escalation", "/deadlines/": "deadline"}


def test_they_are_what_counting_slowly_gives_and_what_their_lists_show(
    ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_variation, "LEAST", 1)
    now = walk(ladder, SEED)
    monkeypatch.setattr(timezone, "now", lambda: now)
    bodies = [ladder.provider, ladder.icb, ladder.region, ladder.national]
    made = {body: {figure.key: figure.rows(Scope(body, now)) for figure in FIGURES} for body in bodies}
    for body, tables in made.items():
        for key, again in AGAIN.items():
            assert tables[key] == again(body, now), (body.name, key)
        _check_variation(body, now, tables)
    for key in ("escalations_by_stage", "loops_closed", "times_by_level", "overdue_by_body"):
        assert made[ladder.national][key], key
    links = sum(_follow(body, made[body]) for body in (ladder.icb, ladder.national))
    assert links > 60
    assert made[ladder.national]["variation_by_kind"] or made[ladder.national]["variation_in_outcomes"]


def _check_variation(body: Organisation, now: datetime, tables: dict[str, Any]) -> None:
    kinds = slowly.decided(body, now, least=1)
    rows = tables["variation_by_kind"]
    assert {(row[0], row[1]) for row in rows} == kinds.keys()
    assert slowly.is_sorted([row[-1] for row in rows])
    for urgency, theme, bodies, quickest, middle, slowest, spread in rows:
        middles = [median(days) for days in kinds[urgency, theme].values()]
        assert bodies == len(middles)
        said = [quickest, middle, slowest, spread]
        assert said == pytest.approx(
            [min(middles), median(middles), max(middles), max(middles) - min(middles)], abs=0.1
        )
    each = {(row[0], row[1], row[2]): (row[3], row[4]) for row in tables["variation_by_body"]}
    again = {(*kind, pk): (len(days), median(days)) for kind, of in kinds.items() for pk, days in of.items()}
    assert each.keys() == again.keys()
    for key, (many, middle) in each.items():
        assert many == again[key][0]
        assert middle == pytest.approx(again[key][1], abs=0.051)
    assert {tuple(row) for row in tables["variation_in_outcomes"]} == slowly.outcomes(body, now, least=1)


def _follow(body: Organisation, tables: dict[str, Any]) -> int:
    """Opens the list behind every number and compares how many there are."""
    member = Membership.objects.live().filter(organisation=body, role=Role.SAFETY_LEAD).select_related("user").first()
    assert member
    browser = Client()
    assert browser.login(username=member.user.email, password=PASSWORD)
    shown = showing.in_words(tables, FIGURES, Actor(member))
    followed = 0
    for one in shown.values():
        for row in one.rows:
            for column, cell in zip(one.columns, row, strict=True):
                if cell.href and column.holds in NUMERIC:
                    response = browser.get(cell.href)
                    assert response.status_code == 200, cell.href
                    noun = NOUNS[cell.href.split("?")[0]]
                    assert f"{plural(cell.value, noun)}" in response.content.decode(), (one.figure.key, cell)
                    followed += 1
    return followed
