"""What is owed: on time, on open risks, by bodies that are there, and seen by whoever sweeps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef

from deadlines.models import Deadline, Kind
from overview.invariants.asking import live_on
from risks.models import Action, Risk, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

UNSWEPT_FOR = timedelta(minutes=5)


def running_without_a_next(now: datetime) -> Iterator[str]:
    return map(str, Deadline.objects.live().filter(paused_at=None, next_at=None))


def not_swept(now: datetime) -> Iterator[str]:
    return map(str, Deadline.objects.to_sweep(now - UNSWEPT_FOR))


def swept_in_vain(now: datetime) -> Iterator[str]:
    return map(str, Deadline.objects.live().filter(failures__gt=0))


def late_and_nobody_knows(now: datetime) -> Iterator[str]:
    late = Deadline.objects.live().filter(due_at__lte=now - UNSWEPT_FOR, breached_at=None, paused_at=None)
    return map(str, late)


def owed_on_what_is_not_open(now: datetime) -> Iterator[str]:
    is_open = Risk.objects.filter(reference=OuterRef("risk_reference"), status=Status.OPEN)
    return map(str, Deadline.objects.live().exclude(risk_reference="").filter(~Exists(is_open)))


def no_review_owed(now: datetime) -> Iterator[str]:
    review = live_on(Risk, kind=Kind.REVIEW, owed_by=OuterRef("organisation"))
    for risk in Risk.objects.filter(status=Status.OPEN).filter(~Exists(review)):
        yield f"{risk.reference}: no review of it is owed by its organisation"


def actions_without_a_date(now: datetime) -> Iterator[str]:
    owed = live_on(Action, kind=Kind.ACTION, owed_by=OuterRef("organisation"))
    live = Action.objects.filter(done_at=None, dropped_at=None)
    for action in live.filter(~Exists(owed)).select_related("risk"):
        yield f"{action.risk.reference}: an action is to be done and not owed"


def actions_of_another_body(now: datetime) -> Iterator[str]:
    live = Action.objects.filter(done_at=None, dropped_at=None).exclude(organisation=F("risk__organisation"))
    for action in live.select_related("risk"):
        yield f"{action.risk.reference}: an action is another organisation's than the risk"


def closed_bodies_that_owe(now: datetime) -> Iterator[str]:
    for risk in Risk.objects.filter(status=Status.OPEN, organisation__closed_on__isnull=False):
        yield f"{risk.reference}: its organisation has closed"
    yield from map(str, Deadline.objects.live().filter(owed_by__closed_on__isnull=False))
