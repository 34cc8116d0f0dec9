"""People: whoever is named for something is there to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.members import HOLDERS_OF_ESCALATIONS, HOLDERS_OF_RISKS
from accounts.models import Client
from deadlines.models import Deadline
from escalations.models import Escalation
from escalations.models import Status as Hop
from overview.invariants.asking import hop as in_words
from overview.invariants.asking import is_member, with_names
from risks.models import Action, Risk, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def owners_who_left(now: datetime) -> Iterator[str]:
    held = Risk.objects.exclude(status=Status.CLOSED).filter(~is_member("organisation", "owner", HOLDERS_OF_RISKS))
    for risk in held.select_related("owner", "organisation"):
        yield f"{risk.reference}: {risk.owner.name} owns it and cannot hold it at {risk.organisation.name}"


def action_owners_who_left(now: datetime) -> Iterator[str]:
    live = Action.objects.filter(done_at=None, dropped_at=None)
    for action in live.filter(~is_member("organisation", "owner", HOLDERS_OF_RISKS)).select_related("risk", "owner"):
        yield f"{action.risk.reference}: {action.owner.name} is to do an action and cannot hold it"


def handlers_who_left(now: datetime) -> Iterator[str]:
    acknowledged = Escalation.objects.open().exclude(status=Hop.RAISED)
    left = acknowledged.filter(~is_member("to_organisation", "handler", HOLDERS_OF_ESCALATIONS))
    for escalation in with_names(left):
        yield f"{in_words(escalation)}: its handler {escalation.handler} is no safety lead there"


def holders_who_left(now: datetime) -> Iterator[str]:
    named = Deadline.objects.live().filter(holder__isnull=False)
    for deadline in named.filter(~is_member("owed_by", "holder")).select_related("holder", "owed_by"):
        yield f"{deadline}: {deadline.holder} is named for it and does not work for {deadline.owed_by}"


def clients_nobody_answers_for(now: datetime) -> Iterator[str]:
    live = Client.objects.live().filter(~is_member("organisation", "responsible", HOLDERS_OF_RISKS))
    for client in live.with_people():
        yield f"{client.membership.user.name}: {client.responsible.name} answers for it and cannot own what it logs"
