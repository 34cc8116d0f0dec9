"""The register's promises as queries. Each gives the rows that break it, in words, and must give none.

They look at the whole register, whoever may see it, and say references, bodies and names of people; never what a risk
says. Each module holds those about one thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from overview.invariants import belonging, deadlines, escalations, people, risks, shares, webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime


class Promise(NamedTuple):
    """What may never be false, and what asks for the rows that make it so."""

    words: str
    broken: Callable[[datetime], Iterable[str]]


class Broken(NamedTuple):
    promise: str
    rows: list[str]


def check(now: datetime) -> list[Broken]:
    """Every promise that does not hold, with the rows that break it."""
    found = [Broken(promise.words, list(promise.broken(now))) for promise in PROMISES]
    return [broken for broken in found if broken.rows]


PROMISES = (
    Promise("Every open risk and every draft has an owner who can hold it", people.owners_who_left),
    Promise("Every action to be done has an owner who can hold it", people.action_owners_who_left),
    Promise("Every acknowledged escalation has a handler at the body asked", people.handlers_who_left),
    Promise("Whoever is named for something owed works for the body that owes it", people.holders_who_left),
    Promise("Somebody who can own what it logs answers for every API client", people.clients_nobody_answers_for),
    Promise("On every escalation runs just what its status demands", escalations.wrong_clocks),
    Promise("What is owed on an escalation is owed by the side whose turn it is", escalations.clocks_of_the_wrong_body),
    Promise("Every running deadline has a next thing to do", deadlines.running_without_a_next),
    Promise("No deadline waits for a sweep", deadlines.not_swept),
    Promise("No deadline is swept in vain", deadlines.swept_in_vain),
    Promise("Nothing is overdue without being marked so", deadlines.late_and_nobody_knows),
    Promise("Nothing is owed on a risk that is not open", deadlines.owed_on_what_is_not_open),
    Promise("A review of every open risk is owed", deadlines.no_review_owed),
    Promise("Every action to be done is owed", deadlines.actions_without_a_date),
    Promise("Every action to be done is its risk's organisation's", deadlines.actions_of_another_body),
    Promise("No closed organisation holds an open risk or owes anything", deadlines.closed_bodies_that_owe),
    Promise("Every risk has one owning organisation, which sees it", shares.not_seen_by_its_owner),
    Promise("Every share has a reason", shares.without_reason),
    Promise("Whoever has a reason to see a risk sees it", shares.missing),
    Promise("Everybody below on a chain reads what is answered above", shares.answers_unseen),
    Promise("Every step of an escalation follows from the one before", escalations.steps_that_do_not_follow),
    Promise("Every step of an escalation has an audit event", escalations.steps_nobody_recorded),
    Promise("Every risk logged or closed has an audit event", risks.risks_nobody_recorded),
    Promise("Every update and answer is a step of its escalation", escalations.feedback_without_a_step),
    Promise("Every risk stands at its last score", risks.scores_that_differ),
    Promise("Every position asked for on an open risk is owed to its organisation, and no other", belonging.positions),
    Promise("A position was given with a risk that was then one's own", belonging.positions_of_others),
    Promise("Every consent that a proposed link waits for is owed, and no other", belonging.consents),
    Promise("Only open risks wait to be linked", belonging.proposals_of_closed_risks),
    Promise("A link stands once every owner asked has agreed", belonging.standing_without_consent),
    Promise("Whoever has to agree to a proposed link owns a risk of it", belonging.asked_for_anothers_risk),
    Promise("Every request for an introduction is owed by its ICB, which sees the risk", belonging.introductions),
    Promise("Every link has its events in the history of both risks", belonging.links_nobody_recorded),
    Promise("Every position has its event in the history of each risk", belonging.positions_nobody_recorded),
    Promise("Every introduction has its events in the history of its risk", belonging.introductions_nobody_recorded),
    Promise("Systems are told only of risks that their organisation has seen", webhooks.of_risks_never_seen),
    Promise("Systems are told only what their own organisation is", webhooks.to_another_organisation),
)
