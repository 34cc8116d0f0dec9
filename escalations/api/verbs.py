"""Every verb of an escalation, by the service that the pages call too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalations import permissions, services
from escalations.api import asking
from escalations.api.resources import ESCALATIONS, FEEDBACK
from escalations.models import Verb as What
from safetyreg.api.asking import WithWhy
from safetyreg.api.resources import Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.actors import Actor
    from escalations.models import Escalation
    from risks.models import Risk
    from safetyreg.api.asking import Asked
    from safetyreg.api.resources import Resource


def may(what: What) -> Callable[[Actor, Escalation], bool]:
    return lambda actor, escalation: permissions.can_do(actor, what, escalation)


def may_read(actor: Actor, risk: Risk) -> bool:
    """Whoever sees feedback may note that it was read."""
    return True


ESCALATE = Verb(
    services.escalate_risk, permissions.can_escalate, asking.Escalated, ESCALATIONS, creates=True, on="risk"
)
READ_FEEDBACK = Verb(services.record_reading, may_read, on="risk")


def verb(service: Callable[..., Any], what: What, asks: type[Asked], answers: Resource = ESCALATIONS) -> Verb:
    """A verb that answers with the escalation unless it makes something: the next hop, or feedback."""
    creates = what in (What.ESCALATE_ON, What.BYPASS) or answers is FEEDBACK
    may_end_sight = what == What.WITHDRAW
    return Verb(service, may(what), asks, answers, creates=creates, may_end_sight=may_end_sight, on="escalation")


OF_AN_ESCALATION = {
    "acknowledge": verb(services.acknowledge, What.ACKNOWLEDGE, asking.Acknowledged),
    "reassign": verb(services.reassign, What.REASSIGN, asking.Reassigned),
    "request-information": verb(services.request_information, What.REQUEST_INFORMATION, asking.InformationAsked),
    "give-information": verb(services.give_information, What.GIVE_INFORMATION, asking.InformationGiven),
    "accept": verb(services.accept, What.ACCEPT, asking.Accepted),
    "escalate-on": verb(services.escalate_on, What.ESCALATE_ON, asking.EscalatedFurther),
    "bypass": verb(services.bypass, What.BYPASS, asking.EscalatedFurther),
    "answer": verb(services.answer, What.ANSWER, asking.Answered, FEEDBACK),
    "update": verb(services.update, What.UPDATE, asking.Updated, FEEDBACK),
    "confirm": verb(services.confirm, What.CONFIRM, asking.Confirmed),
    "dispute": verb(services.dispute, What.DISPUTE, WithWhy),
    "withdraw": verb(services.withdraw, What.WITHDRAW, WithWhy),
}
