"""Asking the ICB for an introduction, and its answer, as both sides see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from risks import services as risks
from risks.models import Introduction, IntroductionStatus, Risk, RiskLink
from tests.factories import NOW
from tests.risks.belonging import hold_the_like
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


@dataclass
class Scene:
    ladder: Ladder
    lead: Actor
    icb: Actor
    neighbour: Actor
    risk: Risk
    similar: Risk

    def asked(self) -> Introduction:
        return risks.ask_introduction(risk=self.risk, reason="Who has mended it?", by=self.lead, now=NOW)


@pytest.fixture
def scene(ladder: Ladder) -> Scene:
    lead, neighbour = ladder.actor(ladder.provider, name="Amina Yusuf"), ladder.actor(ladder.neighbour)
    risk = ladder.risk(lead, title="Kept within our walls", reach="1")
    similar = ladder.risk(neighbour, title="Doses are changed unseen")
    hold_the_like(risk)
    return Scene(ladder, lead, ladder.actor(ladder.icb), neighbour, risk, similar)


def test_the_page_says_that_the_icb_will_see_the_risk_and_then_it_does(scene: Scene) -> None:
    at = f"{scene.risk.path}introduction/"
    assert visitor(scene.icb).get(scene.risk.path).status_code == 404
    assert "Test Own ICB will see the whole of this risk from now on" in words(visitor(scene.lead).get(at))
    answer = visitor(scene.lead).post(at, {"reason": "Who has mended it?"}, follow=True)
    assert "Test Own ICB has been asked to introduce you to others" in words(answer)
    asked = Introduction.objects.get()
    assert answer.redirect_chain[-1][0] == asked.path
    assert visitor(scene.icb).get(scene.risk.path).status_code == 200
    for actor in (scene.lead, scene.icb):
        page = words(visitor(actor).get(asked.path))
        assert f"{scene.risk.reference} Kept within our walls" in page
        assert "Amina Yusuf, Test Royal Hospital, Tuesday 3 November 2026, 10am Who has mended it?" in page
        assert "Introduce organisations with similar risks, owed by Test Own ICB Due in" in page


def test_nobody_is_asked_twice_and_an_icb_has_nobody_to_ask(scene: Scene) -> None:
    scene.asked()
    again = visitor(scene.lead).get(f"{scene.risk.path}introduction/")
    assert again.status_code == 409
    assert "Test Own ICB was asked on 3 November 2026, and has yet to answer" in words(again)
    own = scene.ladder.risk(scene.icb)
    refused = visitor(scene.icb).get(f"{own.path}introduction/")
    assert refused.status_code == 409
    assert "Only a provider can ask its ICB" in words(refused)


@pytest.mark.parametrize("page", ["", "introduce/", "decline/", "withdraw/"])
def test_who_may_open_each_page(scene: Scene, page: str) -> None:
    ladder, asked = scene.ladder, scene.asked()
    expected = {
        scene.lead: 200 if page in ("", "withdraw/") else 403,
        scene.icb: 403 if page == "withdraw/" else 200,
        ladder.actor(ladder.icb, Role.VIEWER): 403 if page else 200,
        scene.neighbour: 404,
        ladder.actor(ladder.other_icb): 404,
        ladder.actor(ladder.icb, Role.ADMINISTRATOR): 404,
    }
    assert {actor: visitor(actor).get(f"{asked.path}{page}").status_code for actor in expected} == expected


def test_introducing_proposes_links_of_which_each_reads_the_name_and_the_reason(scene: Scene) -> None:
    asked = scene.asked()
    form = visitor(scene.icb).get(f"{asked.path}introduce/").content.decode()
    assert f"{scene.similar.reference} Doses are changed unseen (Test Neighbour Hospital)" in form
    typed = {"to": [scene.similar.reference, "", ""], "kind": "SAME_HAZARD", "reason": "Both wait for a signature"}
    answer = visitor(scene.icb).post(f"{asked.path}introduce/", typed, follow=True)
    assert "The links have been proposed. Each owner has been asked to accept" in words(answer)
    link = RiskLink.objects.get()
    assert f"Test Neighbour Hospital: {scene.similar.reference} Doses are changed unseen" in words(answer)
    theirs = visitor(scene.lead).get(asked.path)
    assert f'href="{link.path}"' in theirs.content.decode()
    assert "Test Neighbour Hospital Waiting for consent" in words(theirs)
    for hidden in (scene.similar.title, scene.similar.reference):
        assert hidden not in theirs.content.decode()
        assert hidden not in visitor(scene.lead).get("/").content.decode()


def test_a_refused_introduction_keeps_what_was_typed(scene: Scene) -> None:
    asked = scene.asked()
    typed = {"to": ["PSR-999999", scene.similar.reference], "kind": "SAME_HAZARD", "reason": "Both wait"}
    answer = visitor(scene.icb).post(f"{asked.path}introduce/", typed)
    assert answer.status_code == 422
    assert "There is no open risk with this reference that you can see" in words(answer)
    assert 'value="PSR-999999"' in answer.content.decode()
    assert "Both wait" in answer.content.decode()
    assert not RiskLink.objects.exists()


def test_declining_says_why_to_whoever_asked(scene: Scene) -> None:
    asked = scene.asked()
    at = f"{asked.path}decline/"
    assert "Enter why you introduce nobody" in words(visitor(scene.icb).post(at, {"why": ""}))
    visitor(scene.icb).post(at, {"why": "Nobody else has logged it yet"})
    assert "Nobody else has logged it yet" in words(visitor(scene.lead).get(asked.path))
    late = visitor(scene.icb).get(at)
    assert late.status_code == 409
    assert "This request was answered: declined on 3 November 2026" in words(late)


def test_a_request_is_taken_back(scene: Scene) -> None:
    asked = scene.asked()
    answer = visitor(scene.lead).post(f"{asked.path}withdraw/", follow=True)
    assert "The request was taken back on 3 November 2026" in words(answer)
    asked.refresh_from_db()
    assert asked.status == IntroductionStatus.WITHDRAWN


def test_the_risks_page_offers_it_once_and_then_shows_the_clock(scene: Scene) -> None:
    offer = "Ask Test Own ICB to introduce us to others"
    assert offer in words(visitor(scene.lead).get(scene.risk.path))
    asked = scene.asked()
    page = visitor(scene.lead).get(scene.risk.path)
    assert offer not in words(page)
    assert f'href="{asked.path}"' in page.content.decode()
    assert "Test Royal Hospital asked Test Own ICB to be introduced to others Due in" in words(page)
