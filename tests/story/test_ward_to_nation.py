"""One risk, from a ward to NHS England and back, by four people in a real browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Level, Organisation, Role
from overview import invariants
from tests.browsing import too_wide, violations, window
from tests.factories import PASSWORD, MembershipFactory, OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

PHONE = {"width": 390, "height": 900}
DESK = {"width": 1280, "height": 900}


@dataclass
class Person:
    """Somebody at a browser. Each page they come to must pass axe and fit a phone."""

    page: Page
    name: str
    looks: bool
    seen: list[str] = field(default_factory=list)

    def sign_in(self, email: str) -> None:
        self.page.goto("/sign-in/")
        self.look()
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def follow(self, link: str) -> None:
        self.page.get_by_role("link", name=link).first.click()
        self.look()

    def go(self, button: str) -> None:
        """Links that look like buttons are announced as buttons by the NHS.UK component."""
        self.page.get_by_role("button", name=button, exact=True).first.click()
        self.look()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def choose(self, question: str, answer: str) -> None:
        self.page.get_by_role("group", name=question).get_by_label(answer).check()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()
        self.look()

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def look(self) -> None:
        self.page.wait_for_load_state()
        expect(self.page.locator("h1")).to_have_count(1)
        self.seen.append(self.page.url)
        if not self.looks:
            return
        assert violations(self.page) == [], self.page.url
        self.page.set_viewport_size(PHONE)
        self.page.wait_for_function("width => window.innerWidth === width", arg=PHONE["width"])
        assert not too_wide(self.page), self.page.url
        self.page.set_viewport_size(DESK)


@pytest.fixture
def ladder_of_london(transactional_db: None) -> dict[str, Organisation]:
    national = OrganisationFactory(ods_code="X24", name="NHS England", level=Level.NATIONAL, kind="NATIONAL")
    region = OrganisationFactory(ods_code="Y56", name="NHS England London", level=Level.REGION, parent=national)
    icb = OrganisationFactory(
        ods_code="QMF", name="NHS North East London Integrated Care Board", level=Level.ICB, parent=region
    )
    trust = OrganisationFactory(ods_code="R1H", name="Barts Health NHS Trust", parent=icb)
    bodies = {"trust": trust, "icb": icb, "region": region, "national": national}
    for level, body in bodies.items():
        user = UserFactory(email=f"{level}@test.example", name=f"Lead Of {level.title()}")
        MembershipFactory(user=user, organisation=body, role=Role.SAFETY_LEAD)
    return bodies


@pytest.mark.browser
@pytest.mark.usefixtures("ladder_of_london")
@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_risk_goes_from_a_ward_to_the_nation_and_its_answer_comes_home(
    browser: Browser,
    live_server: LiveServer,
    javascript: bool,
) -> None:
    def person(level: str) -> Person:
        context = window(browser, live_server, javascript=javascript)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        someone = Person(page, level, looks=javascript)
        someone.sign_in(f"{level}@test.example")
        return someone

    trust, icb, region, national = (person(level) for level in ("trust", "icb", "region", "national"))

    path = log_the_risk(trust)
    escalate_it(trust)
    escalate_on(icb, path, "Barts Health NHS Trust", "Escalate on to NHS England London", acknowledge=True)
    escalate_on(region, path, "NHS North East London Integrated Care Board", "Escalate on to NHS England")
    answer_nationally(national, path)

    trust.open(path)
    trust.sees("Every trust is to send the discharge letter the same day")
    pass_on(region, path, "NHS North East London Integrated Care Board")
    pass_on(icb, path, "Barts Health NHS Trust")
    confirm(trust, path)

    national.open(path)
    national.sees("helps")
    assert invariants.check(timezone.now()) == []


def log_the_risk(trust: Person) -> str:
    trust.follow("Log a risk")
    trust.press("Log this risk")
    trust.sees("Enter a title")
    trust.write("Title", "Changed doses are not known to practices")
    trust.write("Cause", "Discharge letters wait for sign-off")
    trust.write("Event", "A practice does not learn of a changed dose")
    trust.write("Effect", "A patient goes on with the old dose and bleeds")
    trust.choose("How likely is it?", "4 Likely")
    trust.choose("How serious would it be?", "4 Major")
    trust.page.get_by_label("Theme").select_option("6")
    trust.page.get_by_label("Part of care").select_option("9")
    trust.choose("How far does the risk reach?", "A different organisation")
    trust.sees("NHS North East London Integrated Care Board")
    trust.press("Log this risk")
    trust.sees("Changed doses are not known to practices")
    return trust.page.url.split("?")[0]


def escalate_it(trust: Person) -> None:
    trust.go("Escalate to NHS North East London Integrated Care Board")
    trust.write("Why you escalate it", "Every practice in the area is concerned")
    trust.write("What you ask them to do", "Agree one letter with the practices")
    trust.press("Escalate it")
    trust.sees("Raised")


def escalate_on(body: Person, path: str, asking: str, button: str, *, acknowledge: bool = False) -> None:
    open_hop(body, path, asking)
    if acknowledge:
        body.go("Acknowledge")
        body.press("Acknowledge it")
        body.sees("Acknowledged")
    body.go(button)
    body.write("Why you escalate it", "Other areas have it too")
    body.write("What you ask them to do", "Set one standard for discharge letters")
    body.press("Escalate it on")


def open_hop(body: Person, path: str, asking: str) -> None:
    """From the in-tray: what this body was asked."""
    body.open("/escalations/")
    body.sees(asking)
    body.follow("Changed doses are not known to practices")


def answer_nationally(national: Person, path: str) -> None:
    open_hop(national, path, "NHS England London")
    national.go("Answer")
    national.press("Send the answer")
    national.sees("Select the outcome")
    national.choose("What came of it", "Policy or contract changed")
    national.write("Your answer", "Every trust is to send the discharge letter the same day")
    national.press("Send the answer")
    national.sees("Answered")


def pass_on(body: Person, path: str, asking: str) -> None:
    open_hop(body, path, asking)
    body.go("Pass it on")
    assert "the same day" in body.page.get_by_label("Your answer").input_value()
    body.press("Send the answer")
    body.sees("Answered")


def confirm(trust: Person, path: str) -> None:
    trust.open("/escalations/sent/")
    trust.follow("Changed doses are not known to practices")
    trust.go("The answer helps")
    trust.press("It helps: close the escalation")
    trust.sees("Closed")
