"""The dashboard in a real browser: every kind of chart, for everybody, on any screen, on paper, without script."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from overview.figures import registry
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, too_wide, violations  # noqa: F401 - fixtures
from tests.overview.charts import samples
from tests.overview.story import Story, tell
from tests.overview.test_look import NAMES, page_of

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = settings.BASE_DIR / "docs" / "pictures"


@pytest.fixture
def story(ladder: Ladder) -> Story:
    """With names for a picture; nobody is called so."""
    from accounts.models import Organisation

    for which, name in NAMES.items():
        Organisation.objects.filter(pk=getattr(ladder, which).pk).update(name=name)
        getattr(ladder, which).refresh_from_db()
    return tell(ladder, timezone.now())


@pytest.mark.parametrize("width", WIDTHS)
def test_every_kind_of_chart_can_be_used_by_everybody_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    story: Story,
    width: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "ALL", (*registry.ALL[:1], *samples.FIGURES))
    with page_of(browser, live_server, story.lead, width=width) as page:
        page.goto("/dashboard/")
        expect(page.locator(".app-chart")).to_have_count(len(samples.FIGURES))
        page.screenshot(path=os.environ.get("SAMPLES", str(tmp_path)) + f"/charts-{width}.png", full_page=True)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert violations(page) == []
        assert not too_wide(page)
        for figure in samples.FIGURES:
            page.goto(f"/dashboard/{figure.key}/")
            assert violations(page) == [], figure.key
            assert not too_wide(page), figure.key
