"""The clocks of an escalation: which starts, who owes it, and in whose name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from deadlines import services as deadlines
from deadlines.models import Deadline, Kind, Urgency

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from escalations.models import Escalation

OWED_BY_FROM = frozenset({Kind.INFORM, Kind.CONFIRM})


def start(kind: Kind, escalation: Escalation, now: datetime) -> None:
    from_owes = kind in OWED_BY_FROM
    owed_by, owed_to = escalation.to_organisation, escalation.from_organisation
    if from_owes:
        owed_by, owed_to = owed_to, owed_by
    deadlines.start(
        kind=kind,
        subject=escalation,
        owed_by=owed_by,
        owed_to=owed_to,
        holder=person_below(escalation) if from_owes else escalation.handler,
        urgency=Urgency(escalation.urgency),
        reference=escalation.risk.reference,
        path=escalation.path,
        now=now,
    )


def person_below(escalation: Escalation) -> User | None:
    """Who is named for it on the asking side: the handler of the hop below, or the risk's owner."""
    return escalation.previous.handler if escalation.previous else escalation.risk.owner


def meet(escalation: Escalation, *kinds: Kind, now: datetime) -> None:
    deadlines.meet(subject=escalation, kinds=kinds, now=now)


def stop(escalation: Escalation, *kinds: Kind, now: datetime) -> None:
    deadlines.stop(subject=escalation, kinds=kinds, now=now)


def stop_all(escalation: Escalation, now: datetime) -> None:
    deadlines.stop(subject=escalation, now=now)


def keep_or_start(kind: Kind, escalation: Escalation, now: datetime) -> None:
    if not deadlines.is_live(subject=escalation, kind=kind):
        start(kind, escalation, now)


def was_late(escalation: Escalation, now: datetime) -> bool:
    """Whether the body asked has ever missed acknowledging or deciding on this escalation."""
    unswept = Q(met_at=None, cancelled_at=None) & (Q(due_at__lte=now, paused_at=None) | Q(due_at__lte=F("paused_at")))
    late = Q(breached_at__isnull=False) | unswept
    return Deadline.objects.of(escalation).filter(late, kind__in=[Kind.ACKNOWLEDGE, Kind.DECIDE]).exists()
