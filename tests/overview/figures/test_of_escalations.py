"""Every figure about escalations and clocks, made again slowly, and the list behind each of its numbers."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, Role
from overview.figures import of_clocks, of_escalations, of_variation
from overview.figures.scope import Scope
from tests.overview.figures import slowly_escalations as slowly
from tests.overview.figures.leading import TAKEN, follow
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
    opened: set[tuple[str, str]] = set()
    followed = sum((_follow(body, made[body], opened) for body in (ladder.icb, ladder.national)), Counter())
    assert followed.total() > 60
    assert {which for which in TAKEN if which[0] in AGAIN or "variation" in which[0]} <= followed.keys()
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


def _follow(body: Organisation, tables: dict[str, Any], opened: set[tuple[str, str]]) -> Counter[tuple[str, str]]:
    member = Membership.objects.live().filter(organisation=body, role=Role.SAFETY_LEAD).select_related("user").first()
    assert member
    return follow(tables, [figure for figure in FIGURES if body.level in figure.levels], Actor(member), opened)
