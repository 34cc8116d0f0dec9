"""Look-alikes in a real browser: while a risk is written, and the work list of pairs, for everybody, on any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from risks import indexing
from risks import services as risks
from tests.browsing import _live_server_as_in_production, browser, sign_in, window  # noqa: F401 - fixtures
from tests.ladder import FIELDS
from tests.risks.belonging import hold_the_like
from tests.risks.test_pages_belonging_look import look
from tests.visiting import visitor

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
    now, lead, icb = timezone.now(), ladder.actor(ladder.provider), ladder.actor(ladder.icb)
    ours = ladder.risk(lead, now=now, title="A title that does not end " + "x" * 90)
    ladder.risk(lead, now=now)
    theirs = ladder.risk(ladder.actor(ladder.neighbour), now=now)
    ladder.risk(icb, now=now, title="Letters across the system")
    hold_the_like(ours)
    introduction = risks.ask_introduction(risk=ours, reason="Who has mended it?", by=lead, now=now)
    other = ladder.risk(ladder.actor(ladder.neighbour), now=now, title="Another one")
    indexing.index(now=now)
    risks.dismiss_pair(risk=ours, other=other, reason="Not alike", by=icb, now=now)
    pair = f"/look-alikes/{ours.reference}/{theirs.reference}/"
    look(browser, live_server, lead, [ours.path, "/risks/log/"])
    look(
        browser,
        live_server,
        icb,
        [
            "/look-alikes/",
            "/look-alikes/dismissed/",
            pair,
            *(f"{pair}{what}/" for what in ("link", "gather", "dismiss")),
            f"{introduction.path}introduce/",
        ],
    )


def test_what_is_like_it_appears_while_somebody_writes(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    ladder: Ladder,
) -> None:
    lead = ladder.actor(ladder.provider)
    risk = ladder.risk(lead, now=timezone.now())
    indexing.index(now=timezone.now())
    context = window(browser, live_server)
    sign_in(context, visitor(lead), live_server)
    page = context.new_page()
    page.goto("/risks/log/")
    page.get_by_label("Title").fill(FIELDS["title"])
    page.get_by_role("link", name=risk.reference).wait_for()
    assert "Both concern" in page.locator("[data-look-alikes]").inner_text()
    page.get_by_label("Title").fill("Lifts in the tower block fail between two floors")
    page.get_by_text("No risk that you can see is like what you have written so far").wait_for()
    context.close()
