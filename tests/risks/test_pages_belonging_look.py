"""Positions, links and introductions in a real browser: for everybody, on any screen, with script or without."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from risks import services as risks
from risks.models import Introduction, Involvement, Position, Risk, RiskLink
from tests.browsing import WIDTHS, _live_server_as_in_production, browser, sign_in, too_wide, violations, window  # noqa: F401 - fixtures
from tests.factories import OrganisationFactory
from tests.risks.belonging import hold_the_like

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "Both wait for the same signature, and in both the practice is the last to know"


@dataclass
class Scene:
    lead: Actor
    neighbour: Actor
    icb: Actor
    ours: Risk
    theirs: Risk
    asked: Involvement
    answered: Involvement
    link: RiskLink
    introduction: Introduction


@pytest.fixture
def scene(ladder: Ladder) -> Scene:
    """Every state that a page can show, with more organisations named than fit on cards."""
    now = timezone.now()
    lead, neighbour = ladder.actor(ladder.provider, name="Amina Yusuf"), ladder.actor(ladder.neighbour)
    icb = ladder.actor(ladder.icb)
    far = [OrganisationFactory(name=f"Test Far Hospital {number}", parent=ladder.other_icb) for number in range(10)]
    ours = ladder.risk(lead, now=now - timedelta(days=30), involved=[ladder.neighbour, *far])
    asked = ours.involvements.get(organisation=ladder.neighbour)
    answered = ours.involvements.get(organisation=far[0])
    risks.answer_not_affected(involvement=answered, words="We post none", by=ladder.actor(far[0]), now=now)
    theirs = ladder.risk(neighbour, now=now, title="Doses are changed unseen " + "x" * 60, involved=[ladder.provider])
    old = ladder.risk(neighbour, now=now, title="An old one", involved=[ladder.provider])
    words = {"kind": "CONTRIBUTES_TO", "reason": REASON}
    declined = risks.propose_link(risk=ours, to=old.reference, by=lead, now=now, **words)
    risks.decline_link(link=declined, why="Ours has another cause", by=neighbour, now=now)
    second = ladder.risk(lead, now=now, title="A second one of ours")
    risks.propose_link(risk=ours, to=second.reference, by=lead, now=now, **words)
    link = risks.propose_link(risk=ours, to=theirs.reference, by=lead, now=now, **words)
    hold_the_like(ours)
    introduction = risks.ask_introduction(risk=ours, reason="Who has mended it?", by=lead, now=now)
    return Scene(lead, neighbour, icb, ours, theirs, asked, answered, link, introduction)


def look(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    actor: Actor,
    addresses: list[str],
) -> None:
    client = Client()
    client.force_login(actor.user)
    context = window(browser, live_server)
    sign_in(context, client, live_server)
    page = context.new_page()
    for address in addresses:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            if folder := os.environ.get("LOOK"):
                page.screenshot(path=f"{folder}/{actor.user.pk}{address.replace('/', '-')}{width}.png", full_page=True)
            assert violations(page) == [], address
            assert not too_wide(page), f"{address} is wider than {width} pixels"
    context.close()


def test_every_page_can_be_used_by_everybody_on_any_screen(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    scene: Scene,
) -> None:
    ours, asked, link, introduction = scene.ours.path, scene.asked.path, scene.link.path, scene.introduction.path
    look(
        browser,
        live_server,
        scene.lead,
        [
            ours,
            f"{ours}involve/",
            f"{ours}link/",
            "/involvements/sent/",
            scene.answered.path,
            f"{link}withdraw/",
            introduction,
            "/",
        ],
    )
    look(
        browser,
        live_server,
        scene.neighbour,
        [
            ours,
            "/involvements/",
            asked,
            f"{asked}own-risk/",
            f"{asked}log/",
            f"{asked}not-affected/",
            link,
            f"{link}accept/",
            f"{link}decline/",
        ],
    )
    look(browser, live_server, scene.icb, [f"{introduction}introduce/", f"{introduction}decline/"])


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_question_is_answered_with_script_or_without(
    browser: Browser,  # noqa: F811
    live_server: LiveServer,
    scene: Scene,
    script: bool,
) -> None:
    client = Client()
    client.force_login(scene.neighbour.user)
    context = window(browser, live_server, javascript=script)
    sign_in(context, client, live_server)
    page = context.new_page()
    page.goto(scene.asked.path)
    page.get_by_role("button", name="Pick a risk of ours").click()
    page.get_by_label("Which risk of ours?").fill(scene.theirs.reference)
    page.get_by_label("Ours causes theirs").check()
    page.get_by_role("button", name="Answer with this risk").click()
    page.get_by_text("has your answer").wait_for()
    scene.asked.refresh_from_db()
    assert (scene.asked.position, scene.asked.own_risk) == (Position.OWN_RISK, scene.theirs)
    context.close()
