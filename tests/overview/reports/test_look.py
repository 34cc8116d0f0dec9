"""The pages of reports in a real browser: for everybody, on any screen, with script or without; and their pictures."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from overview.models import Report
from overview.reports import scheduling, services
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, sign_in, too_wide, violations, window  # noqa: F401 - fixtures
from tests.overview.reports.reading import made
from tests.visiting import visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = settings.BASE_DIR / "docs" / "pictures"


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    ladder.risk(ladder.actor(ladder.provider), now=timezone.now(), involved=[ladder.neighbour])
    return ladder.actor(ladder.icb, name="Ada Quill")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_reports_can_be_used_by_everybody_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    icb: Actor,
    width: int,
) -> None:
    now = timezone.now()
    ready = made(icb, now)
    scheduling.set_report_schedule(is_on=True, day=3, by=icb, now=now)
    failed, waiting = (services.ask_report(by=icb, now=now) for _ in range(2))
    Report.objects.filter(pk=failed.pk).update(status="FAILED")
    waiting = services.ask_report(by=icb, now=now)
    paths = {
        "list": "/reports/", "ask": "/reports/ask/", "monthly": "/reports/monthly/", "ready": ready.path,
        "failed": failed.path, "waiting": waiting.path,
    }  # fmt: skip
    with window(browser, live_server, width=width) as context:
        sign_in(context, visitor(icb), live_server)
        page = context.new_page()
        for name, path in paths.items():
            page.goto(path)
            if os.environ.get("PICTURES") and name in ("list", "ask", "monthly", "ready"):
                page.screenshot(path=PICTURES / f"reports-{name}-{width}.png", full_page=True)
            assert violations(page) == [], path
            assert not too_wide(page), path


@pytest.mark.parametrize("javascript", [True, False])
def test_how_far_it_is_can_be_watched(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    icb: Actor,
    javascript: bool,
) -> None:
    """With a script it comes by itself, without one by a link."""
    with window(browser, live_server, javascript=javascript) as context:
        sign_in(context, visitor(icb), live_server)
        page = context.new_page()
        page.goto("/reports/ask/")
        page.get_by_role("button", name="Make the report").click()
        expect(page.get_by_text("of 4 steps are done")).to_be_visible()
        services.work(now=timezone.now())
        if not javascript:
            page.get_by_role("button", name="Look again").click()
        expect(page.get_by_role("link", name="Download the report")).to_be_visible(timeout=15_000)
