"""Answering what an organisation is asked: with a risk of its own, or with why it is not affected."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from deadlines.models import Deadline
from risks import services as risks
from risks.lifecycle import WrongStatus
from risks.models import Basis, Involvement, LinkKind, LinkStatus, Position, Risk, RiskLink
from risks.services.answering import NO_OWN_RISK
from safetyreg.errors import ConfirmationNeeded
from safetyreg.personal_data import LONGEST_TEXT
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS
from tests.risks.belonging import BORN, NHS_NUMBER, happened, involve, owed, propose, sees, told, verbs

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def asked(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.neighbour)


@pytest.fixture
def risk(ladder: Ladder, lead: Actor) -> Risk:
    return ladder.risk(lead)


@pytest.fixture
def own(ladder: Ladder, asked: Actor) -> Risk:
    return ladder.risk(asked, title="Doses are missed in our practices")


@pytest.fixture
def involvement(ladder: Ladder, risk: Risk, lead: Actor) -> Involvement:
    return involve(risk, lead, ladder.neighbour)[0]


def pick(involvement: Involvement, own: Risk, by: Actor, kind: str = "") -> Involvement:
    return risks.answer_with_own_risk(involvement=involvement, own_risk=own.reference, kind=kind, by=by, now=LATER)


def not_affected(involvement: Involvement, by: Actor, words: str = "We send no letters") -> Involvement:
    return risks.answer_not_affected(involvement=involvement, words=words, by=by, now=LATER)


def test_a_risk_of_its_own_is_the_position_and_links_the_two_at_once(
    ladder: Ladder, risk: Risk, own: Risk, involvement: Involvement, asked: Actor
) -> None:
    answered = pick(involvement, own, asked)
    assert (answered.position, answered.own_risk, answered.answered_at, answered.answered_by) == (
        Position.OWN_RISK,
        own,
        LATER,
        asked.user,
    )
    link = RiskLink.objects.get()
    assert (link.from_risk, link.to_risk, link.kind) == (own, risk, LinkKind.SAME_HAZARD)
    assert (link.status, link.accepted_at) == (LinkStatus.ACCEPTED, LATER)
    assert not link.consents.exists()
    assert sees(ladder.provider, own) == [Basis.LINK]
    assert sees(ladder.neighbour, risk) == [Basis.INVOLVEMENT, Basis.LINK]


def test_an_answer_ends_the_clock_and_says_so_to_whoever_owns_the_risk(
    risk: Risk, own: Risk, involvement: Involvement, lead: Actor, asked: Actor
) -> None:
    pick(involvement, own, asked)
    assert owed(involvement) == []
    assert Deadline.objects.of(involvement).get().met_at == LATER
    message = f"{risk.reference}: {asked.organisation.name} has said what its position is"
    assert message in told(lead)
    assert not any(own.title in one or own.reference in one for one in told(lead) if "position" in one)


def test_an_answer_stands_in_the_history_of_both_risks_without_the_other_reference(
    risk: Risk, own: Risk, involvement: Involvement, lead: Actor, asked: Actor
) -> None:
    pick(involvement, own, asked)
    assert verbs(risk).count("answer_involvement") == verbs(own).count("answer_involvement") == 1
    assert verbs(risk).count("link") == verbs(own).count("link") == 1
    assert not any(own.reference in words or own.title in words for _verb, words in happened(risk))
    assert not any(risk.reference in words or risk.title in words for _verb, words in happened(own))


def test_what_answers_a_body_above_contributes_to_its_risk(ladder: Ladder, own: Risk, asked: Actor) -> None:
    icb = ladder.actor(ladder.icb)
    system = ladder.risk(icb, title="Letters in our system")
    pick(involve(system, icb, ladder.neighbour)[0], own, asked)
    link = RiskLink.objects.get()
    assert (link.from_risk, link.to_risk, link.kind) == (own, system, LinkKind.CONTRIBUTES_TO)


def test_whoever_answers_may_say_what_their_risk_is_to_the_other(
    own: Risk, involvement: Involvement, asked: Actor
) -> None:
    with pytest.raises(ValidationError) as refused:
        pick(involvement, own, asked, kind="MARRIED_TO")
    assert list(refused.value.message_dict) == ["kind"]
    assert not Involvement.objects.get(pk=involvement.pk).is_answered
    pick(involvement, own, asked, kind="CAUSES")
    assert RiskLink.objects.get().kind == LinkKind.CAUSES


def test_a_risk_is_logged_and_given_as_the_position_in_one_step(
    ladder: Ladder, risk: Risk, involvement: Involvement, asked: Actor
) -> None:
    own = risks.log_own_risk(involvement=involvement, fields=FIELDS, by=asked, now=LATER)
    assert (own.organisation, own.is_open) == (ladder.neighbour, True)
    assert Involvement.objects.get(pk=involvement.pk).own_risk == own
    assert RiskLink.objects.accepted().between(own, risk).exists()


def test_a_risk_that_cannot_be_logged_answers_nothing(involvement: Involvement, asked: Actor) -> None:
    with pytest.raises(ValidationError) as refused:
        risks.log_own_risk(involvement=involvement, fields={"title": "Half"}, by=asked, now=LATER)
    assert "cause" in refused.value.message_dict
    assert not Involvement.objects.get(pk=involvement.pk).is_answered
    assert Risk.objects.filter(organisation=asked.organisation).count() == 0


def test_only_an_open_risk_of_ones_own_answers_and_all_others_answer_alike(
    ladder: Ladder, risk: Risk, own: Risk, involvement: Involvement, lead: Actor, asked: Actor
) -> None:
    draft = risks.save_draft(fields={"title": "Not yet"}, by=asked, now=NOW)
    ended = ladder.risk(asked)
    risks.close_risk(risk=ended, closure_reason="CONTROLLED", words="", by=asked, now=NOW)
    others = [risk, ladder.risk(lead), draft, ended]
    for said in (*[one.reference for one in others], "PSR-999999", "", "letters"):
        with pytest.raises(ValidationError) as refused:
            risks.answer_with_own_risk(involvement=involvement, own_risk=said, by=asked, now=LATER)
        assert refused.value.message_dict == {"own_risk": [NO_OWN_RISK]}
    number = str(int(own.reference.removeprefix("PSR-")))
    risks.answer_with_own_risk(involvement=involvement, own_risk=f" psr {number} ", by=asked, now=LATER)
    assert Involvement.objects.get(pk=involvement.pk).own_risk == own


def test_whoever_is_not_affected_says_why_and_keeps_the_exchange_but_not_the_risk(
    ladder: Ladder, risk: Risk, involvement: Involvement, asked: Actor
) -> None:
    answered = not_affected(involvement, asked, "  We send no letters  ")
    assert (answered.position, answered.words, answered.own_risk) == (
        Position.NOT_AFFECTED,
        "We send no letters",
        None,
    )
    assert sees(ladder.neighbour, risk) == []
    assert risk not in Risk.objects.visible_to(asked)
    assert involvement in Involvement.objects.visible_to(asked)
    assert Deadline.objects.of(involvement).get().met_at == LATER
    said = f"said that {ladder.neighbour.name} is not affected: We send no letters"
    assert ("answer_involvement", said) in happened(risk)


def test_who_is_not_affected_still_sees_a_risk_that_it_is_linked_with(
    ladder: Ladder, risk: Risk, own: Risk, involvement: Involvement, lead: Actor, asked: Actor
) -> None:
    pick(involvement, own, asked)
    again = involve(risk, lead, ladder.neighbour)[0]
    not_affected(again, asked)
    assert sees(ladder.neighbour, risk) == [Basis.LINK]


def test_why_one_is_not_affected_is_needed_and_may_not_say_who_a_patient_is(
    involvement: Involvement, asked: Actor
) -> None:
    for words, message in (
        (" \n ", "Enter why you are not affected"),
        (f"It was {NHS_NUMBER}", "NHS number"),
        ("x" * (LONGEST_TEXT + 1), "Shorten this to 10,000 characters"),
    ):
        with pytest.raises(ValidationError, match=message) as refused:
            not_affected(involvement, asked, words)
        assert list(refused.value.message_dict) == ["words"]
    with pytest.raises(ConfirmationNeeded):
        not_affected(involvement, asked, BORN)
    kept = risks.answer_not_affected(
        involvement=involvement, words=f"{BORN} <b>", by=asked, now=NOW, personal_data_checked=True
    )
    assert kept.words == f"{BORN} <b>"


def test_only_a_safety_lead_of_the_body_asked_answers(
    ladder: Ladder, own: Risk, involvement: Involvement, lead: Actor
) -> None:
    others = (lead, ladder.actor(ladder.neighbour, Role.REPORTER), ladder.actor(ladder.icb))
    for by in others:
        with pytest.raises(PermissionDenied):
            not_affected(involvement, by)
        with pytest.raises(PermissionDenied):
            pick(involvement, own, by)
        with pytest.raises(PermissionDenied):
            risks.log_own_risk(involvement=involvement, fields=FIELDS, by=by, now=NOW)
    assert not Involvement.objects.get(pk=involvement.pk).is_answered


def test_a_question_is_answered_once_and_the_second_is_told_by_whom(
    own: Risk, involvement: Involvement, asked: Actor
) -> None:
    not_affected(involvement, asked)
    before = Risk.objects.count()
    for again in (
        lambda: not_affected(involvement, asked),
        lambda: pick(involvement, own, asked),
        lambda: risks.log_own_risk(involvement=involvement, fields=FIELDS, by=asked, now=LATER),
    ):
        with pytest.raises(WrongStatus, match=f"answered by {asked.user.name} on 3 November 2026"):
            again()
    assert Risk.objects.count() == before


def test_whoever_has_been_taken_off_answers_no_more(
    risk: Risk, own: Risk, involvement: Involvement, lead: Actor, asked: Actor
) -> None:
    risks.stop_involving(involvement=Involvement.objects.get(pk=involvement.pk), by=lead, now=NOW)
    for answer in (lambda: not_affected(involvement, asked), lambda: pick(involvement, own, asked)):
        with pytest.raises(WrongStatus, match=f"{asked.organisation.name} is no longer named on this risk"):
            answer()
    assert not RiskLink.objects.exists()


def test_a_link_that_an_answer_made_outlives_the_involvement(
    ladder: Ladder, risk: Risk, own: Risk, involvement: Involvement, lead: Actor, asked: Actor
) -> None:
    pick(involvement, own, asked)
    risks.stop_involving(involvement=Involvement.objects.get(pk=involvement.pk), by=lead, now=LATER)
    assert sees(ladder.neighbour, risk) == sees(ladder.provider, own) == [Basis.LINK]
    link = RiskLink.objects.get()
    risks.withdraw_link(link=link, why="They parted ways", by=lead, now=LATER)
    assert sees(ladder.neighbour, risk) == sees(ladder.provider, own) == []


def test_an_answer_accepts_what_was_proposed_between_the_two(
    ladder: Ladder, risk: Risk, own: Risk, involvement: Involvement, asked: Actor
) -> None:
    """Both have said so by asking and answering, so that nobody is asked for consent any more."""
    link = propose(own, risk, ladder.actor(ladder.icb), kind="CAUSES")
    consents = list(link.consents.all())
    assert len(consents) == 2
    pick(involvement, own, asked)
    link.refresh_from_db()
    assert (link.status, link.kind) == (LinkStatus.ACCEPTED, LinkKind.CAUSES)
    assert [owed(consent) for consent in consents] == [[], []]
    assert RiskLink.objects.count() == 1


def test_the_icb_of_the_one_asked_learns_of_the_link_only_if_it_sees_both(ladder: Ladder, lead: Actor) -> None:
    """The risk that answers is quiet and elsewhere: whoever oversees the question does not find it."""
    far = OrganisationFactory(parent=ladder.other_icb)
    theirs = ladder.actor(far)
    risk, quiet = ladder.risk(lead), ladder.risk(theirs, reach="1", title="Quiet")
    pick(involve(risk, lead, far)[0], quiet, theirs)
    link = RiskLink.objects.get()
    assert quiet not in Risk.objects.visible_to(ladder.actor(ladder.icb))
    assert link not in RiskLink.objects.visible_to(ladder.actor(ladder.icb))
    assert all(link in RiskLink.objects.visible_to(side) for side in (lead, theirs))
