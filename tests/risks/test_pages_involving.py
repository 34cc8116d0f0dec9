"""Naming organisations, their questions and answers, as both sides see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Level, Role
from risks import services as risks
from risks.models import Involvement, LinkStatus, Position, Risk, RiskLink, Status
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
DEFAULT = "Do you hold this risk too, or are you not affected by it?"
WORDS = ("Letters wait for sign-off", "Patients take the wrong dose", "Discharge letters reach practices late")


@dataclass
class Scene:
    ladder: Ladder
    lead: Actor
    neighbour: Actor
    risk: Risk
    asked: Involvement

    def get(self, page: str = "", actor: Actor | None = None) -> HttpResponse:
        return visitor(actor or self.neighbour).get(f"{self.asked.path}{page}")

    def post(self, page: str, actor: Actor | None = None, **typed: Any) -> HttpResponse:
        return visitor(actor or self.neighbour).post(f"{self.asked.path}{page}", typed)

    def own(self, **fields: Any) -> Risk:
        return self.ladder.risk(self.neighbour, title="Doses are changed unseen", reach="1", **fields)


@pytest.fixture
def scene(ladder: Ladder) -> Scene:
    lead = ladder.actor(ladder.provider, name="Amina Yusuf")
    neighbour = ladder.actor(ladder.neighbour, name="Farah Siddiqui")
    risk = ladder.risk(lead, involved=[ladder.neighbour])
    return Scene(ladder, lead, neighbour, risk, risk.involvements.get())


def sees(actor: Actor, risk: Risk) -> bool:
    return Risk.objects.visible_to(actor).filter(pk=risk.pk).exists()


# Naming


def test_each_organisation_named_is_asked_and_the_page_says_by_when_it_answers(scene: Scene) -> None:
    far = OrganisationFactory(name="Far Hospital", ods_code="FAR1", parent=scene.ladder.other_icb)
    client = visitor(scene.lead)
    page = f"{scene.risk.path}involve/"
    assert DEFAULT in client.get(page).content.decode()
    answer = client.post(page, {"involved": ["FAR1"], "question": "Do your letters wait too?"}, follow=True)
    said = "Far Hospital can see this risk from now on and must answer by Tuesday 17 November 2026, 10am"
    assert said in words(answer)
    assert scene.risk.involvements.get(organisation=far).question == "Do your letters wait too?"


def test_a_question_that_may_identify_a_patient_is_kept_and_asked_about(scene: Scene) -> None:
    OrganisationFactory(name="Far Hospital", ods_code="FAR1", parent=scene.ladder.other_icb)
    typed = {"involved": ["FAR1"], "question": "Ring 0191 498 0123"}
    answer = visitor(scene.lead).post(f"{scene.risk.path}involve/", typed)
    assert answer.status_code == 409
    assert "Ring 0191 498 0123" in answer.content.decode()
    assert "Check that this identifies no patient" in words(answer)
    typed["personal_data_checked"] = "on"
    assert visitor(scene.lead).post(f"{scene.risk.path}involve/", typed).status_code == 303


def test_an_icb_asks_all_its_providers_in_one_step(scene: Scene) -> None:
    ladder, icb = scene.ladder, scene.ladder.actor(scene.ladder.icb)
    system_risk = ladder.risk(icb, involved=[ladder.neighbour])
    page = visitor(icb).get(f"{system_risk.path}involve/")
    assert "All 2 open providers of Test Own ICB (those named already are left out)" in words(page)
    typed = {"all_providers_of": "on", "question": "Do you hold it too?"}
    answer = visitor(icb).post(f"{system_risk.path}involve/", typed, follow=True)
    assert "Test Royal Hospital can see this risk from now on and must answer by" in words(answer)
    assert {part.organisation for part in system_risk.involvements.all()} == {ladder.provider, ladder.neighbour}
    again = visitor(icb).post(f"{system_risk.path}involve/", typed)
    assert again.status_code == 422
    assert "All of them are named on this risk already" in words(again)


def test_a_region_chooses_among_the_icbs_below_it(scene: Scene) -> None:
    ladder, region = scene.ladder, scene.ladder.actor(scene.ladder.region)
    elsewhere = OrganisationFactory(name="Far Region", level=Level.REGION, kind="REGION", parent=ladder.national)
    foreign = OrganisationFactory(name="Far ICB", level=Level.ICB, kind="ICB", parent=elsewhere)
    risk = ladder.risk(region)
    page = visitor(region).get(f"{risk.path}involve/")
    assert "Test Own ICB (2 open providers) Test Other ICB (no open providers)" in words(page) or (
        "Test Other ICB (no open providers) Test Own ICB (2 open providers)" in words(page)
    )
    assert "Far ICB (" not in words(page)
    refused = visitor(region).post(f"{risk.path}involve/", {"all_providers_of": str(foreign.pk)})
    assert refused.status_code == 422
    visitor(region).post(f"{risk.path}involve/", {"all_providers_of": str(ladder.icb.pk)})
    assert {part.organisation for part in risk.involvements.all()} == {ladder.provider, ladder.neighbour}


def test_a_provider_is_not_offered_to_ask_all(scene: Scene) -> None:
    assert "open providers" not in words(visitor(scene.lead).get(f"{scene.risk.path}involve/"))


def test_one_that_has_answered_is_asked_again_with_a_new_question(scene: Scene) -> None:
    risks.answer_not_affected(involvement=scene.asked, words="We post none", by=scene.neighbour, now=NOW)
    again = f"{scene.risk.path}involve/?organisation={scene.ladder.neighbour.ods_code}"
    assert again in visitor(scene.lead).get(scene.risk.path).content.decode()
    box = visitor(scene.lead).get(again).content.decode()
    assert f'value="Test Neighbour Hospital ({scene.ladder.neighbour.ods_code})"' in box
    visitor(scene.lead).post(again, {"involved": [scene.ladder.neighbour.ods_code], "question": "And now?"})
    scene.asked.refresh_from_db()
    assert (scene.asked.question, scene.asked.position) == ("And now?", "")
    assert "Due in 10 working days" in words(scene.get())


# The exchange


def test_both_sides_read_the_question_and_its_clock(scene: Scene) -> None:
    for actor in (scene.lead, scene.neighbour, scene.ladder.actor(scene.ladder.icb)):
        page = words(scene.get(actor=actor))
        assert f"Test Royal Hospital, Tuesday 3 November 2026, 10am {DEFAULT}" in page
        assert "Due in 10 working days, by Tuesday 17 November 2026, 10am" in page
        assert scene.risk.title in page


@pytest.mark.parametrize("page", ["", "own-risk/", "log/", "not-affected/"])
def test_who_may_open_each_page(scene: Scene, page: str) -> None:
    ladder = scene.ladder
    expected = {
        ladder.actor(ladder.neighbour): 200,
        ladder.actor(ladder.neighbour, Role.REPORTER): 403 if page else 200,
        ladder.actor(ladder.neighbour, Role.ADMINISTRATOR): 404,
        ladder.actor(ladder.provider): 403 if page else 200,
        ladder.actor(ladder.icb): 403 if page else 200,
        ladder.actor(ladder.other_icb): 404,
        ladder.actor(ladder.national): 404,
    }
    assert {actor: scene.get(page, actor).status_code for actor in expected} == expected


def test_what_a_draft_will_ask_is_no_exchange_yet(scene: Scene) -> None:
    draft = risks.save_draft(fields={"title": "Begun", "involved": [scene.ladder.neighbour]}, by=scene.lead, now=NOW)
    scene.asked = draft.involvements.get()
    assert scene.get(actor=scene.lead).status_code == scene.get().status_code == 404


def test_the_answers_are_offered_to_those_who_may_give_one(scene: Scene) -> None:
    offered = scene.get().content.decode()
    for page in ("own-risk/", "log/", "not-affected/"):
        assert f'href="{scene.asked.path}{page}"' in offered
        for actor in (scene.lead, scene.ladder.actor(scene.ladder.neighbour, Role.VIEWER)):
            assert f"{scene.asked.path}{page}" not in scene.get(actor=actor).content.decode()


def test_a_risk_of_ours_is_picked_by_the_words_it_was_suggested_with(scene: Scene) -> None:
    own, other = scene.own(), scene.ladder.risk(scene.neighbour, title="Older", now=NOW - timedelta(days=3))
    page = scene.get("own-risk/").content.decode()
    label = f"{own.reference} Doses are changed unseen (Test Neighbour Hospital)"
    assert page.index(label) < page.index(f"{other.reference} Older")
    assert scene.risk.reference not in page.split("<datalist")[1].split("</datalist>")[0]
    assert "Test Royal Hospital sees the title, cause, event, effect, scores and controls" in words(
        scene.get("own-risk/")
    )
    answer = scene.post("own-risk/", own_risk=label, kind="SAME_HAZARD")
    assert (answer.status_code, answer["Location"]) == (303, scene.asked.path)
    link = RiskLink.objects.get()
    assert (link.from_risk, link.to_risk, link.kind, link.status) == (
        own,
        scene.risk,
        "SAME_HAZARD",
        LinkStatus.ACCEPTED,
    )
    for actor in (scene.lead, scene.neighbour):
        assert f"{own.reference} Doses are changed unseen" in words(scene.get(actor=actor))
    assert "Done in time" in words(scene.get())


def test_a_bare_number_is_a_reference_too_and_what_is_none_of_ours_is_refused(scene: Scene) -> None:
    own = scene.own()
    for typed in ("", "PSR-999999", scene.risk.reference, "letters"):
        refused = scene.post("own-risk/", own_risk=typed, kind="SAME_HAZARD")
        assert refused.status_code == 422
        assert "Enter the reference of an open risk of your own" in words(refused)
    assert scene.post("own-risk/", own_risk=own.reference[4:].lstrip("0"), kind="CAUSES").status_code == 303


def test_an_icb_that_does_not_see_the_own_risk_learns_only_that_there_is_one(scene: Scene) -> None:
    own = scene.own()
    risks.answer_with_own_risk(involvement=scene.asked, own_risk=own.reference, by=scene.neighbour, now=NOW)
    icb = scene.ladder.actor(scene.ladder.icb)
    assert not sees(icb, own)
    for page in (scene.get(actor=icb), visitor(icb).get(scene.risk.path)):
        assert "a risk of its own" in words(page).lower()
        assert own.reference not in page.content.decode()
        assert own.title not in page.content.decode()


def test_a_risk_of_ours_is_logged_and_answers_in_one_step(scene: Scene) -> None:
    page = scene.get("log/")
    assert "What their risk says Discharge letters reach practices late" in words(page)
    assert 'name="title" type="text" value=""' in page.content.decode(), "nothing is copied from theirs"
    typed = {**FIELDS, "title": "Ours", "kind": "CONTRIBUTES_TO", "save": "log"}
    answer = scene.post("log/", **typed)
    assert (answer.status_code, answer["Location"]) == (303, scene.asked.path)
    own = Risk.objects.get(title="Ours")
    scene.asked.refresh_from_db()
    assert (own.status, scene.asked.own_risk) == (Status.OPEN, own)
    assert RiskLink.objects.get().kind == "CONTRIBUTES_TO"


def test_a_refused_form_keeps_what_was_typed_and_answers_nothing(scene: Scene) -> None:
    answer = scene.post("log/", title="Ours", cause="They wait", kind="CAUSES", save="log")
    assert answer.status_code == 422
    assert "They wait" in answer.content.decode()
    assert 'value="CAUSES" checked' in answer.content.decode().replace("\n", " ")
    scene.asked.refresh_from_db()
    assert not scene.asked.is_answered
    assert not Risk.objects.filter(title="Ours").exists()


def test_a_draft_can_be_kept_and_the_question_stays_open(scene: Scene) -> None:
    answer = visitor(scene.neighbour).post(f"{scene.asked.path}log/", {"title": "Ours", "save": "draft"}, follow=True)
    assert "The question of Test Royal Hospital is still open" in words(answer)
    scene.asked.refresh_from_db()
    assert not scene.asked.is_answered
    assert not sees(scene.lead, Risk.objects.get(title="Ours"))


def test_whoever_is_not_affected_keeps_the_exchange_and_no_word_of_the_risk(scene: Scene) -> None:
    assert "no longer sees the risk" in words(scene.get("not-affected/"))
    refused = scene.post("not-affected/", words=" ")
    assert refused.status_code == 422
    assert "Enter why you are not affected" in words(refused)
    answer = visitor(scene.neighbour).post(f"{scene.asked.path}not-affected/", {"words": "We post none"}, follow=True)
    page = words(answer)
    assert "Not affected Farah Siddiqui, Test Neighbour Hospital" in page
    assert f"{DEFAULT}" in page
    assert "We post none" in page
    assert not sees(scene.neighbour, scene.risk)
    for path in (scene.asked.path, "/involvements/", "/"):
        shown = visitor(scene.neighbour).get(path).content.decode()
        assert not any(hidden in shown for hidden in WORDS)
    assert "We post none" in words(visitor(scene.lead).get(scene.risk.path))


@pytest.mark.parametrize("page", ["own-risk/", "log/", "not-affected/"])
def test_what_is_answered_is_not_answered_again(scene: Scene, page: str) -> None:
    risks.answer_not_affected(involvement=scene.asked, words="We post none", by=scene.neighbour, now=NOW)
    answer = scene.get(page)
    assert answer.status_code == 409
    assert "This was answered by Farah Siddiqui on 3 November 2026" in words(answer)
    assert not any(hidden in answer.content.decode() for hidden in WORDS)


def test_on_a_risk_that_is_read_in_part_stands_its_own_question_with_the_answers(scene: Scene) -> None:
    page = visitor(scene.neighbour).get(scene.risk.path)
    assert f"Your position Test Royal Hospital asks, Tuesday 3 November 2026, 10am {DEFAULT}" in words(page)
    assert "Pick a risk of ours Log a risk of ours We are not affected" in words(page)


# Progress on the risk's page


def test_the_page_of_the_risk_counts_the_answers_and_puts_the_late_ones_first(scene: Scene) -> None:
    early = NOW - timedelta(days=30)
    bodies = [OrganisationFactory(name=f"Body {number:02}", parent=scene.ladder.other_icb) for number in range(12)]
    risk = scene.ladder.risk(scene.lead, now=early, involved=bodies[:11])
    risks.involve(risk=risk, organisations=[bodies[11]], by=scene.lead, now=NOW)
    asked = {part.organisation: part for part in risk.involvements.all()}
    for body in bodies[:2]:
        risks.answer_not_affected(involvement=asked[body], words="Not here", by=scene.ladder.actor(body), now=early)
    actor = scene.ladder.actor(bodies[2])
    own = scene.ladder.risk(actor, title="Their own", now=early)
    risks.answer_with_own_risk(involvement=asked[bodies[2]], own_risk=own.reference, by=actor, now=early)
    page = words(visitor(scene.lead).get(risk.path)).partition("Organisations named")[2]
    assert "3 of 12 have answered: 1 has a risk of its own and 2 are not affected; 8 are late." in page
    order = [page.index(f"Body {number:02}") for number in (3, 10, 11, 0, 2)]
    assert order == sorted(order)
    assert f"{own.reference} Their own" in page


# The two lists


def listed(actor: Actor, query: str = "", *, sent: bool = False) -> str:
    return words(visitor(actor).get(f"/involvements/{'sent/' if sent else ''}{query}"))


def test_the_same_question_stands_in_both_lists_with_its_clock(scene: Scene) -> None:
    row = (
        f"about {scene.risk.reference} Discharge letters reach practices late Asked on 3 November 2026 "
        "Due in 10 working days, by Tuesday 17 November 2026, 10am"
    )
    assert f"Test Royal Hospital {row}" in listed(scene.neighbour)
    assert f"Test Neighbour Hospital {row}" in listed(scene.lead, sent=True)
    assert "Asked of us (1 waiting) Asked by us (0 waiting)" in listed(scene.neighbour)


def test_the_lists_say_so_when_there_is_nothing(scene: Scene) -> None:
    assert "No other organisation has named Test Royal Hospital on a risk." in listed(scene.lead)
    assert "Test Neighbour Hospital has named no other organisation" in listed(scene.neighbour, sent=True)
    assert "No questions match" in listed(scene.neighbour, "?answered=true")


def test_the_lists_are_narrowed_by_answer_clock_organisation_and_reference(scene: Scene) -> None:
    late = scene.ladder.risk(scene.lead, now=NOW - timedelta(days=30), involved=[scene.ladder.neighbour])
    third = scene.ladder.risk(scene.ladder.actor(scene.ladder.icb), involved=[scene.ladder.neighbour])
    risks.answer_not_affected(involvement=third.involvements.get(), words="Not here", by=scene.neighbour, now=NOW)
    for query, expected in {
        "?overdue=true": {late},
        "?answered=true": {third},
        "?answered=false": {late, scene.risk},
        "?search=own+icb": {third},
        f"?search={late.reference.lower()}": {late},
        "?search=discharge": set(),
    }.items():
        page = listed(scene.neighbour, query)
        found = {risk for risk in (scene.risk, late, third) if risk.reference in page}
        assert found == expected, query
    page = listed(scene.neighbour)
    assert page.index(late.reference) < page.index(scene.risk.reference) < page.index(third.reference)


def test_an_administrator_has_no_lists_and_everybody_else_their_own(scene: Scene) -> None:
    for path in ("/involvements/", "/involvements/sent/"):
        admin = scene.ladder.actor(scene.ladder.neighbour, Role.ADMINISTRATOR)
        assert visitor(admin).get(path).status_code == 403
        for body in (scene.ladder.icb, scene.ladder.other_icb, scene.ladder.national):
            assert scene.risk.reference not in words(visitor(scene.ladder.actor(body)).get(path))


@pytest.mark.parametrize("sent", [False, True])
def test_a_list_of_25_asks_the_database_no_more_than_a_list_of_1(
    scene: Scene, sent: bool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = "/involvements/sent/" if sent else "/involvements/"
    reader = visitor(scene.lead if sent else scene.neighbour)
    own = scene.own()
    risks.answer_with_own_risk(involvement=scene.asked, own_risk=own.reference, by=scene.neighbour, now=NOW)
    reader.get(path)
    with CaptureQueriesContext(connection) as for_one:
        reader.get(path)
    for number in range(24):
        scene.ladder.risk(scene.lead, title=f"Another {number}", involved=[scene.ladder.neighbour])
    with django_assert_num_queries(len(for_one)):
        assert words(reader.get(path)).count("Asked on") == 25


def test_the_position_stays_the_same_whoever_looks(scene: Scene) -> None:
    risks.answer_not_affected(involvement=scene.asked, words="We post none", by=scene.neighbour, now=NOW)
    scene.asked.refresh_from_db()
    assert scene.asked.position == Position.NOT_AFFECTED
    for actor in (scene.lead, scene.neighbour):
        assert "We post none" in words(scene.get(actor=actor))
