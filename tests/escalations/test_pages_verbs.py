"""Every verb of an escalation as a page: what it asks, says and does, and how it is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from escalations.models import Escalation, Feedback, Outcome, Status
from safetyreg.audit.models import AuditEvent
from tests.escalations.stage import BY_FROM, WORDS, Stage, fresh
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.usefixtures("on_the_wall")

# A status in which each verb is possible, by the verbs that lead there from a raised escalation.
FIRST = {
    "acknowledge": [],
    "reassign": ["acknowledge"],
    "request_information": ["acknowledge"],
    "give_information": ["request_information"],
    "accept": ["acknowledge"],
    "update": ["accept"],
    "escalate_on": ["acknowledge"],
    "answer": ["accept"],
    "confirm": ["answer"],
    "dispute": ["answer"],
    "withdraw": ["acknowledge"],
    "bypass": ["answer", "dispute", "answer", "dispute"],
}
COMES_OUT = {
    "acknowledge": Status.ACKNOWLEDGED,
    "reassign": Status.ACKNOWLEDGED,
    "request_information": Status.INFORMATION_REQUESTED,
    "give_information": Status.ACKNOWLEDGED,
    "accept": Status.ACCEPTED,
    "update": Status.ACCEPTED,
    "escalate_on": Status.ESCALATED_ON,
    "answer": Status.ANSWERED,
    "confirm": Status.CLOSED,
    "dispute": Status.ACKNOWLEDGED,
    "withdraw": Status.WITHDRAWN,
    "bypass": Status.ACKNOWLEDGED,
}
FREE_TEXT = ("reason", "ask", "question", "information", "plan", "text", "why")


def ready_for(stage: Stage, verb: str) -> Escalation:
    first = stage.raised()
    for earlier in FIRST[verb]:
        stage.do(earlier, fresh(first))
    return fresh(first)


def page_of(escalation: Escalation, verb: str) -> str:
    return f"{escalation.path}{verb.replace('_', '-')}/"


def doer(stage: Stage, verb: str) -> Client:
    return visitor(stage.lead(stage.ladder.provider if verb in BY_FROM else stage.ladder.icb))


def typed(stage: Stage, verb: str) -> dict[str, str]:
    """What somebody fills in."""
    if verb in ("acknowledge", "reassign"):
        colleague = stage.ladder.actor(stage.ladder.icb, name="Oriel Hartnoll")
        return {"handler": str(colleague.user.pk)}
    extra = {"immediate": "no"} if verb in ("escalate_on", "bypass") else {}
    return {**WORDS[verb], **extra}


@pytest.mark.parametrize("verb", FIRST)
def test_it_says_what_follows_and_then_does_it(stage: Stage, verb: str) -> None:
    escalation = ready_for(stage, verb)
    reader = doer(stage, verb)
    asked = reader.get(page_of(escalation, verb))
    assert asked.status_code == 200
    assert "What happens next" in words(asked)
    assert escalation.risk.title in words(asked)

    done = reader.post(page_of(escalation, verb), typed(stage, verb))

    assert done.status_code == 303
    assert fresh(escalation).status == COMES_OUT[verb]
    after = reader.get(done.url)
    assert after.status_code == 200
    assert "Success" in words(after)


@pytest.mark.parametrize("verb", FIRST)
def test_who_sees_it_but_may_not_is_told_so(stage: Stage, verb: str) -> None:
    escalation = ready_for(stage, verb)
    mine, theirs = stage.ladder.icb, stage.ladder.provider
    if verb in BY_FROM:
        mine, theirs = theirs, mine
    for reader in (stage.ladder.actor(mine, Role.REPORTER), stage.ladder.actor(theirs)):
        for answer in both_ways(visitor(reader), stage, escalation, verb):
            assert answer.status_code == 403
    assert fresh(escalation).status == escalation.status


def both_ways(reader: Client, stage: Stage, escalation: Escalation, verb: str) -> list[HttpResponse]:
    path = page_of(escalation, verb)
    return [reader.get(path), reader.post(path, typed(stage, verb))]


@pytest.mark.parametrize("verb", FIRST)
def test_who_does_not_see_it_gets_page_not_found(stage: Stage, verb: str) -> None:
    escalation = ready_for(stage, verb)
    for stranger in (stage.lead(stage.ladder.neighbour), stage.lead(stage.ladder.other_icb)):
        for answer in both_ways(visitor(stranger), stage, escalation, verb):
            assert answer.status_code == 404


@pytest.mark.parametrize("verb", FIRST)
def test_at_the_wrong_moment_it_says_who_did_what_and_when(stage: Stage, verb: str) -> None:
    stage.leads[stage.ladder.icb.name] = stage.ladder.actor(stage.ladder.icb, name="Winston Adeyemi")
    over = stage.raised()
    stage.do("answer", over)
    stage.do("confirm", over)
    who = stage.lead(stage.ladder.provider).user.name
    for answer in both_ways(doer(stage, verb), stage, over, verb):
        assert answer.status_code == 409
        assert f"{who} of Test Royal Hospital confirmed that the answer helps on Tuesday 3 November" in words(answer)
        assert "The escalation is closed" in words(answer)


@pytest.mark.parametrize("verb", [verb for verb in FIRST if verb != "confirm"])
def test_nothing_filled_in_is_said_beside_each_field(stage: Stage, verb: str) -> None:
    escalation = ready_for(stage, verb)
    answer = doer(stage, verb).post(page_of(escalation, verb), {})
    assert answer.status_code == 422
    assert "There is a problem" in words(answer)
    assert fresh(escalation).status == escalation.status


@pytest.mark.parametrize("verb", [verb for verb in FIRST if verb not in ("acknowledge", "reassign")])
def test_an_nhs_number_is_refused_and_what_may_identify_a_patient_asks(stage: Stage, verb: str) -> None:
    escalation = ready_for(stage, verb)
    field = next(name for name in FREE_TEXT if name in typed(stage, verb))
    reader, path = doer(stage, verb), page_of(escalation, verb)

    refused = reader.post(path, typed(stage, verb) | {field: "It was 943 476 5919"})
    assert (refused.status_code, "This looks like an NHS number" in words(refused)) == (422, True)

    text = "Ring jo@example.org about it"
    asked = reader.post(path, typed(stage, verb) | {field: text})
    assert (asked.status_code, "I have checked: this does not identify a patient" in words(asked)) == (409, True)
    assert text in asked.content.decode()

    done = reader.post(path, typed(stage, verb) | {field: text, "personal_data_checked": "on"})
    assert done.status_code == 303


# What each asks


def test_acknowledging_offers_the_safety_leads_of_the_body_asked_with_oneself_chosen(stage: Stage) -> None:
    me = stage.leads[stage.ladder.icb.name] = stage.ladder.actor(stage.ladder.icb, name="Winston Adeyemi")
    colleague = stage.ladder.actor(stage.ladder.icb, name="Oriel Hartnoll")
    unfit = [stage.ladder.actor(stage.ladder.icb, Role.REPORTER), stage.lead(stage.ladder.provider)]
    first = stage.raised()
    html = visitor(me).get(page_of(first, "acknowledge")).content.decode()
    options = dict(re.findall(r'<option value="([^"]+)"([^>]*)>', html))
    assert set(options) == {str(me.user.pk), str(colleague.user.pk)}
    assert "selected" in options[str(me.user.pk)]
    for person in unfit:
        refused = visitor(me).post(page_of(first, "acknowledge"), {"handler": str(person.user.pk)})
        assert (refused.status_code, fresh(first).status) == (422, Status.RAISED)


def test_the_handler_changes_to_somebody_else(stage: Stage) -> None:
    first = ready_for(stage, "reassign")
    page = doer(stage, "reassign").get(page_of(first, "reassign")).content.decode()
    assert str(first.handler_id) not in page


def test_on_a_raised_one_every_page_says_that_it_acknowledges_first(stage: Stage) -> None:
    first = stage.raised()
    for verb in ("accept", "request_information", "escalate_on", "update", "answer"):
        page = words(doer(stage, verb).get(page_of(first, verb)))
        assert "This also acknowledges the escalation and names you as its handler" in page
    for verb in ("acknowledge", "withdraw"):
        assert "This also acknowledges" not in words(doer(stage, verb).get(page_of(first, verb)))


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        ("acknowledge", "Test Own ICB must decide what to do within 5 working days: by Tuesday 10 November 2026"),
        ("request_information", "The clock for deciding is paused until the information is given"),
        ("request_information", "Test Royal Hospital must give the information within 5 working days"),
        ("give_information", "The clock for deciding runs on. It was paused with 5 working days left"),
        ("accept", "Test Own ICB must answer within 10 working days"),
        ("update", "Test Own ICB must give the next update within 20 working days"),
        ("escalate_on", "Test Region North must acknowledge it within 1 working day: by Wednesday 4 November"),
        ("escalate_on", "The clocks for deciding and answering stop"),
        ("answer", "Test Royal Hospital must say whether the answer helps within 20 working days"),
        ("confirm", "The escalation is closed, and nothing more is owed on it"),
        ("dispute", "Test Own ICB must decide what to do within 5 working days"),
        ("dispute", "Test Region North is told, and may look on from now on"),
        ("withdraw", "All clocks of this escalation stop"),
        ("bypass", "Test Own ICB is told. Its own escalation stays open, and what it owes stays owed"),
    ],
)
def test_which_clock_starts_or_stops_is_said_before(stage: Stage, verb: str, sentence: str) -> None:
    assert sentence in words(doer(stage, verb).get(page_of(ready_for(stage, verb), verb)))


def test_who_gives_information_reads_the_question(stage: Stage) -> None:
    page = words(doer(stage, "give_information").get(page_of(ready_for(stage, "give_information"), "give_information")))
    assert "What Test Own ICB asks" in page
    assert "How many letters were late?" in page


@pytest.mark.parametrize("verb", ["confirm", "dispute"])
def test_who_judges_an_answer_reads_it(stage: Stage, verb: str) -> None:
    page = words(doer(stage, verb).get(page_of(ready_for(stage, verb), verb)))
    assert "What Test Own ICB answered Advice given" in page
    assert "Send letters unsigned within the day" in page


def test_a_second_pause_is_refused_before_anybody_types(stage: Stage) -> None:
    first = stage.raised()
    stage.do("request_information", first)
    stage.do("give_information", first)
    refused = doer(stage, "request_information").get(page_of(first, "request_information"))
    assert refused.status_code == 409
    assert "You have already asked for information before deciding" in words(refused)


# Passing on


def test_passing_on_starts_from_the_words_of_the_answer_above(stage: Stage) -> None:
    _, second, third = stage.answered_at_the_top()
    answer = third.feedback.get()
    reader, path = visitor(stage.lead(stage.ladder.region)), f"{page_of(second, 'answer')}?pass-on={answer.pk}"
    page = reader.get(path)
    assert "Pass on an answer" in words(page)
    assert "which everybody below can read already" in words(page)
    assert answer.text in page.content.decode()
    assert re.search(rf'value="{Outcome.ADVICE}"[^>]* checked', page.content.decode())

    done = reader.post(path, {"outcome": Outcome.ADVICE, "text": "As England says: send them unsigned"})

    assert done.status_code == 303
    passed_on = Feedback.objects.get(escalation=second)
    assert (passed_on.passed_on_from, passed_on.text) == (answer, "As England says: send them unsigned")


def test_only_an_answer_from_just_above_can_be_passed_on(stage: Stage) -> None:
    first, second, third = stage.answered_at_the_top()
    stage.do("answer", second)
    elsewhere = stage.raised()
    stage.do("answer", elsewhere)
    icb = visitor(stage.lead(stage.ladder.icb))
    wrong = [third.feedback.get().pk, elsewhere.feedback.get().pk, "00000000-0000-4000-8000-000000000000", "rubbish"]
    for other in wrong:
        assert icb.get(f"{page_of(first, 'answer')}?pass-on={other}").status_code == 404


# Leaving


def test_who_no_longer_sees_it_after_withdrawing_is_taken_to_the_list(stage: Stage) -> None:
    first = stage.raised(stage.ladder.risk(stage.lead(stage.ladder.provider), reach="1"))
    second = stage.do("escalate_on", first)
    stage.do("withdraw", first)
    icb = visitor(stage.lead(stage.ladder.icb))
    done = icb.post(page_of(second, "withdraw"), WORDS["withdraw"])
    assert (done.status_code, done.url) == (303, "/escalations/")
    assert "The escalation has been withdrawn" in words(icb.get(done.url))
    assert icb.get(second.path).status_code == 404


def test_everything_that_was_refused_left_no_trace(stage: Stage) -> None:
    first = stage.raised()
    events = AuditEvent.objects.count()
    icb = visitor(stage.lead(stage.ladder.icb))
    icb.post(page_of(first, "accept"), {"plan": " "})
    icb.post(page_of(first, "confirm"), {})
    icb.post(page_of(first, "give_information"), {"information": "x"})
    assert (AuditEvent.objects.count(), fresh(first).status) == (events, Status.RAISED)
