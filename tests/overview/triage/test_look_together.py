"""Two people at one triage, each in a browser of their own, on a telephone without a script or by keyboard alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from escalations.models import Status
from risks.models import TransferStatus
from tests.browsing import _live_server_as_in_production, browser, sign_in, window  # noqa: F401 - fixtures
from tests.escalations.stage import fresh
from tests.overview.triage.waiting import Waiting, another, asked_for_transfer, breach, everything, key_of
from tests.risks.belonging import involve
from tests.risks.test_pages_belonging_look import look
from tests.visiting import visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT_ONCE = "Do something to all that are ticked"


@pytest.fixture
def waiting(ladder: Ladder) -> Waiting:
    return everything(ladder)


@contextmanager
def at_a_window(browser: Browser, live_server: LiveServer, actor: Actor, **kind: object) -> Iterator[Page]:  # noqa: F811
    context = window(browser, live_server, **kind)  # type: ignore[arg-type]
    sign_in(context, visitor(actor), live_server)
    yield context.new_page()
    context.close()


def unfold(page: Page) -> None:
    """What can be done at once. Enter on a tick box leaves all ticked."""
    from playwright.sync_api import expect

    with page.expect_navigation():
        page.keyboard.press("Enter")
    for box in page.locator('input[name="item"]').all():
        expect(box).to_be_checked()
    page.locator("summary", has_text=AT_ONCE).focus()
    page.keyboard.press("Enter")


def press(page: Page, what: str) -> None:
    """By keyboard alone."""
    page.get_by_role("button", name=what, exact=True).focus()
    page.keyboard.press("Enter")


def test_what_a_colleague_accepts_while_one_writes_is_told_and_the_others_are_accepted(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
) -> None:
    from playwright.sync_api import expect

    other = another(waiting)
    with (
        at_a_window(browser, live_server, waiting.icb, javascript=False) as mine,
        at_a_window(browser, live_server, waiting.colleague, width=390) as theirs,
    ):
        mine.goto("/triage/?kind=ESCALATION")
        for box in mine.locator('input[name="item"]').all():
            box.focus()
            mine.keyboard.press("Space")
        unfold(mine)
        press(mine, "Accept")
        expect(mine.get_by_role("heading", name="Accept: 2 things at once")).to_be_visible()
        theirs.goto(f"/triage/?kind=ESCALATION&do=accept&item={key_of(other)}")
        theirs.get_by_label("What your organisation will do").fill("I ring them today")
        theirs.get_by_role("button", name="Accept", exact=True).click()
        expect(theirs.get_by_text("Done (accept)")).to_be_visible()
        mine.get_by_label("What your organisation will do").fill("We will meet")
        press(mine, "Accept: 2 things at once")
        expect(mine.get_by_text("Grace Colleague of Test Own ICB accepted it on")).to_be_visible()
        expect(mine.get_by_label("What your organisation will do")).to_have_value("We will meet")
        expect(mine.get_by_text(f"Done (accept): {waiting.escalation.risk.reference}")).to_be_visible()
    assert fresh(other).plan == "I ring them today"
    assert (fresh(waiting.escalation).status, fresh(waiting.escalation).plan) == (Status.ACCEPTED, "We will meet")


def test_what_a_colleague_declines_while_one_looks_is_told(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
) -> None:
    from playwright.sync_api import expect

    transfer = asked_for_transfer(waiting)
    with (
        at_a_window(browser, live_server, waiting.icb, width=390) as mine,
        at_a_window(browser, live_server, waiting.colleague, javascript=False) as theirs,
    ):
        for page, name in ((mine, "Take the risk over"), (theirs, "Decline the risk")):
            page.goto("/triage/?kind=TRANSFER")
            page.get_by_role("link", name=name).click()
        theirs.get_by_label("Why you decline it").fill("It is yours")
        press(theirs, "Decline the risk")
        expect(theirs.get_by_text("Done (decline the risk)")).to_be_visible()
        press(mine, "Take the risk over")
        expect(mine.get_by_text("Grace Colleague declined this on")).to_be_visible()
    transfer.refresh_from_db()
    assert transfer.status == TransferStatus.DECLINED


def test_several_questions_and_escalations_are_dealt_with_by_keyboard_on_a_telephone_without_a_script(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
) -> None:
    from playwright.sync_api import expect

    ladder = waiting.stage.ladder
    involve(ladder.risk(waiting.provider, title="Asks as well"), waiting.provider, ladder.icb)
    another(waiting)
    with at_a_window(browser, live_server, waiting.icb, javascript=False, width=390) as page:
        for kind, number, what, typed, done in (
            ("POSITION", 3, "We are not affected", {"Why are we not affected?": "No letters"}, "we are not affected"),
            (
                "ESCALATION",
                2,
                "Escalate on",
                {"Why you escalate it": "Beyond us", "What you ask": "One form"},
                "escalate on",
            ),
        ):
            page.goto(f"/triage/?kind={kind}")
            for box in page.locator('input[name="item"]').all():
                box.focus()
                page.keyboard.press("Space")
            unfold(page)
            press(page, what)
            for label, text in typed.items():
                page.get_by_label(label).focus()
                page.keyboard.type(text)
            press(page, f"{what}: {number} things at once")
            expect(page.get_by_text(f"Done ({done})")).to_be_visible()
    assert fresh(waiting.escalation).status == Status.ESCALATED_ON
    waiting.question.refresh_from_db()
    assert waiting.question.is_not_affected


def test_the_new_forms_and_filters_can_be_used_by_everybody(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
    ladder: Ladder,
) -> None:
    transfer, other = asked_for_transfer(waiting), another(waiting)
    waiting.stage.do("accept", other, by=waiting.colleague)
    both = f"item={key_of(waiting.escalation)}&item={key_of(other)}"
    ours = [
        f"/triage/?do=accept&{both}",
        f"/triage/?do=escalate-on&{both}",
        f"/triage/?do=escalate-on&item={key_of(other)}",
        f"/triage/?do=not-affected&item=position-{waiting.question.pk}",
        *(f"/triage/?kind=TRANSFER&do={verb}-transfer&item=transfer-{transfer.pk}" for verb in ("accept", "decline")),
    ]
    look(browser, live_server, waiting.icb, ours)
    breach(waiting.now)
    below = ["", "?kind=ACKNOWLEDGE&late_for=LONGER", f"?owed_by={ladder.icb.ods_code}", "?theme=1&band=LOW"]
    look(browser, live_server, ladder.actor(ladder.region), [f"/triage/breached/{asked}" for asked in below])


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without"])
def test_what_is_breached_is_narrowed_down_and_the_address_keeps_it(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    waiting: Waiting,
    ladder: Ladder,
    javascript: bool,
) -> None:
    from playwright.sync_api import expect

    breach(waiting.now)
    with at_a_window(browser, live_server, ladder.actor(ladder.region), javascript=javascript, width=390) as page:
        page.goto("/triage/breached/")
        page.get_by_text("Filters", exact=True).click()
        page.get_by_label("Organisation that is late").select_option(label="Test Own ICB")
        page.get_by_label("Acknowledge the escalation").check()
        page.get_by_role("button", name="Apply filters").click()
        expect(page.get_by_text("1 late clock", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Organisation that is late: Test Own ICB")).to_be_visible()
        assert f"owed_by={ladder.icb.ods_code}&kind=ACKNOWLEDGE" in page.url
