"""Triage in a real browser: for everybody, on any screen, by keyboard alone and without a script."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import timezone

from escalations.models import Escalation, Status
from overview.saved_views.services import save_view
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, sign_in, window  # noqa: F401 - fixtures
from tests.escalations.stage import fresh
from tests.overview.triage.waiting import Waiting, breach, everything
from tests.risks.test_pages_belonging_look import look
from tests.visiting import visitor

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = settings.BASE_DIR / "docs" / "pictures"


@pytest.fixture
def waiting(ladder: Ladder) -> Waiting:
    return everything(ladder)


def key(waiting: Waiting) -> str:
    return f"escalation-{waiting.escalation.pk}"


def test_every_page_can_be_used_by_everybody_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
    ladder: Ladder,
) -> None:
    breach(waiting.now)
    view = save_view(
        list="triage", query="handler=mine", name="Mine", is_shared=True, by=waiting.icb, now=timezone.now()
    )
    pair = f"pair-{'+'.join(sorted(str(risk.pk) for risk in waiting.pair))}".replace("+", "%2B")
    both = f"item={key(waiting)}&item=new-{waiting.pair[0].pk}"
    look(
        browser,
        live_server,
        waiting.icb,
        [
            "/triage/",
            f"/triage/?do=answer&item={key(waiting)}",
            f"/triage/?do=gather&{both}",
            f"/triage/?kind=PAIR&do=link-pair&item={pair}",
            "/triage/?kind=LINK&handler=mine",
            "/triage/put-all-away/",
            "/saved-views/",
            "/saved-views/add/?list=triage&query=kind%3DPAIR",
            f"/saved-views/{view.pk}/",
        ],
    )
    look(browser, live_server, ladder.actor(ladder.region), ["/triage/", "/triage/breached/"])


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without"])
def test_an_escalation_is_answered_by_keyboard_alone(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
    javascript: bool,
) -> None:
    from playwright.sync_api import expect

    context = window(browser, live_server, javascript=javascript)
    sign_in(context, visitor(waiting.icb), live_server)
    page = context.new_page()
    page.goto("/triage/?kind=ESCALATION")
    _press(page, rf"^Answer\b.*{waiting.escalation.risk.reference}")
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
    page.get_by_label("Advice given").focus()
    page.keyboard.press("Space")
    page.get_by_label("Your answer").focus()
    page.keyboard.type("Send letters unsigned within the day")
    page.get_by_role("button", name="Answer", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done (answer)")).to_be_visible()
    assert page.url.partition("#")[0].endswith("/triage/?kind=ESCALATION")
    assert fresh(waiting.escalation).status == Status.ANSWERED
    context.close()


def _press(page: Page, name: str) -> None:
    link = page.get_by_role("link", name=re.compile(name))
    link.focus()
    page.keyboard.press("Enter")


def test_several_are_ticked_and_given_a_handler(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
) -> None:
    from playwright.sync_api import expect

    waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider, title="Another"))
    context = window(browser, live_server, javascript=False)
    sign_in(context, visitor(waiting.icb), live_server)
    page = context.new_page()
    page.goto("/triage/?kind=ESCALATION")
    for box in page.locator('input[name="item"]').all():
        box.check()
    page.get_by_text("Do something to all that are ticked").click()
    page.get_by_role("button", name="Name a handler").click()
    expect(page.get_by_role("heading", name="Name a handler: 2 things at once")).to_be_visible()
    page.get_by_label("Who handles it").select_option(str(waiting.colleague.user.pk))
    page.get_by_role("button", name="Name a handler: 2 things at once").click()
    expect(page.get_by_text("Done (name a handler)")).to_be_visible()
    assert set(Escalation.objects.values_list("handler", flat=True)) == {waiting.colleague.user.pk}
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_pictures_of_triage_and_saved_views(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
    width: int,
    tmp_path: Path,
) -> None:
    """Those in docs/using.md: run with PICTURES=1 to draw them anew."""
    folder = PICTURES if os.environ.get("PICTURES") else tmp_path
    save_view(
        list="triage", query="kind=ESCALATION&overdue=true", name="Late escalations", is_shared=True, by=waiting.icb,
        now=timezone.now(),
    )  # fmt: skip
    pages = {
        "triage": f"/triage/?do=accept&item={key(waiting)}",
        "triage-breached": "/triage/breached/",
        "saved-views": "/saved-views/",
    }
    context = window(browser, live_server, width=width)
    sign_in(context, visitor(waiting.icb), live_server)
    page = context.new_page()
    for name, address in pages.items():
        page.goto(address)
        path = folder / f"{name}-{width}.png"
        page.screenshot(path=path, full_page=True)
        assert path.stat().st_size
    context.close()
