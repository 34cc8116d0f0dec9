"""The pages of escalations in a real browser: for everybody, on any screen, from the keyboard, without script."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from escalations.models import Escalation, Status
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, sign_in, too_wide, violations, window  # noqa: F401 - fixtures
from tests.escalations.stage import Stage, fresh
from tests.visiting import visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import Organisation
    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(ladder: Ladder) -> Stage:
    """Five weeks ago, in real time: the browser's requests come now."""
    stage = Stage(ladder, now=timezone.now())
    stage.wait(days=-35)
    return stage


class Theatre:
    """Opens windows for the people on the stage."""

    def __init__(self, browser: Browser, live_server: LiveServer, stage: Stage) -> None:  # noqa: F811
        self.browser, self.live_server, self.stage = browser, live_server, stage

    @contextmanager
    def seat(self, body: Organisation, **window_options: object) -> Iterator[Page]:
        context = window(self.browser, self.live_server, **window_options)
        sign_in(context, visitor(self.stage.lead(body)), self.live_server)
        yield context.new_page()
        context.close()


@pytest.fixture
def theatre(browser: Browser, live_server: LiveServer, stage: Stage) -> Theatre:  # noqa: F811
    return Theatre(browser, live_server, stage)


def busy_chain(stage: Stage) -> Escalation:
    """Two ICBs asked, one region asked by both and gone past once, and an answer from the top to pass on."""
    first = stage.raised()
    stage.do("request_information", first)
    stage.do("give_information", first)
    second = stage.do("escalate_on", first)
    other = stage.raised(first.risk, to=stage.ladder.other_icb, why_this_body="Half of the patients live there")
    stage.do("update", other)
    stage.do("escalate_on", other)
    stage.wait(days=20)
    stage.do("answer", stage.do("bypass", second))
    return fresh(first)


@pytest.mark.slow
def test_every_page_is_open_to_everybody_on_wide_and_narrow_screens(theatre: Theatre, stage: Stage) -> None:
    first = busy_chain(stage)
    above = first.hops_above.get(bypasses=None)
    quick = stage.raised(stage.ladder.risk(stage.lead(stage.ladder.provider), now=stage.now), immediate=True)
    done = stage.raised(stage.ladder.risk(stage.lead(stage.ladder.provider), now=stage.now))
    stage.do("answer", done)
    asking = stage.raised(stage.ladder.risk(stage.lead(stage.ladder.provider), now=stage.now))
    stage.do("request_information", asking)
    answer = first.hops_above.exclude(bypasses=None).get().feedback.get()
    ladder = stage.ladder
    pages = {
        ladder.icb: [
            "/escalations/",
            first.path,
            quick.path,
            *(f"{quick.path}{verb}/" for verb in ("acknowledge", "request-information", "accept", "escalate-on")),
            f"{first.path}update/",
            f"{first.path}reassign/",
            f"{first.path}answer/?pass-on={answer.pk}",
            f"{above.path}bypass/",
        ],
        ladder.provider: [
            "/escalations/sent/",
            "/escalations/",
            first.path,
            quick.path,
            f"/risks/{first.risk.reference}/escalate/",
            f"{asking.path}give-information/",
            f"{done.path}confirm/",
            f"{done.path}dispute/",
            f"{first.path}withdraw/",
        ],
        ladder.region: [above.path, "/escalations/all/", "/deadlines/"],
    }
    found = {}
    for body, paths in pages.items():
        with theatre.seat(body) as page:
            for path in paths:
                page.goto(path)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    problems = violations(page) + (["too wide"] if too_wide(page) else [])
                    found |= {f"{body.name} {path} {width}": problems} if problems else {}
    assert found == {}


def press(page: Page, name: str, role: str = "button") -> None:
    """From the keyboard."""
    page.get_by_role(role, name=name, exact=True).first.press("Enter")


def reads(page: Page, text: str) -> None:
    """Waits until it can be read there."""
    page.get_by_text(text).first.wait_for()


def open_up(page: Page, words: str) -> None:
    page.locator("summary", has_text=words).first.press("Enter")


def test_from_raising_to_closing_without_script_or_mouse(theatre: Theatre, stage: Stage) -> None:
    lead, ladder = stage.lead(stage.ladder.provider), stage.ladder
    risk = ladder.risk(lead, now=stage.now)
    stage.lead(ladder.icb)

    with theatre.seat(ladder.provider, javascript=False) as page:
        page.goto(f"/risks/{risk.reference}/escalate/")
        page.get_by_label("Why you escalate it").fill("We cannot mend this alone")
        page.get_by_label("What you ask them to do").fill("Agree one form for letters")
        open_up(page, "Ask another ICB instead of Test Own ICB")
        expect(page.get_by_label("Why you ask this ICB and not your own")).to_be_visible()
        page.get_by_label("Immediate: harm is imminent").press("Space")
        press(page, "Escalate it")
        reads(page, "Test Own ICB was asked to act at once")

    hop = Escalation.objects.get()
    with theatre.seat(ladder.icb, javascript=False) as page:
        page.goto("/escalations/")
        page.get_by_role("link", name=risk.reference).press("Enter")
        press(page, "Acknowledge")
        press(page, "Acknowledge it")
        press(page, "Answer")
        page.get_by_label("Advice given").press("Space")
        press(page, "Send the answer")
        reads(page, "Enter the answer")
        page.get_by_label("Your answer").fill("Send letters unsigned within the day")
        press(page, "Send the answer")
        reads(page, "The answer has been sent")

    with theatre.seat(ladder.provider, javascript=False) as page:
        page.goto(hop.path)
        reads(page, "Send letters unsigned within the day")
        open_up(page, "How this time is worked out")
        reads(page, "20 working days from")
        press(page, "The answer helps")
        press(page, "It helps: close the escalation")
        reads(page, "The escalation is closed")

    assert fresh(hop).status == Status.CLOSED
