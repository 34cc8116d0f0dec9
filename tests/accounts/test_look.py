"""The pages of accounts, people, notifications and standards in a real browser: no barrier, on any screen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts import services
from accounts.models import Role
from accounts.tokens import token_for
from deadlines.models import ResponseStandard
from deadlines.standards import ensure_defaults
from notifications.models import Kind
from notifications.services import notify
from tests import clients
from tests import ladder as ladder_module
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, sign_in, too_wide, violations, window  # noqa: F401
from tests.factories import PASSWORD, MembershipFactory
from tests.visiting import visitor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ladder(transactional_db: None) -> Ladder:
    ensure_defaults()
    return ladder_module.build()


def look(browser: Browser, live_server: LiveServer, actor: Actor | None, addresses: Iterable[str]) -> None:  # noqa: F811
    """Every address, on every screen: nothing that axe finds, and nothing wider than the screen."""
    for width in WIDTHS:
        context = window(browser, live_server, width=width)
        if actor:
            sign_in(context, visitor(actor), live_server)
        page = context.new_page()
        for address in addresses:
            page.goto(address)
            assert violations(page) == [], address
            assert not too_wide(page), f"{address} is wider than {width} pixels"
        context.close()


def test_pages_for_those_who_are_not_signed_in(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    ladder: Ladder,
) -> None:
    admin = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    invitation = services.invite(email="noor@trust.example", role=Role.VIEWER, by=admin, now=timezone.now())
    addresses = [
        "/sign-in/",
        "/password/forgotten/",
        "/password/forgotten/sent/",
        "/password/choose/a/b/",
        f"/invitation/{token_for(invitation)}/",
    ]
    look(browser, live_server, None, addresses)
    services.withdraw_invitation(invitation=invitation, by=admin, now=timezone.now())
    look(browser, live_server, None, addresses[-1:])


def test_pages_of_a_safety_lead(browser: Browser, live_server: LiveServer, ladder: Ladder) -> None:  # noqa: F811
    lead = ladder.actor(ladder.national)
    MembershipFactory(user=lead.user, organisation=ladder.icb, role=Role.VIEWER)
    for kind in Kind:
        given = {"message": f"PSR-000101: {kind.label}", "reason": "You own this risk", "path": "/", "key": kind}
        notify(organisation=ladder.national, recipients=[lead.user], kind=kind, now=timezone.now(), **given)
    standard = ResponseStandard.objects.get(urgency="HIGH", kind="DECIDE")
    addresses = [
        "/acting/",
        "/password/",
        "/organisation/",
        "/notifications/",
        "/standards/",
        f"/standards/{standard.pk}/",
        "/standards/bank-holidays/add/",
    ]
    look(browser, live_server, lead, addresses)


def test_pages_of_an_administrator(browser: Browser, live_server: LiveServer, ladder: Ladder) -> None:  # noqa: F811
    admin, leaver = ladder.actor(ladder.provider, Role.ADMINISTRATOR), ladder.actor(ladder.provider)
    ladder.actor(ladder.provider)
    ladder.risk(leaver)
    invitation = services.invite(email="noor@trust.example", role=Role.VIEWER, by=admin, now=timezone.now())
    person = f"/people/{leaver.membership.pk}/"
    feed = clients.add_system(by=admin, responsible=leaver.user, now=timezone.now()).get_token()
    feed.get("risks/")
    feed.ask("GET", f"/api/v1/escalations/{leaver.user.pk}/request-information/")
    addresses = [
        "/people/",
        "/people/invite/",
        f"/people/invitations/{invitation.pk}/withdraw/",
        person,
        f"{person}role/",
        f"{person}end/",
        f"{person}deactivate/",
        "/notifications/",
        "/clients/",
        "/clients/add/",
        *(f"/clients/{feed.client.pk}/{verb}" for verb in ("", "change/", "secret/", "revoke/", "requests/")),
    ]
    look(browser, live_server, admin, addresses)


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_signs_in_and_switches_with_the_keyboard_alone(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    ladder: Ladder,
    *,
    javascript: bool,
) -> None:
    lead = ladder.actor(ladder.provider, email="lead@trust.example")
    later = lead.membership.started_at + timedelta(days=1)
    MembershipFactory(user=lead.user, organisation=ladder.icb, role=Role.VIEWER, started_at=later)
    context = window(browser, live_server, javascript=javascript)
    page = context.new_page()
    page.goto("/sign-in/?next=/acting/")
    tab_to(page, "email")
    page.keyboard.type("lead@trust.example")
    tab_to(page, "password")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".nhsuk-error-summary")
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Who you act for")
    tab_to(page, "membership")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=You now act for Test Own ICB (viewer)")
    context.close()


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the field is reached, as somebody without a mouse does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == wanted:
            return
    raise AssertionError(f"The field {wanted} cannot be reached with the keyboard")
