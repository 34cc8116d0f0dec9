"""A real browser for the tests that need one, and what every page must pass in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler

from dev.browser import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

# The style sheet of the NHS names fonts of another host, for whose name a page would otherwise wait up to five seconds.
HERE_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", HERE_ALONE]
AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of each rule that is kept axe would gather where, and the browser would send it all; only violations are wanted.
ASK_AXE = """async tags => {
    const only = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
    const {violations} = await axe.run(only);
    return violations.flatMap(found => found.nodes.map(node => `${found.id}: ${node.html}`));
}"""
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
WIDTHS = (1280, 390)
_running: list[Browser] = []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run, however many folders of tests ask for it; each test opens windows of its own."""
    from playwright.sync_api import sync_playwright

    if _running:
        yield _running[0]
        return
    path = chromium()
    with sync_playwright() as playwright:
        _running.append(playwright.chromium.launch(executable_path=path, args=FLAGS))
        yield _running[0]
        _running.pop().close()


@pytest.fixture(autouse=True, scope="session")
def _live_server_as_in_production() -> Iterator[None]:
    """WhiteNoise serves the files, as it does outside tests; Django's own handler does not know their hashed names.

    And Playwright runs an event loop in this thread, beside which Django would refuse to be called.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "_should_handle", lambda self, path: False)
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


def window(browser: Browser, live_server: LiveServer, *, width: int = 1280, javascript: bool = True) -> BrowserContext:
    """A window of its own, signed in as nobody. The content policy is set aside so that axe can be put in."""
    return browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 900},
        java_script_enabled=javascript,
        bypass_csp=True,
        reduced_motion="reduce",
    )


def sign_in(context: BrowserContext, client: Client, live_server: LiveServer) -> None:
    """Carry over the session of a test client that has signed in."""
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, in words; empty when it finds nothing."""
    page.add_script_tag(path=AXE)
    return page.evaluate(ASK_AXE, WCAG)


def too_wide(page: Page) -> bool:
    """Whether the page must be scrolled sideways, once its script has fitted the header to the window."""
    from playwright.sync_api import TimeoutError

    try:
        page.wait_for_function(FITS, timeout=3000)
    except TimeoutError:
        return True
    return False
