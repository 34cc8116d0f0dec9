"""The sweep: warn, breach and ask again. Any number of sweeps may run at once; each row is done once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from deadlines import lifecycle
from deadlines.models import Deadline
from notifications.models import Kind as Told
from notifications.services import notify_safety_leads
from notifications.webhooks.types import EventType
from safetyreg.audit.services import record
from safetyreg.words import when

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Organisation

logger = logging.getLogger(__name__)

BATCH = 200
TRY_AGAIN_AFTER = timedelta(minutes=5)


@dataclass
class Swept:
    """How many deadlines a sweep warned of, breached, asked again about and could not handle."""

    warned: int = 0
    breached: int = 0
    asked: int = 0
    failed: int = 0


def sweep(*, now: datetime, batch: int = BATCH) -> Swept:
    """Do all that is due by `now`, oldest first, in batches that each commit by themselves."""
    swept = Swept()
    while _sweep_batch(now, batch, swept):
        pass
    return swept


@transaction.atomic
def _sweep_batch(now: datetime, batch: int, swept: Swept) -> bool:
    claimed = list(
        Deadline.objects.to_sweep(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("owed_by__parent", "owed_to__parent", "holder")[:batch]
    )
    for deadline in claimed:
        try:
            with transaction.atomic():
                _handle(deadline, now, swept)
        except Exception:
            logger.exception("Deadline %s could not be swept", deadline.pk)
            _set_back(deadline, now)
            swept.failed += 1
    return len(claimed) == batch


def _set_back(deadline: Deadline, now: datetime) -> None:
    """Try again later, without moving when it is due and without holding up the rest."""
    Deadline.objects.filter(pk=deadline.pk).update(next_at=now + TRY_AGAIN_AFTER, failures=F("failures") + 1)


def _handle(deadline: Deadline, now: datetime, swept: Swept) -> None:
    deadline.failures = 0
    if deadline.breached_at:
        lifecycle.ask_again(deadline, now)
        _tell_it_is_late(deadline, now)
        swept.asked += 1
    elif deadline.due_at <= now:
        lifecycle.breach(deadline, now)
        record(
            "breach",
            deadline,
            f"{deadline.owed_by.name} is overdue: {deadline.get_kind_display().lower()}",
            by=None,
            now=now,
            reference=deadline.risk_reference,
        )
        _tell_it_is_late(deadline, now)
        swept.breached += 1
    else:
        lifecycle.warn(deadline, now)
        _tell_it_is_due_soon(deadline, now)
        swept.warned += 1


def _tell_it_is_due_soon(deadline: Deadline, now: datetime) -> None:
    notify_safety_leads(
        organisation=deadline.owed_by,
        also=[deadline.holder],
        kind=Told.DUE_SOON,
        message=f"{deadline.risk_reference}: due soon: {deadline.get_kind_display().lower()}",
        path=deadline.path,
        reference=deadline.risk_reference,
        key=f"deadline:{deadline.pk}:warn:{deadline.due_at.isoformat()}",
        now=now,
        event=EventType.DEADLINE_WARNED,
    )


def _tell_it_is_late(deadline: Deadline, now: datetime) -> None:
    moment = f"again:{int(deadline.asked_at.timestamp())}" if deadline.asked_at else "breach"
    what = deadline.get_kind_display().lower()
    sides = {deadline.owed_by_id: deadline.owed_by, deadline.owed_to_id: deadline.owed_to}
    for organisation in sides.values():
        notify_safety_leads(
            organisation=organisation,
            also=[deadline.holder] if organisation == deadline.owed_by else [],
            kind=Told.BREACHED,
            message=f"{deadline.risk_reference}: {deadline.owed_by.name} is overdue: {what}",
            path=deadline.path,
            reference=deadline.risk_reference,
            key=f"deadline:{deadline.pk}:{moment}",
            now=now,
            event=EventType.DEADLINE_BREACHED,
        )
    above = deadline.owed_by.parent
    if deadline.is_between_organisations and above and above.pk not in sides:
        _tell_the_level_above(above, deadline, f"deadline:{deadline.pk}:{moment}:above", now)


def _tell_the_level_above(above: Organisation, deadline: Deadline, key: str, now: datetime) -> None:
    """It learns of the bodies and the clock alone; whether it sees the risk is for the shares to say."""
    late, waiting, what = deadline.owed_by.name, deadline.owed_to.name, deadline.get_kind_display().lower()
    notify_safety_leads(
        organisation=above,
        kind=Told.BREACHED,
        message=f"{late} is overdue towards {waiting}: {what} (it was due by {when(deadline.due_at)})",
        path="/",
        key=key,
        now=now,
    )
