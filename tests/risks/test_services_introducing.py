"""Asking the ICB to be introduced to others whose similar risks one may not see; and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.changes import follow_move
from accounts.models import Role
from deadlines.models import Deadline
from deadlines.wording import clocks
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Basis, Introduction, Risk, RiskLink
from risks.services.ending import StillOwed
from risks.services.introducing import NobodyToMeet
from risks.services.linking import NO_SUCH_RISK
from safetyreg.errors import ConfirmationNeeded
from safetyreg.personal_data import LONGEST_TEXT
from tests.factories import NOW, OrganisationFactory
from tests.risks.belonging import BORN, NHS_NUMBER, ask_introduction, happened, owed, sees, told, verbs

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb)


@pytest.fixture
def risk(ladder: Ladder, lead: Actor) -> Risk:
    """Quiet: it crosses no boundary, so the ICB does not see it yet."""
    return ladder.risk(lead, reach="1")


@pytest.fixture
def similar(ladder: Ladder) -> Risk:
    return ladder.risk(ladder.actor(ladder.neighbour), title="Doses are missed")


def introduce(introduction: Introduction, by: Actor, *to: Risk | str, reason: str = "Both wait") -> Introduction:
    said = [one if isinstance(one, str) else one.reference for one in to]
    return risks.introduce(introduction=introduction, to=said, kind="SAME_HAZARD", reason=reason, by=by, now=NOW)


def decline(introduction: Introduction, by: Actor, why: str = "Nobody else has it") -> Introduction:
    return risks.decline_introduction(introduction=introduction, why=why, by=by, now=NOW)


def test_asking_creates_work_for_the_icb_which_sees_the_risk_from_then_on(
    ladder: Ladder, risk: Risk, lead: Actor, icb: Actor
) -> None:
    assert sees(ladder.icb, risk) == []
    introduction = ask_introduction(risk, lead, " Is it only us? ")
    assert (introduction.icb, introduction.organisation, introduction.reason) == (
        ladder.icb,
        ladder.provider,
        "Is it only us?",
    )
    assert sees(ladder.icb, risk) == [Basis.OVERSIGHT]
    assert owed(introduction) == [("INTRODUCE", ladder.icb, ladder.provider)]
    about_it = [message for message in told(icb) if risk.reference in message]
    assert about_it == [f"{risk.reference}: {ladder.provider.name} asks to be introduced to others"]
    clock = clocks(Deadline.objects.of(introduction), NOW)[0]
    assert (clock.what, clock.words) == ("Introduce organisations with similar risks", "Due in 10 working days")
    assert "10 working days" in clock.explanation
    assert clock.deadline.path == f"/introductions/{introduction.pk}/"
    said = f"asked {ladder.icb.name} to introduce {ladder.provider.name} to others with similar risks"
    assert ("ask_introduction", said) in happened(risk)


def test_only_the_two_bodies_see_the_request(ladder: Ladder, risk: Risk, lead: Actor, icb: Actor) -> None:
    introduction = ask_introduction(risk, lead)
    for reader in (lead, icb, ladder.actor(ladder.provider, Role.VIEWER)):
        assert introduction in Introduction.objects.visible_to(reader)
    for other in (ladder.neighbour, ladder.region, ladder.other_icb):
        assert introduction not in Introduction.objects.visible_to(ladder.actor(other))
    assert not Introduction.objects.visible_to(ladder.actor(ladder.icb, Role.ADMINISTRATOR))


def test_one_request_at_a_time(ladder: Ladder, risk: Risk, lead: Actor, icb: Actor) -> None:
    introduction = ask_introduction(risk, lead)
    with pytest.raises(NobodyToMeet, match=f"{ladder.icb.name} was asked on 3 November 2026, and has yet to answer"):
        ask_introduction(risk, lead)
    decline(introduction, icb)
    assert ask_introduction(risk, lead).is_open


def test_who_may_ask_and_when(ladder: Ladder, risk: Risk, lead: Actor, icb: Actor) -> None:
    for by in (ladder.actor(ladder.provider, Role.REPORTER), icb, ladder.actor(ladder.neighbour)):
        with pytest.raises(PermissionDenied):
            ask_introduction(risk, by)
    with pytest.raises(NobodyToMeet, match="Only a provider"):
        ask_introduction(ladder.risk(icb), icb)
    draft = risks.save_draft(fields={"title": "Not yet"}, by=lead, now=NOW)
    with pytest.raises(WrongStatus):
        ask_introduction(draft, lead)
    ladder.icb.closed_on = NOW.date()
    ladder.icb.save()
    with pytest.raises(NobodyToMeet, match=f"{ladder.icb.name} has closed"):
        ask_introduction(Risk.objects.get(pk=risk.pk), lead)


def test_what_is_asked_says_nothing_of_a_patient(risk: Risk, lead: Actor) -> None:
    for reason, message in ((NHS_NUMBER, "NHS number"), ("x" * (LONGEST_TEXT + 1), "Shorten this")):
        with pytest.raises(ValidationError, match=message):
            ask_introduction(risk, lead, reason)
    with pytest.raises(ConfirmationNeeded):
        ask_introduction(risk, lead, BORN)
    assert ask_introduction(risk, lead, "").reason == ""


def test_an_introduction_asks_every_owner_and_shows_nobody_the_others_risk_yet(
    ladder: Ladder, risk: Risk, similar: Risk, lead: Actor, icb: Actor
) -> None:
    introduction = ask_introduction(risk, lead)
    made = introduce(introduction, icb, similar, similar)
    assert (made.status, made.words) == ("MADE", "proposed 1 link")
    assert owed(introduction) == []
    assert Deadline.objects.of(introduction).get().met_at == NOW
    link = RiskLink.objects.get()
    assert (link.from_risk, link.to_risk, link.proposed_by) == (risk, similar, ladder.icb)
    assert {consent.organisation for consent in link.consents.all()} == {ladder.provider, ladder.neighbour}
    assert sees(ladder.provider, similar) == sees(ladder.neighbour, risk) == []
    answered = f"{risk.reference}: {ladder.icb.name} has answered your request to be introduced to others"
    assert answered in told(lead)
    assert not any(similar.title in message or similar.reference in message for message in told(lead))
    assert not any(similar.reference in words for _verb, words in happened(risk))


def test_one_to_be_introduced_to_whom_the_icb_does_not_see_is_like_one_that_is_not_there(
    ladder: Ladder, risk: Risk, similar: Risk, lead: Actor, icb: Actor
) -> None:
    introduction = ask_introduction(risk, lead)
    hidden = ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.other_icb)))
    for to in (hidden, "PSR-999999", risk):
        with pytest.raises(ValidationError) as refused:
            introduce(introduction, icb, similar, to)
        assert refused.value.message_dict == {"to": [NO_SUCH_RISK]}
    for to, reason, field in (
        ([" "], "Alike", "to"),
        ([similar], " ", "reason"),
        ([similar], NHS_NUMBER, "reason"),
        ([similar], "x" * (LONGEST_TEXT + 1), "reason"),
    ):
        with pytest.raises(ValidationError) as refused:
            introduce(introduction, icb, *to, reason=reason)
        assert list(refused.value.message_dict) == [field]
    assert Introduction.objects.get().is_open
    assert not RiskLink.objects.exists()


def test_an_icb_that_introduces_nobody_says_why(ladder: Ladder, risk: Risk, lead: Actor, icb: Actor) -> None:
    introduction = ask_introduction(risk, lead)
    for why, message in ((" ", "Enter why you introduce nobody"), (NHS_NUMBER, "NHS number")):
        with pytest.raises(ValidationError, match=message) as refused:
            decline(introduction, icb, why)
        assert list(refused.value.message_dict) == ["why"]
    declined = decline(introduction, icb, " Nobody has it ")
    assert (declined.status, declined.words) == ("DECLINED", "Nobody has it")
    assert owed(introduction) == []
    assert ("end_introduction", "introduced nobody: Nobody has it") in happened(risk)
    assert any("has answered your request" in message for message in told(lead))


def test_a_request_taken_back_owes_nothing(ladder: Ladder, risk: Risk, lead: Actor, icb: Actor) -> None:
    introduction = ask_introduction(risk, lead)
    for by in (icb, ladder.actor(ladder.provider, Role.REPORTER)):
        with pytest.raises(PermissionDenied):
            risks.withdraw_introduction(introduction=introduction, by=by, now=NOW)
    risks.withdraw_introduction(introduction=introduction, by=lead, now=NOW)
    assert owed(introduction) == []
    assert f"{risk.reference}: the request to be introduced was taken back" in told(icb)
    assert sees(ladder.icb, risk) == [Basis.OVERSIGHT]  # what was shown is not hidden again


def test_who_answers_and_once(ladder: Ladder, risk: Risk, similar: Risk, lead: Actor, icb: Actor) -> None:
    introduction = ask_introduction(risk, lead)
    for by in (lead, ladder.actor(ladder.icb, Role.REPORTER), ladder.actor(ladder.other_icb)):
        with pytest.raises(PermissionDenied):
            decline(introduction, by)
        with pytest.raises(PermissionDenied):
            introduce(introduction, by, similar)
    decline(introduction, icb)
    for again in (
        lambda: decline(introduction, icb),
        lambda: introduce(introduction, icb, similar),
        lambda: risks.withdraw_introduction(introduction=introduction, by=lead, now=NOW),
    ):
        with pytest.raises(WrongStatus, match="This request was answered: declined on 3 November 2026"):
            again()
    assert not RiskLink.objects.exists()


def test_a_risk_is_closed_once_the_icb_has_answered(ladder: Ladder, risk: Risk, lead: Actor, icb: Actor) -> None:
    introduction = ask_introduction(risk, lead)
    close = {"risk": risk, "closure_reason": "CONTROLLED", "words": "", "by": lead, "now": NOW}
    with pytest.raises(StillOwed, match=f"{ladder.icb.name} has yet to introduce organisations with similar risks"):
        risks.close_risk(**close)
    decline(introduction, icb)
    assert risks.close_risk(**close).is_closed


def test_a_provider_that_comes_under_another_icb_is_answered_by_that_one(
    ladder: Ladder, risk: Risk, similar: Risk, lead: Actor, icb: Actor
) -> None:
    introduction = ask_introduction(risk, lead)
    new = ladder.actor(ladder.other_icb)
    ladder.provider.parent = ladder.other_icb
    ladder.provider.save()
    follow_move(ladder.provider, NOW)
    assert owed(introduction) == [("INTRODUCE", ladder.other_icb, ladder.provider)]
    assert (sees(ladder.other_icb, risk), sees(ladder.icb, risk)) == ([Basis.OVERSIGHT], [])
    assert told(new) == [f"{risk.reference}: {ladder.provider.name} asks to be introduced to others"]
    assert verbs(risk).count("hand_on_introduction") == 1
    with pytest.raises(PermissionDenied):  # who opened the page before the move
        decline(introduction, icb)
    assert decline(Introduction.objects.get(), new).status == "DECLINED"
