"""Ways to break, by hand, what the register promises of positions, links and introductions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pgtrigger

from accounts.models import Organisation
from deadlines.models import Deadline, Kind
from risks import services as risks
from risks.models import Basis, Introduction, Involvement, LinkConsent, Risk, RiskLink, RiskShare
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW
from tests.risks.belonging import ask_introduction, involve, linked, propose

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ladder import Ladder

LATER = NOW + timedelta(minutes=1)


def relate(ladder: Ladder) -> None:
    """Put into a register a question that waits and two that were answered, a link of each status, an introduction."""
    lead, theirs, icb = (ladder.actor(body) for body in (ladder.provider, ladder.neighbour, ladder.icb))
    mine = [ladder.risk(lead, title=f"Letter {number}") for number in range(3)]
    others = [ladder.risk(theirs, title=f"Dose {number}") for number in range(3)]
    involve(mine[0], lead, ladder.other_icb)
    (picked,) = involve(mine[0], lead, ladder.neighbour)
    risks.answer_with_own_risk(involvement=picked, own_risk=others[0].reference, by=theirs, now=NOW)
    (refused,) = involve(mine[1], lead, ladder.neighbour)
    risks.answer_not_affected(involvement=refused, words="Not here", by=theirs, now=NOW)
    propose(mine[0], others[1], icb)
    linked(ladder, mine[1], others[1])
    risks.decline_link(link=propose(mine[1], others[2], icb), why="No", by=theirs, now=NOW)
    risks.withdraw_link(link=linked(ladder, mine[2], others[2]), why="It ended", by=theirs, now=NOW)
    ask_introduction(mine[2], lead)
    risks.decline_introduction(introduction=ask_introduction(mine[0], lead), why="Nobody", by=icb, now=NOW)


def _stop(kind: Kind) -> None:
    Deadline.objects.filter(kind=kind).live().update(cancelled_at=LATER, next_at=None)


def _run_again(kind: Kind) -> None:
    """Clocks of what is not asked any more."""
    Deadline.objects.filter(kind=kind, met_at__isnull=False).update(met_at=None, next_at=NOW + timedelta(days=1))


def _turn_round(kind: Kind) -> None:
    for deadline in Deadline.objects.filter(kind=kind).live():
        Deadline.objects.filter(pk=deadline.pk).update(owed_by=deadline.owed_to, owed_to=deadline.owed_by)


def _unsay(verb: str) -> None:
    """Lose what one of the histories says."""
    with pgtrigger.ignore():
        AuditEvent.objects.filter(verb=verb).order_by("reference")[:1].get().delete()


def hide_it_from_the_owner_of_a_linked_risk() -> None:
    RiskShare.objects.filter(basis=Basis.LINK).update(revoked_at=LATER)


def share_it_for_a_link() -> None:
    other = Organisation.objects.get(name="Test Other ICB")
    RiskShare.objects.create(risk=Risk.objects.first(), organisation=other, basis=Basis.LINK, granted_at=LATER)


def show_it_to_one_that_is_not_affected() -> None:
    row = Involvement.objects.get(position="NOT_AFFECTED")
    RiskShare.objects.create(risk=row.risk, organisation=row.organisation, basis=Basis.INVOLVEMENT, granted_at=LATER)


def go_on_showing_it_after_the_link_was_withdrawn() -> None:
    RiskLink.objects.filter(status="ACCEPTED").update(status="WITHDRAWN", ended_at=LATER)


def stop_owing_a_position() -> None:
    _stop(Kind.POSITION)


def owe_a_position_that_was_given() -> None:
    _run_again(Kind.POSITION)


def owe_a_position_to_the_wrong_side() -> None:
    _turn_round(Kind.POSITION)


def take_a_question_away_and_leave_its_clock() -> None:
    Involvement.objects.unanswered().delete()


def give_a_position_with_the_risk_of_another() -> None:
    row = Involvement.objects.get(position="OWN_RISK")
    Involvement.objects.filter(pk=row.pk).update(own_risk=row.risk)


def stop_owing_a_consent() -> None:
    _stop(Kind.LINK)


def owe_a_consent_that_was_given() -> None:
    _run_again(Kind.LINK)


def owe_a_consent_to_the_wrong_side() -> None:
    _turn_round(Kind.LINK)


def close_a_risk_that_waits_to_be_linked() -> None:
    Risk.objects.filter(pk=RiskLink.objects.get(status="PROPOSED").to_risk_id).update(
        status="CLOSED", closed_at=LATER, closure_reason="CONTROLLED"
    )


def let_a_link_stand_without_consent() -> None:
    RiskLink.objects.filter(status="PROPOSED").update(status="ACCEPTED", accepted_at=LATER)


def keep_a_link_waiting_for_nobody() -> None:
    LinkConsent.objects.filter(link__status="PROPOSED").update(given_at=LATER)


def ask_somebody_else_about_a_link() -> None:
    consent = LinkConsent.objects.awaited().order_by("pk")[0]
    LinkConsent.objects.filter(pk=consent.pk).update(organisation=Organisation.objects.get(name="Test Other ICB"))


def forget_to_ask_an_owner() -> None:
    LinkConsent.objects.awaited().order_by("pk")[0].delete()


def stop_owing_an_introduction() -> None:
    _stop(Kind.INTRODUCE)


def owe_an_introduction_that_was_declined() -> None:
    _run_again(Kind.INTRODUCE)


def hide_a_risk_to_be_introduced_from_the_icb() -> None:
    RiskShare.objects.filter(risk=Introduction.objects.open().get().risk_id, basis=Basis.OVERSIGHT).update(
        revoked_at=LATER
    )


def introduce_somebody_elses_risk() -> None:
    Introduction.objects.open().update(organisation=Organisation.objects.get(name="Test Neighbour Hospital"))


def lose_the_audit_of_a_proposal() -> None:
    with pgtrigger.ignore():
        AuditEvent.objects.filter(verb="propose_link").delete()


def lose_the_audit_of_a_link() -> None:
    _unsay("link")


def lose_the_audit_of_a_link_that_has_ended() -> None:
    ended = RiskLink.objects.get(status="WITHDRAWN")
    with pgtrigger.ignore():
        AuditEvent.objects.filter(verb="link", subject_id=str(ended.pk)).delete()


def lose_the_audit_of_declining() -> None:
    _unsay("decline_link")


def lose_the_audit_of_withdrawing() -> None:
    _unsay("withdraw_link")


def ask_at_a_moment_of_which_the_history_knows_nothing() -> None:
    Involvement.objects.unanswered().update(asked_at=LATER)


def lose_the_audit_of_an_answer() -> None:
    row = Involvement.objects.get(position="OWN_RISK")
    with pgtrigger.ignore():
        AuditEvent.objects.filter(verb="answer_involvement", reference=row.risk.reference).delete()


def lose_the_audit_of_an_answer_on_the_own_risk() -> None:
    row = Involvement.objects.get(position="OWN_RISK")
    assert row.own_risk
    with pgtrigger.ignore():
        AuditEvent.objects.filter(verb="answer_involvement", reference=row.own_risk.reference).delete()


def lose_the_audit_of_asking_to_be_introduced() -> None:
    _unsay("ask_introduction")


def lose_the_audit_of_an_introduction() -> None:
    _unsay("end_introduction")


POSITIONS = "Every position asked for on an open risk is owed to its organisation, and no other"
CONSENTS = "Every consent that a proposed link waits for is owed, and no other"
CONSENTED = "A link stands once every owner asked has agreed"
ASKED = "Whoever has to agree to a proposed link owns a risk of it"
INTRODUCED = "Every request for an introduction is owed by its ICB, which sees the risk"
LINKS_SAID = "Every link has its events in the history of both risks"
POSITIONS_SAID = "Every position has its event in the history of each risk"
INTRODUCTIONS_SAID = "Every introduction has its events in the history of its risk"
BROKEN: list[tuple[Callable[[], None], str]] = [
    (hide_it_from_the_owner_of_a_linked_risk, "Whoever has a reason to see a risk sees it"),
    (share_it_for_a_link, "Every share has a reason"),
    (show_it_to_one_that_is_not_affected, "Every share has a reason"),
    (go_on_showing_it_after_the_link_was_withdrawn, "Every share has a reason"),
    (stop_owing_a_position, POSITIONS),
    (owe_a_position_that_was_given, POSITIONS),
    (owe_a_position_to_the_wrong_side, POSITIONS),
    (take_a_question_away_and_leave_its_clock, POSITIONS),
    (give_a_position_with_the_risk_of_another, "A position was given with a risk that was then one's own"),
    (stop_owing_a_consent, CONSENTS),
    (owe_a_consent_that_was_given, CONSENTS),
    (owe_a_consent_to_the_wrong_side, CONSENTS),
    (forget_to_ask_an_owner, CONSENTS),
    (close_a_risk_that_waits_to_be_linked, "Only open risks wait to be linked"),
    (let_a_link_stand_without_consent, CONSENTED),
    (keep_a_link_waiting_for_nobody, CONSENTED),
    (ask_somebody_else_about_a_link, ASKED),
    (forget_to_ask_an_owner, ASKED),
    (stop_owing_an_introduction, INTRODUCED),
    (owe_an_introduction_that_was_declined, INTRODUCED),
    (hide_a_risk_to_be_introduced_from_the_icb, INTRODUCED),
    (introduce_somebody_elses_risk, INTRODUCED),
    (lose_the_audit_of_a_proposal, LINKS_SAID),
    (lose_the_audit_of_a_link, LINKS_SAID),
    (lose_the_audit_of_a_link_that_has_ended, LINKS_SAID),
    (lose_the_audit_of_declining, LINKS_SAID),
    (lose_the_audit_of_withdrawing, LINKS_SAID),
    (ask_at_a_moment_of_which_the_history_knows_nothing, POSITIONS_SAID),
    (lose_the_audit_of_an_answer, POSITIONS_SAID),
    (lose_the_audit_of_an_answer_on_the_own_risk, POSITIONS_SAID),
    (lose_the_audit_of_asking_to_be_introduced, INTRODUCTIONS_SAID),
    (lose_the_audit_of_an_introduction, INTRODUCTIONS_SAID),
]
