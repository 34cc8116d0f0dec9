"""Home and the page of one risk in a real browser: for everybody, on any screen, on paper, with script or without."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Membership, Organisation, Role
from risks import services as risks
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, sign_in, too_wide, violations, window  # noqa: F401 - fixtures
from tests.overview.story import Story, tell
from tests.visiting import visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURE = settings.BASE_DIR / "docs" / "pictures" / "risk.png"
NAMES = {
    "provider": "Northmoor University Hospitals NHS Trust",
    "neighbour": "Eastcliff Community NHS Trust",
    "icb": "NHS Northmoor and Eastcliff Integrated Care Board",
    "region": "NHS England North Moors",
}


@pytest.fixture
def story(ladder: Ladder) -> Story:
    """With names for a picture; nobody is called so."""
    for which, name in NAMES.items():
        Organisation.objects.filter(pk=getattr(ladder, which).pk).update(name=name)
        getattr(ladder, which).refresh_from_db()
    return tell(ladder, timezone.now())


@contextmanager
def page_of(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    actor: Actor,
    *,
    javascript: bool = True,
    width: int = 1280,
) -> Iterator[Page]:
    with window(browser, live_server, javascript=javascript, width=width) as context:
        sign_in(context, visitor(actor), live_server)
        yield context.new_page()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_can_be_used_by_everybody_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
    width: int,
) -> None:
    ladder, now = story.ladder, timezone.now()
    asked = ladder.risk(story.lead, now=now, title="Lifts stop " + "x" * 90, cause="y" * 200)
    risks.propose_transfer(risk=asked, to=ladder.neighbour, reason="Theirs", by=story.lead, now=now)
    draft = risks.save_draft(fields={"title": "Begun"}, by=story.lead, now=now)
    with page_of(browser, live_server, story.lead, width=width) as page:
        for actor, path in (
            (story.lead, "/"),
            (ladder.actor(ladder.other_icb), "/"),
            (ladder.actor(ladder.icb, Role.ADMINISTRATOR), "/"),
            (story.lead, story.risk.path),
            (story.region, story.risk.path),
            (story.neighbour, story.risk.path),
            (story.neighbour, asked.path),
            (story.lead, draft.path),
        ):
            sign_in(page.context, visitor(actor), live_server)
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert violations(page) == [], path
            assert not too_wide(page), path


def test_without_script_nothing_is_missing(browser: Browser, live_server: LiveServer, story: Story) -> None:  # noqa: F811
    with page_of(browser, live_server, story.lead, javascript=False) as page:
        page.goto(story.risk.path)
        page.get_by_text("Everything before that").click()
        expect(page.get_by_text("Ben Carter logged the risk at 4 x 4 = 16")).to_be_visible()
        page.get_by_text("How this time is worked out").first.click()
        expect(page.get_by_text("20 working days from").first).to_be_visible()


def test_news_is_put_away_from_the_keyboard(browser: Browser, live_server: LiveServer, story: Story) -> None:  # noqa: F811
    Membership.objects.filter(pk=story.lead.membership.pk).update(started_at=story.risk.drafted_at)
    with page_of(browser, live_server, story.lead, javascript=False) as page:
        page.goto("/")
        page.get_by_role("button", name="I have seen these").focus()
        page.keyboard.press("Enter")
        page.get_by_text("Nothing new since").wait_for()


def test_on_paper_there_is_the_matrix_and_the_whole_chain_and_no_button(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
) -> None:
    with page_of(browser, live_server, story.lead) as page:
        page.goto(story.risk.path)
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        for shown in ("Risk matrix: consequence by likelihood", "Agree one discharge form for all practices"):
            assert page.get_by_text(shown).first.is_visible()
        expect(page.get_by_text("Ben Carter logged the risk at 4 x 4 = 16")).to_be_visible()
        assert not page.get_by_role("link", name="Score it again").is_visible()
        assert not page.locator(".app-glance__buttons").is_visible()


def test_a_picture_of_one_risk(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The one in the README: run with PICTURES=1 to draw it anew."""
    path = PICTURE if os.environ.get("PICTURES") else tmp_path_factory.mktemp("pictures") / PICTURE.name
    with page_of(browser, live_server, story.lead) as page:
        page.goto(story.risk.path)
        page.screenshot(path=path, full_page=True, clip={"x": 80, "y": 0, "width": 1120, "height": 2200})
    assert path.stat().st_size
