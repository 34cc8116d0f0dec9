"""What the body asked does with an escalation before it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.members import HOLDERS_OF_ESCALATIONS, require_member
from deadlines import services as deadlines
from deadlines.models import Kind
from escalations import clocks, lifecycle, telling
from escalations.models import OVER, Escalation, EscalationQuerySet, Feedback, FeedbackKind, Status, Verb
from escalations.services.beginning import acknowledge_locked, begin, words
from risks.models import Risk

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation, User
    from risks.models import RiskQuerySet


@transaction.atomic
def acknowledge(*, escalation: Escalation, handler: User | None = None, by: Actor, now: datetime) -> Escalation:
    """Take note of an escalation and name who handles it: the actor, unless another safety lead is named.

    Raises PermissionDenied, ValidationError, WrongMoment.
    """
    escalation = begin(Verb.ACKNOWLEDGE, escalation, by=by, now=now)
    acknowledge_locked(escalation, handler or by.person, by=by, now=now)
    return escalation


@transaction.atomic
def reassign(*, escalation: Escalation, handler: User, by: Actor, now: datetime) -> Escalation:
    """Name another safety lead of the body asked as its handler.

    Raises PermissionDenied, ValidationError, WrongMoment.
    """
    escalation = begin(Verb.REASSIGN, escalation, by=by, now=now)
    give_to(escalation, handler, by=by, now=now)
    return escalation


def give_to(escalation: Escalation, handler: User, *, by: Actor, now: datetime) -> None:
    """Change the handler of a locked escalation, and of what its body owes on it and on the hops above."""
    require_member(handler, escalation.to_organisation, field="handler", roles=HOLDERS_OF_ESCALATIONS)
    before = escalation.handler
    escalation.handler = handler
    step = lifecycle.move(
        escalation,
        Verb.REASSIGN,
        Status(escalation.status),
        text=f"Handled by {handler.name}",
        summary=f"gave the escalation from {before.name if before else 'nobody'} to {handler.name}",
        by=by,
        now=now,
    )
    deadlines.give_to(subject=escalation, holder=handler, kinds=set(Kind) - clocks.OWED_BY_FROM)
    for hop_above in escalation.hops_above.filter(from_organisation=escalation.to_organisation):
        deadlines.give_to(subject=hop_above, holder=handler, kinds=clocks.OWED_BY_FROM)
    telling.tell_all_below(step, f"{handler.name} of {escalation.to_organisation.name} now handles the escalation")
    telling.tell_handler(escalation, by, now)


@transaction.atomic
def request_information(
    *, escalation: Escalation, question: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Escalation:
    """Ask the body below for information. While it is awaited before a decision, the decision's clock is paused, once.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment, AlreadyAsked.
    """
    escalation = begin(Verb.REQUEST_INFORMATION, escalation, by=by, now=now)
    text = words("question", question, "Enter what you need to know", checked=personal_data_checked)
    escalation.back_to = escalation.status
    if escalation.status == Status.ACKNOWLEDGED:
        escalation.pause_used = True
        deadlines.pause(subject=escalation, kind=Kind.DECIDE, now=now)
    step = lifecycle.move(escalation, Verb.REQUEST_INFORMATION, Status.INFORMATION_REQUESTED, text=text, by=by, now=now)
    clocks.start(Kind.INFORM, escalation, now)
    telling.tell_all_below(step, f"{escalation.to_organisation.name} asks for information on the escalation")
    return escalation


@transaction.atomic
def give_information(
    *, escalation: Escalation, information: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Escalation:
    """Give the information asked for. The escalation goes back where it was and its clock runs on.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment.
    """
    escalation = begin(Verb.GIVE_INFORMATION, escalation, by=by, now=now)
    text = words("information", information, "Enter the information asked for", checked=personal_data_checked)
    step = lifecycle.move(escalation, Verb.GIVE_INFORMATION, Status(escalation.back_to), text=text, by=by, now=now)
    clocks.meet(escalation, Kind.INFORM, now=now)
    deadlines.resume(subject=escalation, kind=Kind.DECIDE, now=now)
    telling.tell_both_sides(step, f"{escalation.from_organisation.name} gave the information asked for")
    return escalation


@transaction.atomic
def accept(
    *, escalation: Escalation, plan: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Escalation:
    """Take the escalation on, saying what will be done. From now on updates and an answer are owed.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment.
    """
    escalation = begin(Verb.ACCEPT, escalation, by=by, now=now)
    escalation.plan = words("plan", plan, "Enter what your organisation will do", checked=personal_data_checked)
    escalation.accepted_at = now
    step = lifecycle.move(escalation, Verb.ACCEPT, Status.ACCEPTED, text=escalation.plan, by=by, now=now)
    clocks.meet(escalation, Kind.DECIDE, now=now)
    clocks.start(Kind.UPDATE, escalation, now)
    clocks.start(Kind.ANSWER, escalation, now)
    telling.tell_all_below(step, f"{escalation.to_organisation.name} accepted the escalation and says what it will do")
    return escalation


@transaction.atomic
def update(
    *, escalation: Escalation, text: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Feedback:
    """Say how things stand. The next update is owed from now.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongMoment.
    """
    escalation = begin(Verb.UPDATE, escalation, by=by, now=now)
    text = words("text", text, "Enter the update", checked=personal_data_checked)
    feedback = Feedback.objects.create(
        escalation=escalation, kind=FeedbackKind.UPDATE, text=text, given_by=by.user, given_at=now
    )
    step = lifecycle.move(escalation, Verb.UPDATE, Status(escalation.status), text=text, by=by, now=now)
    clocks.meet(escalation, Kind.UPDATE, now=now)
    clocks.start(Kind.UPDATE, escalation, now)
    telling.tell_all_below(step, f"{escalation.to_organisation.name} gave an update")
    return feedback


class HandledEscalations:
    """The escalations that a member handles, also one that was withdrawn while the hop above it goes on."""

    name = "escalations they handle"
    roles = HOLDERS_OF_ESCALATIONS

    def held_by(self, user: User, organisation: Organisation) -> list[tuple[str, str]]:
        held = self._handled(user, organisation).select_related("risk").order_by("raised_at", "pk")
        return [(f"Escalation of {escalation.risk.reference}", escalation.path) for escalation in held]

    def behind(self, user: User, organisation: Organisation) -> RiskQuerySet:
        return Risk.objects.filter(pk__in=self._handled(user, organisation).values("risk"))

    def hand_over(self, *, organisation: Organisation, of: User, to: User, by: Actor, now: datetime) -> int:
        held = list(self._handled(of, organisation).select_related("risk").order_by("risk", "pk"))
        for escalation in held:
            give_to(lifecycle.lock(escalation), to, by=by, now=now)
        return len(held)

    @staticmethod
    def _handled(user: User, organisation: Organisation) -> EscalationQuerySet:
        handled = Escalation.objects.filter(handler=user, to_organisation=organisation)
        return handled.filter(~Q(status__in=OVER) | Exists(Escalation.objects.open().filter(previous=OuterRef("pk"))))
