"""Logging a risk, going on with a draft and changing what a risk says, as people do it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from accounts.models import Level, Role
from risks import services as risks
from risks.models import Risk, Status
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def reporter(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.REPORTER, name="Ben Carter")


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, name="Amina Yusuf")


def log(actor: Actor, save: str = "log", address: str = "/risks/log/", **typed: Any) -> HttpResponse:
    return visitor(actor).post(address, {**FIELDS, "save": save, **typed})


def messages(actor: Actor, response: HttpResponse) -> str:
    """What the next page says of it."""
    client = visitor(actor)
    client.cookies.update(response.cookies)
    return words(client.get("/risks/"))


def shown_value(response: HttpResponse, name: str) -> str:
    """What stands in a box of the form."""
    page = response.content.decode()
    box = re.search(rf'<(input|textarea)[^>]*name="{name}"[^>]*>([^<]*)', page)
    return box[2] if box[1] == "textarea" else re.search(r'value="([^"]*)"', box[0])[1]


def test_a_risk_is_logged(ladder: Ladder, reporter: Actor) -> None:
    answer = log(
        reporter,
        involved=["", f"{ladder.neighbour.name} ({ladder.neighbour.ods_code})", ""],
        controls=["The pharmacist rings", "", ""],
        population="Adults on warfarin",
    )
    risk = Risk.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/risks/{risk.reference}/")
    assert (risk.status, risk.owner, risk.score, risk.population) == (
        Status.OPEN,
        reporter.user,
        16,
        "Adults on warfarin",
    )
    assert [part.organisation for part in risk.involvements.all()] == [ladder.neighbour]
    assert [control.text for control in risk.controls.all()] == ["The pharmacist rings"]
    said = messages(reporter, answer)
    assert f"{risk.reference} has been logged. {ladder.neighbour.name} and {ladder.icb.name} can see it too" in said


def test_a_risk_within_the_organisation_is_said_to_be_seen_by_nobody_else(reporter: Actor) -> None:
    said = messages(reporter, log(reporter, reach="1"))
    assert "has been logged" in said
    assert "can see it too" not in said


def test_the_form_says_before_saving_when_the_icb_will_see_it(ladder: Ladder, reporter: Actor) -> None:
    said = words(visitor(reporter).get("/risks/log/"))
    assert (
        f"Once you log it, your ICB, {ladder.icb.name}, will see this risk if it crosses a boundary. "
        "It crosses a boundary if: you name another organisation or body, or "
        f"it reaches beyond {ladder.provider.name}, or you do not know how far it reaches."
    ) in said
    assert f"A draft is seen by nobody outside {ladder.provider.name}" in said


@pytest.mark.parametrize("level", [Level.ICB, Level.REGION, Level.NATIONAL])
def test_bodies_above_are_told_of_no_icb_of_theirs(ladder: Ladder, level: Level) -> None:
    body = {Level.ICB: ladder.icb, Level.REGION: ladder.region, Level.NATIONAL: ladder.national}[level]
    said = words(visitor(ladder.actor(body)).get("/risks/log/"))
    assert "your ICB" not in said
    assert "Each organisation that is named on it will see it too" in said


def test_every_choice_of_the_matrix_is_described(reporter: Actor) -> None:
    said = words(visitor(reporter).get("/risks/log/"))
    assert "4 Likely Will probably happen, but is not there all the time; about once a week" in said
    assert "5 Catastrophic Death, several permanent injuries" in said


def test_a_refused_form_says_everything_at_once_beside_each_field_and_keeps_what_was_typed(reporter: Actor) -> None:
    answer = log(reporter, title="", cause="", theme="", likelihood="", event="A dose is missed", controls=["Ring", ""])
    assert answer.status_code == 422
    said = words(answer)
    for message in ("Enter a title", "Enter the cause", "Select a theme", "Select how likely it is"):
        assert said.count(message) == 2, message  # in the summary and beside the field
    assert shown_value(answer, "event") == "A dose is missed"
    assert 'value="Ring"' in answer.content.decode()
    assert not Risk.objects.exists()


def test_a_title_is_enough_for_a_draft(ladder: Ladder, reporter: Actor) -> None:
    answer = visitor(reporter).post("/risks/log/", {"title": "Begun", "likelihood": "4", "save": "draft"})
    draft = Risk.objects.get()
    assert (draft.status, draft.title, draft.likelihood, draft.owner) == (Status.DRAFT, "Begun", 4, reporter.user)
    assert f"{draft.reference} has been saved as a draft. Only {ladder.provider.name} can see it" in messages(
        reporter, answer
    )


def test_an_nhs_number_is_refused_pointing_at_it(reporter: Actor) -> None:
    answer = log(reporter, effect="Mrs P (943 476 5919) bled", personal_data_checked="on")
    assert answer.status_code == 422
    assert "This looks like an NHS number (943 476 5919)" in words(answer)
    assert 'href="#id_effect"' in answer.content.decode()
    assert shown_value(answer, "effect") == "Mrs P (943 476 5919) bled"
    assert not Risk.objects.exists()


def test_what_may_identify_a_patient_is_asked_about_and_logged_once_checked(reporter: Actor) -> None:
    typed = {"cause": "The fax 0191 498 0123 is unattended", "controls": ["Post to NE1 4LP"]}
    asked = log(reporter, **typed)
    assert asked.status_code == 409
    said = words(asked)
    assert "This may be a phone number: 0191 498 0123" in said
    assert "This may be a postcode: NE1 4LP" in said
    assert "I have checked: this does not identify a patient" in said
    assert not Risk.objects.exists()
    assert log(reporter, **typed, personal_data_checked="on").status_code == 303
    assert Risk.objects.get().cause == typed["cause"]


def test_organisations_that_cannot_be_named_say_why(ladder: Ladder, reporter: Actor) -> None:
    OrganisationFactory(name="Old Trust", ods_code="OLD1", parent=ladder.icb, closed_on=NOW.date())
    for typed, said in (
        ("OLD1", "Old Trust has closed and cannot be involved"),
        ("Nowhere Hospital", "We could not find “Nowhere Hospital”"),
        (ladder.provider.ods_code, "the risk is already your own"),
    ):
        answer = log(reporter, involved=[typed])
        assert answer.status_code == 422
        assert said in words(answer)
    assert "Old Trust" not in visitor(reporter).get("/risks/log/").content.decode()
    assert not Risk.objects.exists()


def test_an_owner_who_cannot_hold_it_gets_the_same_answer_as_one_who_does_not_exist(
    ladder: Ladder, reporter: Actor, lead: Actor
) -> None:
    stranger = ladder.actor(ladder.neighbour, name="Sam Stranger").user
    answers = [log(reporter, owner=owner) for owner in (stranger.pk, uuid4(), "nobody")]
    assert {answer.status_code for answer in answers} == {422}
    assert len({words(answer) for answer in answers}) == 1
    assert "Choose somebody who works for your organisation" in words(answers[0])
    assert "Sam Stranger" not in words(answers[0])
    assert log(reporter, owner=lead.user.pk).status_code == 303
    assert Risk.objects.get().owner == lead.user


def test_what_the_database_cannot_hold_is_refused_beside_its_box(reporter: Actor) -> None:
    answer = log(reporter, save="draft", controls=["The pharmacist\0rings"])
    assert answer.status_code == 422
    assert "Null characters are not allowed" in words(answer)


def test_more_boxes_come_without_a_script_and_nothing_is_lost_or_saved(reporter: Actor) -> None:
    typed = {"controls": ["One", "Two", "Three"], "title": "", "likelihood": "4", "more": "boxes"}
    answer = log(reporter, **typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "There is a problem" not in page
    assert page.count('name="controls"') == 6
    assert 'value="Three"' in page
    assert re.search(r'name="likelihood"[^>]*value="4"[^>]*checked', page)
    assert not Risk.objects.exists()


def test_who_may_log(ladder: Ladder) -> None:
    closed = OrganisationFactory(parent=ladder.icb, closed_on=NOW.date())
    for actor in (
        ladder.actor(ladder.provider, Role.VIEWER),
        ladder.actor(ladder.provider, Role.ADMINISTRATOR),
        ladder.actor(closed),
    ):
        assert visitor(actor).get("/risks/log/").status_code == 403
        assert log(actor).status_code == 403


def test_a_draft_is_gone_on_with_and_logged(ladder: Ladder, reporter: Actor) -> None:
    draft = risks.save_draft(
        fields={**FIELDS, "controls": ["Ring"], "involved": [ladder.neighbour]}, by=reporter, now=NOW
    )
    address = f"/risks/{draft.reference}/draft/"
    page = visitor(reporter).get(address)
    assert shown_value(page, "title") == FIELDS["title"]
    assert f'value="{ladder.neighbour.name} ({ladder.neighbour.ods_code})"' in page.content.decode()
    assert 'value="Ring"' in page.content.decode()
    answer = log(reporter, address=address, version=1, title="Better", controls=["Ring", "Write"])
    assert answer.status_code == 303
    draft.refresh_from_db()
    assert (draft.status, draft.title, draft.controls.count()) == (Status.OPEN, "Better", 2)
    assert visitor(reporter).get(address).status_code == 403  # a reporter does not edit what is logged


def test_both_versions_of_a_draft_are_shown_and_saving_again_is_deliberate(reporter: Actor, lead: Actor) -> None:
    draft = risks.save_draft(fields={"title": "Begun", "controls": ["Ring"]}, by=reporter, now=NOW)
    address = f"/risks/{draft.reference}/draft/"
    risks.save_draft(draft=draft, fields={"title": "Theirs", "controls": ["Write"]}, by=lead, now=NOW)
    mine = {"title": "Mine", "controls": ["Call"], "save": "draft"}
    refused = visitor(reporter).post(address, {**mine, "version": 1})
    assert refused.status_code == 409
    said = words(refused)
    assert f"{draft.reference} was changed while you were writing" in said
    assert "Title As it stands now Theirs What you wrote Mine" in said
    assert "Controls As it stands now Write What you wrote Call" in said
    assert shown_value(refused, "title") == "Mine"
    assert shown_value(refused, "version") == "2"
    assert visitor(reporter).post(address, {**mine, "version": 2}).status_code == 303
    draft.refresh_from_db()
    assert (draft.title, draft.controls.get().text) == ("Mine", "Call")


def test_who_may_go_on_with_a_draft(ladder: Ladder, reporter: Actor, lead: Actor) -> None:
    draft = risks.save_draft(fields={"title": "Begun"}, by=reporter, now=NOW)
    expected = {
        reporter: 200,
        lead: 200,
        ladder.actor(ladder.provider, Role.REPORTER): 403,
        ladder.actor(ladder.provider, Role.VIEWER): 403,
        ladder.actor(ladder.provider, Role.ADMINISTRATOR): 404,
        ladder.actor(ladder.icb): 404,
        ladder.actor(ladder.neighbour): 404,
    }
    for page in ("draft/", "draft/discard/"):
        answers = {actor: visitor(actor).get(f"/risks/{draft.reference}/{page}") for actor in expected}
        assert {actor: answer.status_code for actor, answer in answers.items()} == expected


def test_a_draft_is_discarded_after_a_question(reporter: Actor) -> None:
    draft = risks.save_draft(fields={"title": "Begun"}, by=reporter, now=NOW)
    address = f"/risks/{draft.reference}/draft/discard/"
    assert "This cannot be undone" in words(visitor(reporter).get(address))
    answer = visitor(reporter).post(address)
    assert answer["Location"] == "/risks/"
    assert not Risk.objects.exists()
    assert visitor(reporter).get(address).status_code == 404


def edited(risk: Risk, **typed: Any) -> dict[str, Any]:
    return {**FIELDS, "treatment": "TREAT", "version": risk.version, "title": risk.title, **typed}


def test_what_a_risk_says_is_changed(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    address = f"/risks/{risk.reference}/edit/"
    assert shown_value(visitor(lead).get(address), "cause") == FIELDS["cause"]
    answer = visitor(lead).post(address, edited(risk, cause="A new\r\ncause", treatment="TOLERATE"))
    assert (answer.status_code, answer["Location"]) == (303, f"/risks/{risk.reference}/")
    risk.refresh_from_db()
    assert (risk.cause, risk.treatment, risk.version) == ("A new\ncause", "TOLERATE", 2)


def test_both_versions_of_an_edit_are_shown_field_by_field_and_nothing_is_lost(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    risks.edit_risk(risk=risk, fields={"cause": "Theirs", "theme": "3"}, version=1, by=lead, now=NOW)
    address = f"/risks/{risk.reference}/edit/"
    refused = visitor(lead).post(address, edited(risk, cause="Mine\r\nof two lines", version=1))
    assert refused.status_code == 409
    said = words(refused)
    assert "Cause As it stands now Theirs What you wrote Mine of two lines" in said
    assert "Theme As it stands now Medication, including supply issues What you wrote Information Technology" in said
    assert "Event As it stands now" not in said  # the two agree
    assert shown_value(refused, "cause").split() == ["Mine", "of", "two", "lines"]
    assert shown_value(refused, "version") == "2"
    risk.refresh_from_db()
    assert risk.cause == "Theirs"
    visitor(lead).post(address, edited(risk, cause="Mine", version=2))
    risk.refresh_from_db()
    assert (risk.cause, risk.version) == ("Mine", 3)


def test_an_edit_says_when_the_icb_will_see_the_risk(ladder: Ladder, lead: Actor) -> None:
    inside = ladder.risk(lead, reach="1")
    across = ladder.risk(lead, reach="2")
    said = words(visitor(lead).get(f"/risks/{inside.reference}/edit/"))
    assert f"Once you save the changes, your ICB, {ladder.icb.name}, will see this risk" in said
    assert "Who will see" not in words(visitor(lead).get(f"/risks/{across.reference}/edit/"))


def test_who_may_change_what_a_risk_says(ladder: Ladder, reporter: Actor, lead: Actor) -> None:
    risk = ladder.risk(reporter, involved=[ladder.neighbour])
    expected = {
        lead: 200,
        reporter: 403,
        ladder.actor(ladder.icb): 403,
        ladder.actor(ladder.neighbour): 403,
        ladder.actor(ladder.other_icb): 404,
        ladder.actor(ladder.national): 404,
        ladder.actor(ladder.provider, Role.ADMINISTRATOR): 404,
    }
    answers = {actor: visitor(actor).get(f"/risks/{risk.reference}/edit/") for actor in expected}
    assert {actor: answer.status_code for actor, answer in answers.items()} == expected


def test_a_closed_risk_says_so_before_anybody_types(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    answer = visitor(lead).get(f"/risks/{risk.reference}/edit/")
    assert answer.status_code == 409
    assert f"{risk.reference} is closed: only an open risk can be worked on" in words(answer)


def test_a_form_sent_after_the_risk_was_closed_keeps_its_text(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    answer = visitor(lead).post(f"/risks/{risk.reference}/edit/", edited(risk, cause="Typed for ten minutes"))
    assert answer.status_code == 409
    assert shown_value(answer, "cause") == "Typed for ten minutes"


def test_words_written_for_a_risk_that_changed_hands_meanwhile_are_given_back(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    transfer = risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="Theirs", by=lead, now=NOW)
    other = ladder.actor(ladder.neighbour)
    risks.accept_transfer(transfer=transfer, owner=other.user, by=other, now=NOW)
    typed = {**FIELDS, "cause": "Letters are typed in another town", "version": risk.version}
    answer = visitor(lead).post(f"/risks/{risk.reference}/edit/", typed)
    assert answer.status_code in {403, 404}
    assert "What you wrote" in words(answer)
    assert "Letters are typed in another town" in words(answer)


def test_a_refused_page_does_not_repeat_a_password(ladder: Ladder, lead: Actor) -> None:
    answer = visitor(lead).post(
        "/risks/PSR-999999/edit/", {"password": "correct horse battery", "cause": "Letters wait"}
    )
    assert "Letters wait" in words(answer)
    assert "correct horse" not in words(answer)
