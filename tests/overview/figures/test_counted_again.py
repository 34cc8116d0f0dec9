"""Every figure about risks against an independent count, and every linked number against the list that it leads to."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.test import RequestFactory
from django.urls import resolve

from overview.figures import registry, showing
from overview.figures.scope import Scope
from overview.figures.tables import Holds
from tests.factories import NOW
from tests.overview.figures import generated, slowly
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from accounts.actors import Actor
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
        for key, count in slowly.COUNTED.items():
            if key in tables:
                assert in_order(tables[key]) == in_order(count(every)), (key, body.name)
        found += linked(tables, body, ladder.actor(body), opened)
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
    "overdue_by_organisation",
    "quality_of_records",
}


def linked(
    tables: dict[str, slowly.Table], body: Organisation, reader: Actor, opened: set[tuple[str, str]]
) -> Counter[str]:
    """How many numbers of each figure lead to a list. Each list has as many rows as its number says.

    One page for each column of numbers is opened; of the others, its view is asked.
    """
    seen: Counter[str] = Counter()
    client = visitor(reader)
    for key, shown in showing.in_words(tables, registry.for_level(body.level), reader).items():
        for row in shown.rows:
            for column, cell in zip(shown.columns, row, strict=True):
                if not cell.href or column.holds == Holds.RISK:
                    continue
                assert total(cell.href, reader) == cell.value, (key, body.name, cell.href)
                if (key, column.key) not in opened:
                    assert said(client.get(cell.href)) == cell.text, (key, body.name, cell.href)
                    opened.add((key, column.key))
                seen[key] += 1
    return seen


def total(href: str, reader: Actor) -> int:
    match, request = resolve(urlsplit(href).path), RequestFactory().get(href)
    request.actor, request.user = reader, reader.user
    view = match.func.view_class()
    view.setup(request, *match.args, **match.kwargs)
    assert not view.filters.errors, (href, view.filters.errors)
    return view.pages.paginator.count


def said(page: HttpResponse) -> str:
    assert page.status_code == 200, words(page)
    found = re.search(r'class="app-results__total" role="status">([\d,]+) ', page.content.decode())
    return found[1] if found else words(page)


def test_figures_of_a_register_without_a_risk(ladder: Ladder) -> None:
    for body in bodies(ladder):
        tables = empty(body)
        assert {key for key, rows in tables.items() if rows} <= ALWAYS, tables


ALWAYS = {
    "at_a_glance", "risks_by_band", "open_by_month", "changes_by_month", "quality_of_records", "silent_organisations",
}  # fmt: skip


def empty(body: Organisation, now: datetime = NOW) -> dict[str, slowly.Table]:
    return {figure.key: figure.rows(Scope(body, now)) for figure in registry.for_level(body.level)}
