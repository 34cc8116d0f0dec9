"""The dashboard in a real browser: every kind of chart, for everybody, on any screen, on paper, without script."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Organisation
from overview.charts.kinds import Kind, kind_of
from overview.figures import registry
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, too_wide, violations  # noqa: F401 - fixtures
from tests.factories import OrganisationFactory
from tests.overview.charts import samples
from tests.overview.story import Story, tell
from tests.overview.test_look import NAMES, page_of
from tests.risks.test_hazards import likely

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = settings.BASE_DIR / "docs" / "pictures"
OF_A_SIZE = {1280: "", 390: "-phone"}
SCORES = [(3, 4), (2, 5), (4, 4), (3, 3), (5, 4), (2, 2), (4, 3), (3, 4), (1, 5), (3, 2)]
THEMES = ["6", "6", "6", "3", "3", "1", "4", "6", "3", "2"]
SAME = (
    "Discharge letters reach practices after the next prescription",
    "Letters about changed doses wait for a signature",
    "Practices are not told of medicines that were stopped on the ward",
)
PROCESSES = ["9", "8", "9", "9", "3", "8", "9", "5", "9", "8"]


@pytest.fixture
def story(ladder: Ladder) -> Story:
    """With names for a picture; nobody is called so. And with enough risks for figures."""
    for which, name in NAMES.items():
        Organisation.objects.filter(pk=getattr(ladder, which).pk).update(name=name)
        getattr(ladder, which).refresh_from_db()
    told = tell(ladder, timezone.now())
    others = [told.lead, ladder.actor(ladder.neighbour)]
    for number, (score, theme, process) in enumerate(zip(SCORES, THEMES, PROCESSES, strict=True)):
        fields = {"likelihood": score[0], "consequence": score[1], "theme": theme, "process": process}
        ladder.risk(others[number % 2], now=timezone.now(), **fields)
    third = OrganisationFactory(parent=ladder.icb, name="Meadowbank Mental Health NHS Trust")
    owners = (ladder.provider, ladder.neighbour, third)
    same = [
        ladder.risk(ladder.actor(owner), title=title, now=timezone.now())
        for owner, title in zip(owners, SAME, strict=True)
    ]
    likely(same[0], same[1])
    likely(same[1], same[2])
    return told


@pytest.mark.parametrize("width", WIDTHS)
def test_every_kind_of_chart_can_be_used_by_everybody_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
    width: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    samples.install(monkeypatch, registry.ALL[0])
    alone = {kind_of(figure): figure.key for figure in samples.FIGURES}
    with page_of(browser, live_server, story.lead, width=width) as page:
        page.goto("/dashboard/")
        expect(page.locator(".app-chart")).to_have_count(len(samples.FIGURES))
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert violations(page) == []
        assert not too_wide(page)
        for key in (alone[Kind.MATRIX], alone[Kind.STACKED], alone[Kind.RANGES]):
            page.goto(f"/dashboard/{key}/")
            assert violations(page) == [], key
            assert not too_wide(page), key


@pytest.mark.parametrize("width", WIDTHS)
def test_pictures_of_the_dashboard(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
    width: int,
    tmp_path: Path,
) -> None:
    """Those in docs/using.md: run with PICTURES=1 to draw them anew."""
    folder = PICTURES if os.environ.get("PICTURES") else tmp_path
    with page_of(browser, live_server, story.ladder.actor(story.ladder.icb, name="Farah Aziz"), width=width) as page:
        for name, path in (("dashboard", "/dashboard/"), ("dashboard-figure", "/dashboard/risks_by_theme/")):
            page.goto(path)
            expect(page.locator(".app-bar").first).to_be_visible()
            assert violations(page) == [], path
            assert not too_wide(page), path
            picture = folder / f"{name}{OF_A_SIZE[width]}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size


@pytest.mark.parametrize("width", WIDTHS)
def test_the_same_hazard_and_the_list_behind_its_number_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
    width: int,
    tmp_path: Path,
) -> None:
    with page_of(browser, live_server, story.ladder.actor(story.ladder.icb), width=width, javascript=False) as page:
        page.goto("/dashboard/same_hazard/")
        row = page.get_by_role("row").filter(has_text="Discharge letters")
        expect(row.get_by_role("link", name="3", exact=True)).to_have_count(3)
        page.screenshot(path=tmp_path / "hazard.png", full_page=True)
        assert not too_wide(page)
        row.get_by_role("link", name="3", exact=True).first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Among: 3 risks")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("3 risks")
        page.screenshot(path=tmp_path / "list.png", full_page=True)
        assert not too_wide(page)
    with page_of(browser, live_server, story.ladder.actor(story.ladder.icb), width=width) as page:
        page.goto("/dashboard/same_hazard/")
        assert violations(page) == []


def test_a_number_is_reached_and_followed_by_keyboard_alone_and_without_script(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
) -> None:
    with page_of(browser, live_server, story.lead, javascript=False) as page:
        page.goto("/dashboard/")
        page.get_by_role("navigation", name="Figures on this page").get_by_role("link", name="5x5").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{live_server.url}/dashboard/#heat_map")
        page.keyboard.press("Tab")  # from where the contents led to: the first number of the matrix
        expect(page.locator(".app-heat__number:focus")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Risks")


def test_on_paper_the_tables_and_how_they_are_counted_are_open_and_nothing_is_cut_off(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    samples.install(monkeypatch)
    with page_of(browser, live_server, story.lead, javascript=False) as page:
        page.goto("/dashboard/")
        page.emulate_media(media="print")
        expect(page.get_by_role("table", name="Sample: trend, as a table")).to_be_visible()
        expect(page.get_by_text("Counted for a test.").first).to_be_visible()
        expect(page.get_by_role("navigation", name="Figures on this page")).to_be_hidden()
        page.set_viewport_size({"width": 690, "height": 1000})  # A4 between its margins
        assert not too_wide(page)


def test_in_colours_that_the_reader_forces_bars_and_drawings_are_still_seen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    samples.install(monkeypatch)
    with page_of(browser, live_server, story.lead) as page:
        page.emulate_media(forced_colors="active")
        page.goto("/dashboard/")

        def colour(selector: str, style: str) -> str:
            return page.locator(selector).first.evaluate(f"one => getComputedStyle(one).{style}")

        assert colour(".app-bar__fill", "fill") == colour("h1", "color")
        assert colour(".app-drawing__paper", "fill") != colour(".app-drawing__words", "fill")
