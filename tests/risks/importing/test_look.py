"""Importing and whole data in a real browser: for everybody, on any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from overview.models import Whole
from overview.whole_data import services as whole_data
from tests.browsing import _live_server_as_in_production, browser  # noqa: F401 - fixtures
from tests.risks.importing.sending import as_csv, row, send
from tests.risks.test_pages_belonging_look import look

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_page_can_be_used_by_everybody_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    ladder: Ladder,
) -> None:
    now, lead = timezone.now(), ladder.actor(ladder.provider)
    found = row(2, Cause="Ring 020 7946 0018 " + "x" * 90)
    batch = send(lead, as_csv(row(1, Theme="Weather"), found, row(3)), now=now)
    whole_data.ask(whole=Whole.MINE, by=lead, now=now)
    whole_data.work(now=now)
    pages = ["/risks/import/", batch.path, f"{batch.path}columns/", f"{batch.path}discard/", "/data/"]
    look(browser, live_server, lead, pages)
