"""The pages of the API's description, in a real browser under the content policy that they are served with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browsing import sign_in
from tests.visiting import visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, ladder: Ladder) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url)
    sign_in(context, visitor(ladder.actor(ladder.provider)), live_server)
    yield context.new_page()
    context.close()


def test_they_can_be_read_and_tried_out_under_the_content_policy(page: Page, live_server: LiveServer) -> None:
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs/")
    page.click("[data-tag=notifications]")
    page.click("text=/api/v1/notifications/read/")
    page.click("text=Try it out")
    with page.expect_response("**/api/v1/notifications/read/") as answered:
        page.click("button.execute")
    assert answered.value.status == 204
    assert said == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
