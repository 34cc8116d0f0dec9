"""Asking the level above, as people see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accounts.models import Organisation, Role
from deadlines.models import Urgency
from escalations.models import Escalation
from risks import services as risks
from tests.escalations.stage import ASKED, Stage
from tests.factories import NOW
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from risks.models import Risk

pytestmark = pytest.mark.usefixtures("on_the_wall")
TYPED = {**ASKED, "immediate": "no"}


def risk_of(stage: Stage, body: Organisation | None = None, **fields: object) -> Risk:
    return stage.ladder.risk(stage.lead(body or stage.ladder.provider), **fields)


def opened(stage: Stage, risk: Risk) -> HttpResponse:
    return visitor(stage.lead(risk.organisation)).get(f"/risks/{risk.reference}/escalate/")


def sent(stage: Stage, risk: Risk, **typed: str) -> HttpResponse:
    return visitor(stage.lead(risk.organisation)).post(f"/risks/{risk.reference}/escalate/", TYPED | typed)


def test_it_names_the_body_above_and_until_when_it_must_acknowledge(stage: Stage) -> None:
    page = words(opened(stage, risk_of(stage, likelihood=3, consequence=4)))
    assert "You ask Test Own ICB, your ICB, to act on this risk." in page
    assert ("High. Test Own ICB must acknowledge it within 2 working days: by Thursday 5 November 2026, 10am") in page
    assert "Test Own ICB must acknowledge it within 4 hours: by Tuesday 3 November 2026, 2pm" in page


def test_escalating_it_starts_the_chain_and_says_until_when(stage: Stage) -> None:
    risk = risk_of(stage)
    provider = visitor(stage.lead(stage.ladder.provider))
    done = provider.post(f"/risks/{risk.reference}/escalate/", TYPED)
    hop = Escalation.objects.get()
    assert (done.status_code, done.url) == (303, hop.path)
    assert (hop.to_organisation, hop.urgency, hop.reason, hop.ask) == (
        stage.ladder.icb,
        Urgency.EXTREME,
        ASKED["reason"],
        ASKED["ask"],
    )
    after = words(provider.get(hop.path))
    assert "Escalated to Test Own ICB, which must acknowledge it by Wednesday 4 November 2026, 10am" in after


def test_imminent_harm_says_whom_to_ring_before_and_after(stage: Stage) -> None:
    Organisation.objects.filter(pk=stage.ladder.icb.pk).update(duty_phone="020 7946 0123")
    risk = risk_of(stage)
    assert "Ring them as well, now: 020 7946 0123" in words(opened(stage, risk))
    done = sent(stage, risk, immediate="yes")
    assert Escalation.objects.get().urgency == Urgency.IMMEDIATE
    assert "Harm is imminent" in words(visitor(stage.lead(stage.ladder.provider)).get(done.url))


def test_where_no_number_is_recorded_it_says_what_to_do(stage: Stage) -> None:
    page = words(opened(stage, risk_of(stage)))
    assert "ring their switchboard and ask for whoever is on call for patient safety" in page


def test_a_provider_may_name_another_icb_and_must_say_why(stage: Stage) -> None:
    risk = risk_of(stage)
    refused = sent(stage, risk, to="Test Other ICB")
    assert refused.status_code == 422
    assert "Enter why you ask Test Other ICB and not your own ICB" in words(refused)
    assert re.search(r"<details[^>]* open", refused.content.decode())
    assert sent(stage, risk, to="Test Other ICB", why_this_body="Patients live there").status_code == 303
    assert Escalation.objects.get().why_this_body == "Patients live there"


def test_a_closed_icb_is_not_suggested_and_is_refused_in_words(stage: Stage) -> None:
    Organisation.objects.filter(pk=stage.ladder.other_icb.pk).update(closed_on=NOW.date())
    risk = risk_of(stage)
    assert "Test Other ICB" not in opened(stage, risk).content.decode()
    refused = sent(stage, risk, to="Test Other ICB", why_this_body="They were responsible")
    assert (refused.status_code, "Test Other ICB has closed and cannot be asked" in words(refused)) == (422, True)


@pytest.mark.parametrize("other", ["Test Region North", "Test Neighbour Hospital", "Test England", "Nowhere"])
def test_whatever_is_no_icb_is_not_found(stage: Stage, other: str) -> None:
    refused = sent(stage, risk_of(stage), to=other, why_this_body="It would be quicker")
    assert (refused.status_code, f"We could not find “{other}”" in words(refused)) == (422, True)


def test_an_icb_is_asked_for_no_other_body(stage: Stage) -> None:
    risk = risk_of(stage, stage.ladder.icb)
    page = opened(stage, risk)
    assert "You ask Test Region North to act on this risk." in words(page)
    assert "Another ICB" not in words(page)
    assert sent(stage, risk).status_code == 303


def test_a_provider_that_has_asked_its_icb_sees_so_and_can_ask_another(stage: Stage) -> None:
    first = stage.raised(risk_of(stage))
    page = opened(stage, first.risk)
    assert page.status_code == 200
    assert "Already escalated Test Own ICB was asked on 3 November 2026 Raised" in words(page)
    assert f'href="{first.path}"' in page.content.decode()
    assert "The ICB you name must acknowledge it within 1 working day" in words(page)

    again = sent(stage, first.risk)
    assert (again.status_code, "asked Test Own ICB about" in words(again)) == (409, True)
    assert ASKED["reason"] in again.content.decode()
    assert sent(stage, first.risk, to="Test Other ICB", why_this_body="Patients live there").status_code == 303


def test_an_icb_that_has_asked_its_region_is_led_there(stage: Stage) -> None:
    first = stage.raised(risk_of(stage, stage.ladder.icb))
    page = opened(stage, first.risk)
    assert page.status_code == 409
    assert "Already escalated Test Region North was asked on 3 November 2026 Raised" in words(page)
    assert "Escalate it" not in words(page)
    assert sent(stage, first.risk).status_code == 409


def test_who_may_escalate(stage: Stage) -> None:
    risk = risk_of(stage)
    path = f"/risks/{risk.reference}/escalate/"
    expected = {
        (stage.ladder.provider, Role.SAFETY_LEAD): 200,
        (stage.ladder.provider, Role.REPORTER): 403,
        (stage.ladder.provider, Role.VIEWER): 403,
        (stage.ladder.provider, Role.ADMINISTRATOR): 404,
        (stage.ladder.icb, Role.SAFETY_LEAD): 403,
        (stage.ladder.neighbour, Role.SAFETY_LEAD): 404,
        (stage.ladder.region, Role.SAFETY_LEAD): 404,
    }
    for (body, role), status in expected.items():
        reader = visitor(stage.ladder.actor(body, role))
        assert reader.get(path).status_code == status
        assert reader.post(path, TYPED).status_code == (303 if status == 200 else status)


def test_the_national_body_escalates_nothing(stage: Stage) -> None:
    assert opened(stage, risk_of(stage, stage.ladder.national)).status_code == 403


def test_a_draft_or_a_closed_risk_is_not_escalated(stage: Stage) -> None:
    by = stage.lead(stage.ladder.provider)
    draft = risks.save_draft(fields={"title": "Begun"}, by=by, now=stage.now)
    closed = risks.close_risk(risk=risk_of(stage), closure_reason="CONTROLLED", words="", by=by, now=stage.now)
    for risk in (draft, closed):
        assert (opened(stage, risk).status_code, sent(stage, risk).status_code) == (409, 409)


def test_both_texts_are_screened_at_once(stage: Stage) -> None:
    refused = sent(stage, risk_of(stage), reason="Ring jo@example.org", ask="Or write to al@example.org")
    assert refused.status_code == 409
    assert "jo@example.org" in words(refused)
    assert "al@example.org" in words(refused)


def test_an_immediate_escalation_goes_on_as_one(stage: Stage) -> None:
    first = stage.raised(immediate=True)
    icb = visitor(stage.lead(stage.ladder.icb))
    page = words(icb.get(f"{first.path}escalate-on/"))
    assert "Immediate: harm is imminent. Test Region North must acknowledge it within 4 hours" in page


def test_a_body_in_time_is_not_passed_by(stage: Stage) -> None:
    first = stage.raised()
    refused = visitor(stage.lead(stage.ladder.provider)).get(f"{first.path}bypass/")
    assert refused.status_code == 409
    assert "Test Own ICB can be passed by only once it is late to acknowledge or decide" in words(refused)


def test_a_late_body_is_passed_by_openly(stage: Stage) -> None:
    first = stage.raised()
    stage.wait(days=30)
    provider = visitor(stage.lead(stage.ladder.provider))
    assert "Go past Test Own ICB" in words(provider.get(f"{first.path}bypass/"))
    done = provider.post(f"{first.path}bypass/", TYPED | {"immediate": "yes"})
    hop = Escalation.objects.get(bypasses=first)
    assert (done.url, hop.urgency, hop.to_organisation) == (hop.path, Urgency.IMMEDIATE, stage.ladder.region)
