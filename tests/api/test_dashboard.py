"""The figures of the dashboard over the API: those of the page, of the same moment, with the lists behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Role
from overview import api_dashboard
from overview.figures import registry
from tests.api.conftest import Caller, Clock, answered
from tests.escalations.stage import Stage, fresh
from tests.factories import NOW

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(ladder: Ladder) -> Caller:
    lead = ladder.actor(ladder.provider)
    for likelihood, theme in ((4, "6"), (4, "6"), (2, "3")):
        ladder.risk(lead, likelihood=likelihood, theme=theme)
    return Caller(lead)


def figure(caller: Caller, key: str) -> dict[str, Any]:
    return answered(caller.get(f"dashboard/{key}/"), 200)


def test_a_figure_has_raw_values_words_and_lists(caller: Caller) -> None:
    told = figure(caller, "risks_by_theme")
    assert told["made_at"] == "2026-11-03T10:00:00Z"
    assert [column["holds"] for column in told["columns"]] == ["theme", "number"]
    (theme, number), _second = told["rows"]
    words = "Information Technology or transfer of information"
    assert theme == {"value": "6", "text": words, "path": "", "api": ""}
    query = "?status=OPEN&in_full=true&theme=6"
    assert number == {"value": 2, "text": "2", "path": f"/risks/{query}", "api": f"/api/v1/risks/{query}"}


def test_the_whole_has_every_figure_of_the_level_as_each_is_alone(caller: Caller, ladder: Ladder) -> None:
    told = answered(caller.get("dashboard/"), 200)
    assert told["organisation"]["ods_code"] == ladder.provider.ods_code
    assert [one["key"] for one in told["figures"]] == [one.key for one in registry.for_level(ladder.provider.level)]
    for one in told["figures"]:
        assert one.pop("left_out") == 0
        assert figure(caller, one["key"]) == one | {"made_at": told["made_at"]}


def test_of_a_long_figure_the_whole_has_the_first_rows_and_says_how_many_more(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_dashboard, "MOST_TOGETHER", 1)
    (one,) = (one for one in answered(caller.get("dashboard/"), 200)["figures"] if one["key"] == "risks_by_theme")
    assert one["left_out"] == 1
    assert one["rows"] == figure(caller, "risks_by_theme")["rows"][:1]


def test_until_figures_are_made_anew_nothing_has_changed(caller: Caller, ladder: Ladder, clock: Clock) -> None:
    tag = caller.get("dashboard/")["ETag"]
    ladder.risk(ladder.actor(ladder.provider))
    clock.now = NOW + timedelta(minutes=4)
    again = caller.client.get("/api/v1/dashboard/", headers={"If-None-Match": tag})
    assert again.status_code == 304
    clock.now = NOW + timedelta(minutes=5)
    anew = caller.client.get("/api/v1/dashboard/", headers={"If-None-Match": tag})
    assert anew.status_code == 200
    assert anew.json()["figures"][0]["rows"][0][1]["value"] == 4


def test_an_administrator_is_refused(ladder: Ladder) -> None:
    administrator = Caller(ladder.actor(ladder.provider, Role.ADMINISTRATOR))
    for path in ("dashboard/", "dashboard/heat_map/", "dashboard/nothing/"):
        answered(administrator.get(path), 403)


def test_a_figure_that_is_not_there_is_not_found(caller: Caller) -> None:
    answered(caller.get("dashboard/nothing/"), 404)


def test_what_cannot_be_asked_is_refused(caller: Caller, ladder: Ladder) -> None:
    answered(caller.get("dashboard/", organisation=str(ladder.neighbour.pk)), 400)


def test_the_list_behind_a_number_has_as_many(caller: Caller) -> None:
    require_as_many(caller)


def test_the_list_behind_what_became_of_escalations_has_those_that_are_over_too(ladder: Ladder, clock: Clock) -> None:
    stage = Stage(ladder)
    confirmed, withdrawn, _waiting = (stage.raised() for _ in range(3))
    stage.do("answer", confirmed)
    stage.do("confirm", fresh(confirmed))
    stage.do("withdraw", withdrawn)
    clock.now = stage.now
    icb = Caller(ladder.actor(ladder.icb))
    (row,) = figure(icb, "loops_closed")["rows"]
    assert [cell["value"] for cell in row[1:4]] == [3, 1, 0]
    require_as_many(icb)


def require_as_many(caller: Caller) -> None:
    """Of counts. What shares, days and counts of organisations are taken from is held to them with the figures."""
    for one in answered(caller.get("dashboard/"), 200)["figures"]:
        for row in one["rows"]:
            for column, cell in zip(one["columns"], row, strict=True):
                if cell["api"] and column["holds"] in ("number", "risks") and column["key"] != "bodies":
                    listed = answered(caller.get(cell["api"].removeprefix("/api/v1/")), 200)
                    assert listed["total"] == cell["value"], cell
