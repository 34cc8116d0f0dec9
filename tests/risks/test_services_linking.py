"""Links between risks: proposed with a reason, accepted or declined by those who own them, withdrawn by either side."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Role
from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from deadlines.wording import clocks
from risks import services as risks
from risks.api.resources import deadlines as deadlines_of_risks
from risks.history import events_for
from risks.lifecycle import WrongStatus
from risks.models import Basis, LinkStatus, Risk, RiskLink
from risks.services.ending import StillOwed
from risks.services.linking import NO_SUCH_RISK
from safetyreg.errors import ConfirmationNeeded
from safetyreg.personal_data import LONGEST_TEXT
from tests.factories import NOW, OrganisationFactory
from tests.risks.belonging import BORN, NHS_NUMBER, happened, involve, linked, owed, propose, sees, told, verbs

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

LATER = NOW + timedelta(hours=1)
REASON = "Both wait for letters"


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def other_lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.neighbour)


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb)


@pytest.fixture
def risk(ladder: Ladder, lead: Actor) -> Risk:
    return ladder.risk(lead, title="Letters reach practices late")


@pytest.fixture
def other(ladder: Ladder, other_lead: Actor, lead: Actor) -> Risk:
    """A risk of the neighbour that the provider sees in part: it is named on it."""
    theirs = ladder.risk(other_lead, title="Doses are missed")
    involve(theirs, other_lead, ladder.provider)
    return theirs


def accept(link: RiskLink, by: Actor) -> RiskLink:
    return risks.accept_link(link=link, by=by, now=LATER)


def decline(link: RiskLink, by: Actor, why: str = "Ours concerns beds") -> RiskLink:
    return risks.decline_link(link=link, why=why, by=by, now=LATER)


def withdraw(link: RiskLink, by: Actor, why: str = "It was a mistake") -> RiskLink:
    return risks.withdraw_link(link=link, why=why, by=by, now=LATER)


# Proposing


def test_a_proposal_asks_the_other_owner_and_shows_nobody_anything_yet(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor
) -> None:
    link = propose(risk, other, lead, reason=f" {REASON} ", kind="CAUSES")
    assert (link.from_risk, link.to_risk, link.kind, link.reason) == (risk, other, "CAUSES", REASON)
    assert (link.status, link.proposed_by) == (LinkStatus.PROPOSED, ladder.provider)
    consent = link.consents.get()
    assert (consent.organisation, consent.risk, consent.given_at) == (ladder.neighbour, other, None)
    assert owed(consent) == [(DeadlineKind.LINK, ladder.neighbour, ladder.provider)]
    assert sees(ladder.neighbour, risk) == []
    assert sees(ladder.provider, other) == [Basis.INVOLVEMENT]
    what = f"{ladder.provider.name} proposed a link with a risk of {ladder.provider.name}"
    assert f"{other.reference}: {what}" in told(other_lead)


def test_the_clock_of_a_proposal_is_explained_and_leads_to_the_link(risk: Risk, other: Risk, lead: Actor) -> None:
    link = propose(risk, other, lead)
    clock = clocks(Deadline.objects.of(link.consents.get()), NOW)[0]
    assert (clock.what, clock.words) == ("Accept or decline the link", "Due in 10 working days")
    assert "10 working days" in clock.explanation
    assert (clock.deadline.path, clock.deadline.risk_reference) == (f"/links/{link.pk}/", other.reference)


def test_risks_of_ones_own_are_linked_at_once(ladder: Ladder, risk: Risk, lead: Actor) -> None:
    second = ladder.risk(lead)
    link = propose(risk, second, lead)
    assert (link.status, link.accepted_at) == (LinkStatus.ACCEPTED, NOW)
    assert not link.consents.exists()
    assert sees(ladder.provider, risk) == [Basis.OWNER]
    assert verbs(risk).count("link") == verbs(second).count("link") == 1


def test_all_that_cannot_be_linked_with_is_answered_like_what_does_not_exist(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor
) -> None:
    unseen, ended, shut = ladder.risk(other_lead), ladder.risk(lead), ladder.risk(ladder.actor(ladder.icb))
    hidden_draft = risks.save_draft(fields={"title": "Theirs"}, by=other_lead, now=NOW)
    own_draft = risks.save_draft(fields={"title": "Ours"}, by=lead, now=NOW)
    risks.close_risk(risk=ended, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    involve(shut, ladder.actor(ladder.icb), ladder.provider)
    ladder.icb.closed_on = NOW.date()
    ladder.icb.save()
    twice = ladder.risk(lead)
    propose(risk, twice, lead)
    assert shut in Risk.objects.visible_to(lead)
    answers = set()
    for said in (risk, unseen, ended, shut, hidden_draft, own_draft, twice):
        answers.add(refusal(risk, said.reference, lead))
    for text in ("PSR-999999", "letters", "", "' OR 1=1 --", "9" * 40):
        answers.add(refusal(risk, text, lead))
    assert answers == {("to", NO_SUCH_RISK)}


def refusal(risk: Risk, to: str, by: Actor) -> tuple[str, str]:
    with pytest.raises(ValidationError) as refused:
        risks.propose_link(risk=risk, to=to, kind="RELATED", reason=REASON, by=by, now=NOW)
    ((field, messages),) = refused.value.message_dict.items()
    return field, " ".join(messages)


def test_two_risks_are_not_linked_twice_in_whichever_direction(
    risk: Risk, other: Risk, lead: Actor, icb: Actor
) -> None:
    link = propose(risk, other, lead)
    for one, two in ((risk, other), (other, risk)):
        assert refusal(one, two.reference, icb) == ("to", NO_SUCH_RISK)
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskLink.objects.create(
            from_risk=other,
            to_risk=risk,
            kind="CAUSES",
            reason="By hand",
            proposed_by=link.proposed_by,
            created_at=NOW,
            created_by=lead.user,
        )


def test_the_number_alone_is_enough(risk: Risk, other: Risk, lead: Actor) -> None:
    number = str(int(other.reference.removeprefix("PSR-")))
    link = risks.propose_link(risk=risk, to=number, kind="RELATED", reason=REASON, by=lead, now=NOW)
    assert link.to_risk == other


def test_a_proposal_has_a_kind_and_a_reason_that_says_nothing_of_a_patient(
    risk: Risk, other: Risk, lead: Actor
) -> None:
    for given, field in (
        ({"reason": " "}, "reason"),
        ({"reason": f"See {NHS_NUMBER}"}, "reason"),
        ({"reason": "x" * (LONGEST_TEXT + 1)}, "reason"),
        ({"kind": ""}, "kind"),
        ({"kind": "MARRIED_TO"}, "kind"),
    ):
        with pytest.raises(ValidationError) as refused:
            propose(risk, other, lead, **given)
        assert list(refused.value.message_dict) == [field]
    with pytest.raises(ConfirmationNeeded):
        propose(risk, other, lead, reason=BORN)
    assert not RiskLink.objects.exists()
    assert propose(risk, other, lead, reason="<b>{{ 7*7 }}</b>").reason == "<b>{{ 7*7 }}</b>"


def test_who_may_propose(ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor) -> None:
    """The owner's safety lead; a body above the providers, between risks that it sees."""
    involve(risk, lead, ladder.neighbour)
    for by in (ladder.actor(ladder.provider, Role.REPORTER), ladder.actor(ladder.icb, Role.VIEWER), other_lead):
        with pytest.raises(PermissionDenied):
            propose(risk, ladder.risk(by) if by is other_lead else other, by)
    with pytest.raises(ValidationError, match="There is no open risk"):
        propose(risk, other, ladder.actor(ladder.other_icb))
    seen = ladder.risk(ladder.actor(ladder.other_icb))
    with pytest.raises(PermissionDenied):
        propose(risk, seen, ladder.actor(ladder.other_icb))
    assert not RiskLink.objects.exists()


def test_only_an_open_risk_is_linked(risk: Risk, other: Risk, lead: Actor) -> None:
    draft = risks.save_draft(fields={"title": "Not yet"}, by=lead, now=NOW)
    with pytest.raises(WrongStatus):
        propose(draft, other, lead)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    with pytest.raises(WrongStatus, match="only an open risk"):
        propose(risk, other, lead)


def test_the_clock_of_a_link_is_shown_to_the_two_between_whom_it_runs(
    risk: Risk, other: Risk, lead: Actor, other_lead: Actor, icb: Actor
) -> None:
    """Whoever else reads the other risk in full would learn from it that the proposer holds one like it."""
    waits = Deadline.objects.of(propose(risk, other, lead).consents.get()).get()
    assert other in Risk.objects.read_in_full_by(icb)
    assert waits in deadlines_of_risks(other_lead)
    assert waits not in deadlines_of_risks(icb)
    assert waits in Deadline.objects.visible_to(lead)
    assert waits not in Deadline.objects.visible_to(icb)


# Accepting


def test_an_accepted_link_shows_each_side_the_other_risk_in_part(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor
) -> None:
    link = propose(risk, other, lead)
    consent = link.consents.get()
    accept(link, other_lead)
    link.refresh_from_db()
    consent.refresh_from_db()
    assert (link.status, link.accepted_at) == (LinkStatus.ACCEPTED, LATER)
    assert (consent.given_at, consent.given_by) == (LATER, other_lead.user)
    assert Deadline.objects.of(consent).get().met_at == LATER
    assert sees(ladder.neighbour, risk) == [Basis.LINK]
    assert Basis.LINK in sees(ladder.provider, other)
    assert risk not in Risk.objects.read_in_full_by(other_lead)
    assert any("made a link with a risk of" in message for message in told(lead))


def test_a_chain_of_links_never_shows_a_neighbours_neighbour(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor
) -> None:
    far = ladder.actor(OrganisationFactory(parent=ladder.icb))
    third = ladder.risk(far, title="Beds are short")
    linked(ladder, risk, other)
    second = linked(ladder, other, third)
    assert third not in Risk.objects.visible_to(lead)
    assert risk not in Risk.objects.visible_to(far)
    assert second not in RiskLink.objects.visible_to(lead)


def test_whoever_reads_two_risks_in_part_does_not_learn_that_they_are_linked(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor
) -> None:
    third = ladder.actor(OrganisationFactory(parent=ladder.icb))
    involve(risk, lead, third.organisation)
    involve(other, other_lead, third.organisation)
    link = linked(ladder, risk, other)
    assert {risk, other} <= set(Risk.objects.visible_to(third))
    assert link not in RiskLink.objects.visible_to(third)
    assert link in RiskLink.objects.visible_to(ladder.actor(ladder.icb, Role.VIEWER))
    assert link not in RiskLink.objects.visible_to(ladder.actor(ladder.icb, Role.ADMINISTRATOR))


def test_an_icb_that_does_not_see_the_other_risk_learns_nothing_of_the_link(ladder: Ladder, lead: Actor) -> None:
    far = ladder.actor(OrganisationFactory(parent=ladder.other_icb))
    risk, quiet = ladder.risk(lead), ladder.risk(far, reach="1", title="Quiet")
    risks.answer_with_own_risk(
        involvement=involve(risk, lead, far.organisation)[0], own_risk=quiet.reference, by=far, now=NOW
    )
    link, icb = RiskLink.objects.get(), ladder.actor(ladder.icb)
    assert risk in Risk.objects.read_in_full_by(icb)
    assert link not in RiskLink.objects.visible_to(icb)
    seen = [event.summary for event in events_for(icb).filter(reference=risk.reference)]
    assert not any("link" in words for words in seen)
    own = [event.summary for event in events_for(lead).filter(reference=risk.reference)]
    assert any(f"made a link with a risk of {far.organisation.name}" in words for words in own)


def test_words_about_a_link_stay_with_those_who_know_of_it(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor, icb: Actor
) -> None:
    """What one side writes of the other's risk is not for everybody who reads its own in full."""
    decline(propose(risk, other, lead), other_lead, why="Theirs is about warfarin")
    said = f"declined the link with a risk of {ladder.provider.name}: Theirs is about warfarin"
    assert ("decline_link", said) in happened(other)
    for reader, reads in ((other_lead, True), (lead, True), (icb, False)):
        texts = [event.summary for event in events_for(reader)]
        assert any("warfarin" in text for text in texts) == reads


def test_of_a_proposal_between_two_others_both_owners_must_accept(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor, icb: Actor
) -> None:
    link = propose(risk, other, icb)
    assert {consent.organisation for consent in link.consents.all()} == {ladder.provider, ladder.neighbour}
    assert all(owed(consent)[0][2] == ladder.icb for consent in link.consents.all())
    what = f"{ladder.icb.name} proposed a link with a risk of {ladder.neighbour.name}"
    assert f"{risk.reference}: {what}" in told(lead)
    accept(link, lead)
    link.refresh_from_db()
    assert link.is_proposed
    assert sees(ladder.neighbour, risk) == []
    with pytest.raises(WrongStatus, match="You have accepted this link; it waits for the other"):
        accept(link, lead)
    accept(link, other_lead)
    assert sees(ladder.neighbour, risk) == [Basis.LINK]
    proposer_told = " ".join(told(icb))
    assert f"that you proposed between risks of {ladder.provider.name} and {ladder.neighbour.name}" in proposer_told
    assert risk.title not in proposer_told


def test_between_two_risks_of_one_provider_an_icb_asks_it_once(
    ladder: Ladder, risk: Risk, lead: Actor, icb: Actor
) -> None:
    second = ladder.risk(lead)
    link = propose(risk, second, icb)
    assert link.consents.count() == 1
    assert accept(link, lead).is_accepted


def test_who_may_answer_a_proposal(ladder: Ladder, risk: Risk, other: Risk, lead: Actor) -> None:
    link = propose(risk, other, lead)
    for by in (lead, ladder.actor(ladder.neighbour, Role.REPORTER), ladder.actor(ladder.icb)):
        with pytest.raises(PermissionDenied):
            accept(link, by)
        with pytest.raises(PermissionDenied):
            decline(link, by)


# Declining, and proposing again


def test_a_declined_link_shows_nothing_and_owes_nothing(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor
) -> None:
    link = propose(risk, other, lead)
    consent = link.consents.get()
    for why in ("  ", f"It is {NHS_NUMBER}", "x" * (LONGEST_TEXT + 1)):
        with pytest.raises(ValidationError) as refused:
            decline(link, other_lead, why=why)
        assert list(refused.value.message_dict) == ["why"]
    declined = decline(link, other_lead)
    assert (declined.status, declined.ended_for, declined.ended_why) == (
        LinkStatus.DECLINED,
        ladder.neighbour,
        "Ours concerns beds",
    )
    assert (owed(consent), sees(ladder.neighbour, risk)) == ([], [])
    assert any("declined the link" in message for message in told(lead))
    for again in (lambda: accept(link, other_lead), lambda: decline(link, other_lead), lambda: withdraw(link, lead)):
        with pytest.raises(WrongStatus, match="This link was declined on 3 November 2026"):
            again()


@pytest.mark.parametrize(
    "reason",
    [
        REASON,
        REASON.upper(),
        f"  {REASON}. ",
        "Both, wait:   for\nletters!",
        "Both wait for let-ters",
        "Both\u00a0wait for letters",
    ],
)
def test_a_declined_link_is_not_proposed_again_with_the_same_reason(
    risk: Risk, other: Risk, lead: Actor, other_lead: Actor, reason: str
) -> None:
    decline(propose(risk, other, lead), other_lead)
    for kind in ("RELATED", "CAUSES"):
        with pytest.raises(ValidationError, match="only with a new reason") as refused:
            propose(risk, other, lead, reason=reason, kind=kind)
        assert list(refused.value.message_dict) == ["reason"]


def test_a_declined_link_is_proposed_again_with_a_new_reason_only_in_either_direction(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor
) -> None:
    involve(risk, lead, ladder.neighbour)
    decline(propose(risk, other, lead), other_lead)
    with pytest.raises(ValidationError, match="This was declined on 3 November 2026"):
        propose(other, risk, other_lead)
    second = propose(other, risk, other_lead, reason="Now our practices wait too")
    assert second.is_proposed
    decline(second, lead)
    for reason in (REASON, "now our practices wait, too"):
        with pytest.raises(ValidationError, match="only with a new reason"):
            propose(risk, other, lead, reason=reason)
    assert propose(risk, other, lead, reason="A third thing").is_proposed


def test_a_withdrawn_link_may_be_proposed_again_with_the_same_words(risk: Risk, other: Risk, lead: Actor) -> None:
    withdraw(propose(risk, other, lead), lead)
    assert propose(risk, other, lead).is_proposed


# Withdrawing


def test_either_side_withdraws_a_link_and_both_stop_seeing_at_once(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor
) -> None:
    for by in (lead, other_lead):
        link = linked(ladder, risk, other)
        with pytest.raises(ValidationError, match="Enter why you withdraw it"):
            withdraw(link, by, why="")
        ended = withdraw(link, by)
        assert (ended.status, ended.ended_for, ended.ended_by) == (LinkStatus.WITHDRAWN, by.organisation, by.user)
        assert sees(ladder.neighbour, risk) == []
        assert sees(ladder.provider, other) == [Basis.INVOLVEMENT]
    assert verbs(risk).count("withdraw_link") == verbs(other).count("withdraw_link") == 2
    with pytest.raises(WrongStatus, match="This link was withdrawn on 3 November 2026"):
        withdraw(link, lead)


def test_a_share_that_another_link_speaks_for_stays(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, icb: Actor
) -> None:
    second = ladder.risk(lead, title="Letters again")
    first, _second = linked(ladder, risk, other), linked(ladder, second, other)
    withdraw(first, lead)
    assert Basis.LINK in sees(ladder.provider, other)
    assert sees(ladder.neighbour, risk) == []
    assert sees(ladder.neighbour, second) == [Basis.LINK]


def test_who_may_withdraw(ladder: Ladder, risk: Risk, other: Risk, lead: Actor, icb: Actor) -> None:
    link = propose(risk, other, icb)
    for by in (ladder.actor(ladder.provider, Role.REPORTER), ladder.actor(ladder.other_icb)):
        with pytest.raises(PermissionDenied):
            withdraw(link, by)
    assert withdraw(link, icb).status == LinkStatus.WITHDRAWN
    with pytest.raises(WrongStatus, match="was withdrawn"):
        withdraw(link, icb)
    stands = linked(ladder, risk, other)
    with pytest.raises(PermissionDenied):
        withdraw(stands, icb)


def test_a_risk_is_closed_once_its_proposals_are_answered_on_both_sides(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor
) -> None:
    """What waits to be linked with it must not be linked with a closed risk."""
    link = propose(risk, other, lead)
    for mine, by in ((risk, lead), (other, other_lead)):
        with pytest.raises(StillOwed, match=f"{ladder.neighbour.name} has yet to accept or decline the link"):
            risks.close_risk(risk=mine, closure_reason="CONTROLLED", words="", by=by, now=NOW)
    accept(link, other_lead)
    assert risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="", by=lead, now=NOW).is_closed
    assert sees(ladder.neighbour, risk) == [Basis.LINK]


def test_no_message_and_no_history_says_what_the_other_risk_says(
    ladder: Ladder, risk: Risk, other: Risk, lead: Actor, other_lead: Actor, icb: Actor
) -> None:
    link = linked(ladder, risk, other)
    withdraw(link, lead)
    decline(propose(risk, other, icb, reason="A new thought"), other_lead)
    for reader in (lead, other_lead, icb):
        assert not any(title in message for message in told(reader) for title in (risk.title, other.title))
    for mine, theirs in ((risk, other), (other, risk)):
        assert not any(theirs.reference in words or theirs.title in words for _verb, words in happened(mine))
