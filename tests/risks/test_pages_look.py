"""The pages of the register in a real browser: for everybody, on any screen, with script or without."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from risks import services as risks
from risks.models import Risk, Status
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, sign_in, too_wide, violations, window  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, name="Amina Yusuf")


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def script(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, lead: Actor, script: bool) -> Iterator[Page]:  # noqa: F811
    client = Client()
    client.force_login(lead.user)
    context = window(browser, live_server, javascript=script)
    sign_in(context, client, live_server)
    yield context.new_page()
    context.close()


def written_out(page: Page) -> None:
    """A risk, as somebody types it who has no time, from the keyboard."""
    page.get_by_label("Title").fill("Discharge letters reach practices late")
    page.get_by_label("Cause").fill("Letters wait for sign-off")
    page.get_by_label("Event", exact=True).fill("A practice does not learn of a changed dose")
    page.get_by_label("Effect", exact=True).fill("Patients take the wrong dose")
    page.get_by_label("4 Likely").check()
    page.get_by_label("3 Moderate").check()
    page.get_by_label("Theme").select_option("6")
    page.get_by_label("Part of care").select_option("9")


@pytest.mark.parametrize("script", [True], indirect=True)
def test_every_page_can_be_used_by_everybody_on_any_screen(page: Page, ladder: Ladder, lead: Actor) -> None:
    now = timezone.now()
    risk = ladder.risk(
        lead, now=now - timedelta(days=99), involved=[ladder.neighbour], controls=["A long control " + "x" * 90]
    )
    draft = risks.save_draft(fields={"title": "Begun " + "y" * 90}, by=lead, now=now)
    action = risks.add_action(risk=risk, text="Agree", owner=lead.user, due_on=now.date(), by=lead, now=now)
    at = f"/risks/{risk.reference}"
    for address in (
        "/risks/",
        "/risks/?search=nothing&status=OPEN",
        "/risks/log/",
        f"/risks/{draft.reference}/draft/",
        f"{at}/edit/",
        f"{at}/score/",
        f"{at}/review/",
        f"{at}/control/{risk.controls.get().pk}/end/",
        f"{at}/action/",
        f"{at}/action/{action.pk}/complete/",
        f"{at}/close/",
        f"{at}/involve/",
        f"{at}/transfer/",
    ):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            assert violations(page) == [], address
            assert not too_wide(page), f"{address} is wider than {width} pixels"


def test_a_risk_is_logged_with_script_or_without(page: Page, ladder: Ladder, script: bool) -> None:
    page.goto("/risks/log/")
    written_out(page)
    page.get_by_label("My organisation", exact=True).check()
    page.locator("input[name=involved]").first.fill(ladder.neighbour.ods_code)
    page.locator("input[name=controls]").first.fill("The pharmacist rings")
    if script:
        page.get_by_role("button", name="Add another").last.click()
        page.keyboard.type("A nurse rings")
    else:
        page.locator("input[name=controls]").nth(2).fill("A nurse rings")
    page.get_by_role("button", name="Log this risk").click()
    page.wait_for_url("**/risks/PSR-*/**")
    risk = Risk.objects.get()
    assert page.url.endswith(f"/risks/{risk.reference}/")
    assert (risk.status, risk.score, risk.controls.count()) == (Status.OPEN, 12, 2)
    assert risk.involvements.get().organisation == ladder.neighbour


@pytest.mark.parametrize("script", [True], indirect=True)
def test_the_form_says_who_will_see_it_as_it_is_written(page: Page, ladder: Ladder) -> None:
    crosses = f"As written now, this risk crosses a boundary: {ladder.icb.name} will see it."
    stays = f"As written now, this risk stays within {ladder.provider.name}."
    page.goto("/risks/log/")
    said = page.locator("[data-boundary]")
    expect(said).to_have_text("")
    page.get_by_label("My organisation", exact=True).check()
    expect(said).to_have_text(stays)
    page.get_by_label("The risk is widespread").check()
    expect(said).to_have_text(crosses)
    page.get_by_label("My organisation", exact=True).check()
    page.get_by_label("Bodies that are not in the list").fill("Elm Road Surgery")
    expect(said).to_have_text(crosses)
    page.get_by_label("Bodies that are not in the list").fill(" ")
    expect(said).to_have_text(stays)
    page.locator("input[name=involved]").first.fill("T")
    expect(said).to_have_text(crosses)


def test_a_refused_form_keeps_every_word_with_script_or_without(page: Page) -> None:
    page.goto("/risks/log/")
    written_out(page)
    page.get_by_label("Cause").fill("Ring 0191 498 0123")
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_label("I have checked").check()
    assert page.get_by_label("Cause").input_value() == "Ring 0191 498 0123"
    assert page.get_by_label("4 Likely").is_checked()
    assert page.get_by_label("Theme").input_value() == "6"
    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_url("**/risks/PSR-*/**")
    assert Risk.objects.get().status == Status.DRAFT


@pytest.mark.parametrize("script", [False], indirect=True)
def test_more_boxes_without_a_script(page: Page) -> None:
    page.goto("/risks/log/")
    for number in range(3):
        page.locator("input[name=controls]").nth(number).fill(f"Control {number}")
    page.get_by_role("button", name="More boxes").click()
    expect(page.locator("input[name=controls]")).to_have_count(6)
    assert page.locator("input[name=controls]").nth(2).input_value() == "Control 2"
