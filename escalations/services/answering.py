"""How an escalation ends, and how an answer travels back down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from deadlines.models import Kind
from escalations import clocks, lifecycle, telling
from escalations.models import Escalation, Feedback, FeedbackKind, Outcome, Status, Verb, Verdict
from escalations.services.beginning import begin, words
from notifications.models import Kind as Told
from risks import sharing
from risks.models import Basis
from safetyreg import personal_data

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from escalations.models import Step
    from risks.models import Risk


@transaction.atomic
def answer(
    *,
    escalation: Escalation,
    outcome: str,
    text: str,
    passed_on_from: Feedback | None = None,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Feedback:
    """Answer, with an outcome and words. Everyone below on the chain sees it at once.

    `passed_on_from` is an answer from a hop above this one that is passed on.
    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment.
    """
    escalation = begin(Verb.ANSWER, escalation, by=by, now=now)
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": "Select the outcome"})
    missing = "Enter why there will be no action" if outcome == Outcome.NO_ACTION else "Enter the answer"
    text = words("text", text, missing, checked=personal_data_checked)
    _require_from_above(passed_on_from, escalation)
    feedback = Feedback.objects.create(
        escalation=escalation,
        kind=FeedbackKind.ANSWER,
        outcome=outcome,
        text=text,
        passed_on_from=passed_on_from,
        given_by=by.user,
        given_at=now,
    )
    escalation.answered_at, escalation.verdict = now, ""
    label = Outcome(outcome).label
    step = lifecycle.move(
        escalation,
        Verb.ANSWER,
        Status.ANSWERED,
        text=text,
        summary=f"answered the escalation: {label}",
        by=by,
        now=now,
    )
    clocks.meet(escalation, Kind.DECIDE, Kind.UPDATE, Kind.ANSWER, now=now)
    clocks.start(Kind.CONFIRM, escalation, now)
    _give_back(escalation, by=by, now=now, answered=True)
    telling.tell_all_below(step, f"{escalation.to_organisation.name} answered the escalation", Told.ANSWERED)
    return feedback


@transaction.atomic
def confirm(
    *, escalation: Escalation, text: str = "", by: Actor, now: datetime, personal_data_checked: bool = False
) -> Escalation:
    """Say that the answer helps. The escalation is closed.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment.
    """
    escalation = begin(Verb.CONFIRM, escalation, by=by, now=now)
    personal_data.screen(checked=personal_data_checked, text=text)
    escalation.verdict = Verdict.HELPS
    step = lifecycle.move(escalation, Verb.CONFIRM, Status.CLOSED, text=text.strip(), by=by, now=now)
    clocks.meet(escalation, Kind.CONFIRM, now=now)
    telling.tell_both_sides(step, f"{escalation.from_organisation.name} confirmed that the answer helps")
    return escalation


def _require_from_above(passed_on: Feedback | None, escalation: Escalation) -> None:
    if passed_on is None:
        return
    if passed_on.kind != FeedbackKind.ANSWER or passed_on.escalation.previous_id != escalation.pk:
        raise ValidationError({"passed_on_from": "Choose an answer from the level above this escalation"})


@transaction.atomic
def dispute(
    *, escalation: Escalation, why: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Escalation:
    """Say that the answer does not help, and why. A new decision is owed, and the level above may look on.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment.
    """
    escalation = begin(Verb.DISPUTE, escalation, by=by, now=now)
    text = words("why", why, "Enter why the answer does not help", checked=personal_data_checked)
    escalation.verdict = Verdict.DOES_NOT_HELP
    escalation.disputes += 1
    escalation.pause_used = False
    step = lifecycle.move(escalation, Verb.DISPUTE, Status.ACKNOWLEDGED, text=text, by=by, now=now)
    clocks.meet(escalation, Kind.CONFIRM, now=now)
    clocks.start(Kind.DECIDE, escalation, now)
    _wait_above_again(escalation, by=by, now=now)
    telling.tell_both_sides(
        step, f"{escalation.from_organisation.name} says that the answer does not help", Told.RETURNED
    )
    _let_look_on(escalation.to_organisation.parent, step)
    return escalation


def _let_look_on(above: Organisation | None, step: Step) -> None:
    """The level above a body whose answer did not help sees the risk from now on, and is told so."""
    escalation = step.escalation
    if above and sharing.grant(escalation.risk, above, Basis.OVERSIGHT, step.at):
        answered = f"an answer of {escalation.to_organisation.name} did not help {escalation.from_organisation.name}"
        telling.tell(step, above, f"{answered}; {above.name} may look on", Told.SHARED)


@transaction.atomic
def withdraw(
    *, escalation: Escalation, why: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Escalation:
    """Take the escalation back, and say why. Hops below and above it stand.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment.
    """
    escalation = begin(Verb.WITHDRAW, escalation, by=by, now=now)
    text = words("why", why, "Enter why you withdraw it", checked=personal_data_checked)
    step = lifecycle.move(escalation, Verb.WITHDRAW, Status.WITHDRAWN, text=text, by=by, now=now)
    clocks.stop_all(escalation, now)
    _give_back(escalation, by=by, now=now, answered=False)
    for body in (escalation.to_organisation, escalation.from_organisation):
        _stop_sharing(escalation.risk, body, now)
    telling.tell_both_sides(
        step, f"{escalation.from_organisation.name} withdrew its escalation to {escalation.to_organisation.name}"
    )
    return escalation


def _give_back(hop_above: Escalation, *, by: Actor, now: datetime, answered: bool) -> None:
    """The hop below has it back: an answer is owed from here. A withdrawn hop leaves another one above standing."""
    if hop_above.previous is None:
        return
    below = lifecycle.lock(hop_above.previous)
    others = Escalation.objects.open().filter(previous=below).exclude(pk=hop_above.pk).exclude(status=Status.ANSWERED)
    if lifecycle.standing(below) != Status.ESCALATED_ON or (not answered and others.exists()):
        return
    lifecycle.stand_beneath(below, Verb.RETURNED, Status.ACCEPTED, by=by, now=now)
    clocks.start(Kind.ANSWER, below, now)
    clocks.keep_or_start(Kind.UPDATE, below, now)


def _wait_above_again(hop_above: Escalation, *, by: Actor, now: datetime) -> None:
    """Disputing the hop above puts the one below back to waiting for it."""
    if hop_above.previous is None:
        return
    below = lifecycle.lock(hop_above.previous)
    if lifecycle.standing(below) not in lifecycle.WORKED_ON:
        return
    clocks.meet(below, Kind.DECIDE, now=now)
    clocks.stop(below, Kind.ANSWER, now=now)
    clocks.keep_or_start(Kind.UPDATE, below, now)
    lifecycle.stand_beneath(below, Verb.WAITING, Status.ESCALATED_ON, by=by, now=now)


def _stop_sharing(risk: Risk, body: Organisation, now: datetime) -> None:
    """A body that was asked stops seeing the risk on this basis once it has no hop left that was not withdrawn."""
    left = Escalation.objects.of_risk(risk).exclude(status=Status.WITHDRAWN)
    if not left.filter(Q(to_organisation=body) | Q(from_organisation=body)).exists():
        sharing.revoke(risk, body, Basis.ESCALATION, now)
