"""Every figure about risks against an independent count, and every linked number against the list that it leads to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from overview.figures import registry
from overview.figures.scope import Scope
from overview.figures.tables import NUMERIC
from tests.factories import NOW
from tests.overview.figures import generated, slowly, slowly_hazards
from tests.overview.figures.leading import WITHOUT_A_LIST, follow

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Organisation
    from tests.ladder import Ladder

SEEDS = (1, 2)
ONE_OF_EACH = ("provider", "icb", "region", "national")


def bodies(ladder: Ladder) -> list[Organisation]:
    return [*(getattr(ladder, name) for name in ONE_OF_EACH), ladder.other_icb]


def in_order(rows: slowly.Table) -> list[str]:
    return sorted(map(repr, rows))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_what_a_slow_count_finds_and_leads_to_as_many(
    ladder: Ladder, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = generated.use(ladder, seed)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    found, opened = Counter[str](), set[tuple[str, str]]()
    for body in bodies(ladder):
        every = slowly.Everything(body, now)
        tables = {figure.key: figure.rows(Scope(body, now)) for figure in registry.for_level(body.level)}
        for key, count in (slowly.COUNTED | slowly_hazards.COUNTED).items():
            if key in tables:
                assert in_order(tables[key]) == in_order(count(every)), (key, body.name)
        for (key, _column), many in follow(tables, registry.for_level(body.level), ladder.actor(body), opened).items():
            found[key] += many
    assert min(found[figure] for figure in EXPECTED) > 0, found


EXPECTED = {
    "heat_map",
    "risks_by_theme",
    "risks_by_process",
    "risks_by_band",
    "open_by_month",
    "changes_by_month",
    "crossings",
    "crossings_of_areas",
    "recurring_hazards",
    "same_hazard",
    "overdue_by_organisation",
    "quality_of_records",
    "quality_by_organisation",
}


def test_the_numbers_that_lead_nowhere_are_these_few_and_their_figure_says_why() -> None:
    numbers = {
        (figure.key, column.key): figure
        for figure in registry.ALL
        for column in figure.columns
        if column.holds in NUMERIC and column.key not in figure.links
    }
    assert numbers.keys() == WITHOUT_A_LIST
    assert all("lead to no list" in figure.says for figure in numbers.values())


def test_figures_of_a_register_without_a_risk(ladder: Ladder) -> None:
    for body in bodies(ladder):
        tables = empty(body)
        assert {key for key, rows in tables.items() if rows} <= ALWAYS, tables


ALWAYS = {
    "at_a_glance", "risks_by_band", "open_by_month", "changes_by_month", "quality_of_records", "silent_organisations",
}  # fmt: skip


def empty(body: Organisation, now: datetime = NOW) -> dict[str, slowly.Table]:
    return {figure.key: figure.rows(Scope(body, now)) for figure in registry.for_level(body.level)}
