"""Where figures stand on the dashboard, how they fill its rows, and where their numbers lead over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from overview.charts.kinds import Kind, kind_of
from overview.dashboards import panels
from overview.dashboards.lists import over_the_api
from overview.dashboards.sections import Section, section_of
from overview.figures import registry
from tests.factories import NOW
from tests.overview.charts import samples
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


def test_figures_stand_where_their_columns_say() -> None:
    found = {figure.key: section_of(figure) for figure in (*registry.ALL, *samples.FIGURES)}
    assert found["heat_map"] == found["trend"] == Section.RISKS
    assert found["escalations_by_stage"] == found["parts"] == Section.ESCALATIONS
    assert found["crossings"] == Section.BOUNDARIES


@pytest.mark.parametrize(
    ("page", "api"),
    [
        ("/risks/?status=OPEN&theme=6&sort=newest", "/api/v1/risks/?status=OPEN&theme=6"),
        ("/risks/PSR-000001/", "/api/v1/risks/PSR-000001/"),
        ("/dashboard/variation_by_body/?theme=6", "/api/v1/dashboard/variation_by_body/?theme=6"),
        ("/escalations/", "/api/v1/escalations/?side=received&is_open=true"),
        ("/escalations/all/?status=CLOSED", "/api/v1/escalations/?status=CLOSED"),
        ("/escalations/all/?overdue=true", "/api/v1/escalations/?is_open=true&overdue=true"),
        ("/elsewhere/", ""),
        ("", ""),
    ],
)
def test_a_list_of_a_page_has_its_address_over_the_api(page: str, api: str) -> None:
    assert over_the_api(page) == api


def test_every_kind_of_chart_is_chosen_for_some_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    samples.install(monkeypatch)
    drawn = {kind_of(figure) for figure in samples.FIGURES}
    assert drawn == set(Kind) - {Kind.GLANCE, Kind.TABLE}


@pytest.mark.parametrize("level", ["provider", "icb", "region", "national"])
def test_no_row_of_a_dashboard_is_left_half_empty(ladder: Ladder, level: str) -> None:
    """Two columns, filled in the order in which the page is read."""
    for section, shown in panels.dashboard_of(ladder.actor(getattr(ladder, level)), NOW).sections:
        beside = 0
        for panel in shown:
            assert not (panel.is_wide and beside), (section, panel.figure.key)
            beside = 0 if panel.is_wide else 1 - beside
        assert not beside, section
        stands = [panel.figure.key for panel in shown]
        assert stands == [figure.key for figure in registry.ALL if figure.key in stands]


# One figure narrowed down


def by_body(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = next(figure for figure in registry.ALL if figure.key == "variation_by_body")
    rows = [["HIGH", "6", None, 12, 3.5], ["HIGH", "3", None, 11, 2.0], ["EXTREME", "6", None, 10, 1.0]]
    monkeypatch.setattr(registry, "ALL", (samples.replaced(figure, rows), registry.ALL[1]))


def test_a_figure_shows_the_rows_of_one_kind_of_escalation(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    by_body(monkeypatch)
    client, path = visitor(ladder.actor(ladder.national)), "/dashboard/variation_by_body/"
    page = words(client.get(f"{path}?urgency=HIGH&theme=6"))
    assert "Only rows with Urgency: High; Theme: " in page
    assert "3.5" in page
    assert "2.0" not in page
    assert "Download 1 row as" in page
    assert "Only rows with" not in words(client.get(path))
    sent = b"".join(client.get(f"{path}?urgency=HIGH&download=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert len(sent.strip().splitlines()) == 1 + 2
    assert "There is nothing to show here" in words(client.get(f"{path}?theme=nothing"))


def test_over_the_api_too_and_what_is_not_known_is_refused(ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    by_body(monkeypatch)
    client, path = visitor(ladder.actor(ladder.national)), "/api/v1/dashboard/variation_by_body/"
    rows = client.get(f"{path}?urgency=EXTREME").json()["rows"]
    assert [[cell["value"] for cell in row] for row in rows] == [["EXTREME", "6", None, 10, 1.0]]
    wrong = client.get(f"{path}?urgency=SOON")
    assert wrong.status_code == 400
    assert "Choose one of IMMEDIATE" in wrong.content.decode()
    assert client.get("/api/v1/dashboard/heat_map/?urgency=HIGH").status_code == 400  # it has no such column
