"""Positions, the map and gathering in a real browser: for everybody, on any screen, on paper, from the keyboard."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from risks import services as risks
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, sign_in, too_wide, violations, window  # noqa: F401 - fixtures
from tests.overview.gathered import Gathered, gathered
from tests.visiting import visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLES = [
    "Changed doses of anticoagulants reach practices days after discharge",
    "Community nurses visit without knowing that a medicine was stopped",
    "Blister packs go on with the old dose",
    "Test results that arrive after discharge are read by nobody " + "x" * 60,
]


@pytest.fixture
def scene(ladder: Ladder) -> Gathered:
    """Four bodies contribute, with much, little and nothing; a fifth has not answered; one risk leads further on."""
    now = timezone.now()
    scene = gathered(ladder, now)
    bodies = [ladder.provider, ladder.neighbour, scene.another_provider(), scene.another_provider()]
    for number, (body, title) in enumerate(zip(bodies, TITLES, strict=True)):
        began = now - timedelta(days=100)
        risk = scene.contributing(body, now=began, title=title, likelihood=5 - number, consequence=4)
        if number != 2:
            _work_on(risk, scene.lead(body), number)
    scene.ask(scene.risk_of(scene.another_provider(), now=now - timedelta(days=3)), now=now - timedelta(days=2))
    risks.involve(risk=scene.system, organisations=[scene.another_provider()], by=scene.icb, now=now)
    harmed = scene.risk_of(ladder.neighbour, title="Patients come back within a week")
    scene.link(scene.system, harmed, "CAUSES")
    scene.link(risk, harmed, "CONTRIBUTES_TO")
    scene.link(harmed, scene.risk_of(ladder.provider, title="Beds are full"), "SAME_HAZARD")
    return scene


def _work_on(risk: Risk, lead: Actor, number: int) -> None:
    now = timezone.now()
    for kind, likelihood, days in (("TARGET", 1, 99), ("CURRENT", 2 + number, 60), ("CURRENT", 4, 20)):
        risks.score_risk(
            risk=risk,
            kind=kind,
            likelihood=likelihood,
            consequence=3,
            rationale="",
            by=lead,
            now=now - timedelta(days=days),
        )
    for text in ("The ward pharmacist rings the practice", "Letters are signed twice a day", "A poster", "A list"):
        risks.add_control(risk=risk, text=text, by=lead, now=now - timedelta(days=50))
    for text, days in (("Agree one letter for all practices", -3), ("Send letters from the ward", 30)):
        due = (now + timedelta(days=days)).date()
        risks.add_action(risk=risk, text=text, owner=lead.user, due_on=due, by=lead, now=now - timedelta(days=40))
    risks.review_risk(risk=risk, words="Looked at", by=lead, now=now - timedelta(days=10))


@contextmanager
def page_of(browser: Browser, live_server: LiveServer, actor: Actor, width: int = 1280) -> Iterator[Page]:  # noqa: F811
    with window(browser, live_server, width=width, javascript=True) as context:
        sign_in(context, visitor(actor), live_server)
        yield context.new_page()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_can_be_used_by_everybody_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    scene: Gathered,
    width: int,
) -> None:
    at = scene.system.path
    contributor = scene.lead(scene.ladder.provider)
    contributing = scene.system.links_to.order_by("created_at").first().from_risk.reference
    with page_of(browser, live_server, scene.icb, width) as page:
        for actor, path in (
            (scene.icb, at),
            (scene.icb, f"{at}map/"),
            (scene.icb, f"{at}gather/"),
            (scene.icb, f"/system-risks/log/?contributor={contributing}"),
            (scene.icb, "/risks/"),
            (scene.icb, "/risks/log/"),
            (contributor, at),
            (contributor, f"{at}map/"),
            (contributor, f"{scene.risk_of(scene.ladder.provider).path}map/"),
        ):
            sign_in(page.context, visitor(actor), live_server)
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert violations(page) == [], path
            assert not too_wide(page), path


def test_on_a_narrow_screen_each_position_is_a_card(browser: Browser, live_server: LiveServer, scene: Gathered) -> None:  # noqa: F811
    with page_of(browser, live_server, scene.icb, 390) as page:
        page.goto(scene.system.path)
        labels = page.locator(".app-positions__label")
        assert labels.first.is_visible()
        widths = page.locator(".app-positions tbody tr").evaluate_all("rows => rows.map(row => row.offsetWidth)")
        assert len(widths) == 4
        assert max(widths) <= 390


def test_the_map_is_read_and_followed_from_the_keyboard(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    scene: Gathered,
) -> None:
    with page_of(browser, live_server, scene.icb) as page:
        page.goto(f"{scene.system.path}map/")
        nodes = page.locator(".app-map__node")
        assert nodes.count() == 7
        page.locator(".app-map").focus()
        reached = []
        for _ in range(7):
            page.keyboard.press("Tab")
            focused = page.locator(":focus")
            reached.append(focused.get_attribute("href"))
            assert focused.evaluate("node => node.ownerSVGElement !== null")
            assert focused.locator(".app-map__box").evaluate("box => getComputedStyle(box).strokeWidth") == "5px"
        assert reached == nodes.evaluate_all("all => all.map(node => node.getAttribute('href'))")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{reached[-1]}")


def test_words_on_the_map_stay_in_their_boxes(browser: Browser, live_server: LiveServer, scene: Gathered) -> None:  # noqa: F811
    with page_of(browser, live_server, scene.icb) as page:
        page.goto(f"{scene.system.path}map/")
        sticking_out = page.locator(".app-map__node").evaluate_all(
            """nodes => nodes.flatMap(node => {
                const box = node.querySelector('.app-map__box').getBBox();
                return [...node.querySelectorAll('text')].filter(text => {
                    const words = text.getBBox();
                    return words.x < box.x || words.x + words.width > box.x + box.width
                        || words.y < box.y || words.y + words.height > box.y + box.height;
                }).map(text => text.textContent);
            })"""
        )
        assert sticking_out == []


def test_a_wide_map_scrolls_in_its_own_region(browser: Browser, live_server: LiveServer, scene: Gathered) -> None:  # noqa: F811
    with page_of(browser, live_server, scene.icb, 390) as page:
        page.goto(f"{scene.system.path}map/")
        region = page.get_by_role("region", name="Map of linked risks")
        assert region.evaluate("region => region.scrollWidth > region.clientWidth")
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('.app-map').scrollLeft > 0")
        assert not too_wide(page)


def test_on_paper_the_map_is_whole_and_the_positions_are_a_table(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    scene: Gathered,
) -> None:
    with page_of(browser, live_server, scene.icb, 700) as page:
        page.goto(f"{scene.system.path}map/")
        page.emulate_media(media="print")
        assert page.locator(".app-map__drawing").evaluate("map => map.getBoundingClientRect().width") <= 700
        page.goto(scene.system.path)
        assert page.get_by_role("columnheader", name="Owner and review").is_visible()
