"""The shared parts of pages in a real browser: no barrier axe can find, wide or narrow, with script or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing import WIDTHS, sign_in, too_wide, violations, window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, visitor: Client) -> Iterator[Page]:
    context = window(browser, live_server)
    sign_in(context, visitor, live_server)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", ["/guide/", "/fields/", "/list/?search=test", "/no/such/page/", "/refused/"])
def test_every_part_can_be_used_by_everybody_on_any_screen(page: Page, address: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        assert violations(page) == []
        assert not too_wide(page), f"{address} is wider than {width} pixels"


def test_a_form_sent_back_can_be_used_by_everybody(page: Page) -> None:
    page.goto("/fields/")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".nhsuk-error-summary")
    assert page.evaluate("document.activeElement.className") == "nhsuk-error-summary"
    assert violations(page) == []
    page.click(".nhsuk-error-summary a:has-text('Enter a date')")
    assert page.evaluate("document.activeElement.id") == "id_due_day"


def test_more_boxes_for_organisations_are_added_as_needed(page: Page) -> None:
    page.goto("/fields/")
    boxes = page.locator("input[name=involved]")
    page.wait_for_selector("text=Add another")
    assert boxes.count() == 1
    page.click("text=Add another")
    page.keyboard.type("T0001")
    expect(boxes.nth(1)).to_have_value("T0001")
    assert boxes.nth(1).get_attribute("aria-label") == "Others involved (optional) 2"
    assert violations(page) == []


def test_without_javascript_there_is_room_for_more_from_the_start(
    browser: Browser, live_server: LiveServer, visitor: Client
) -> None:
    context = window(browser, live_server, javascript=False)
    sign_in(context, visitor, live_server)
    page = context.new_page()
    page.goto("/fields/")
    assert page.locator("input[name=involved]:visible").count() == 3
    assert page.locator("text=Add another").count() == 0
    context.close()


def test_leaving_with_unsent_text_is_asked_about_and_sending_it_is_not(page: Page) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/do/it/")
    page.fill("#id_title", "refused")
    page.click("main form button[type=submit]")
    page.wait_for_selector(".nhsuk-error-summary")
    assert asked == []
    page.click("text=Patient Safety Risk Register")
    page.wait_for_url("**/")
    assert asked == ["beforeunload"]


def test_on_paper_everything_folded_is_open_and_nothing_to_click_remains(page: Page) -> None:
    page.goto("/guide/")
    explanation = page.locator("text=2 working days from").first
    assert not explanation.is_visible()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert explanation.is_visible()
    assert not page.locator("nav[aria-label=Menu]").is_visible()
    assert page.locator(".app-acting__who").is_visible()
