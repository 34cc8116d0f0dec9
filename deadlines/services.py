"""Every way a deadline starts, changes and ends, for the apps above. The sweep is in `sweeping`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from deadlines import lifecycle, permissions, working_time
from deadlines.calendar import proclaimed_days
from deadlines.models import Deadline, Kind, ProclaimedDay, ResponseStandard, Urgency
from deadlines.standards import duration_for
from deadlines.working_time import Unit
from safetyreg import preconditions
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from accounts.actors import Actor
    from accounts.models import Organisation, User

LONDON = ZoneInfo("Europe/London")
AT_ONCE = 1_000  # rows written together


@dataclass(frozen=True)
class Owed:
    """Something owed, by the standard of its kind and urgency, or by the end of the day that it is `due_on`."""

    kind: Kind
    subject: models.Model
    owed_by: Organisation
    owed_to: Organisation
    urgency: Urgency
    reference: str
    path: str
    holder: User | None = None
    due_on: date | None = None


@transaction.atomic
def start(
    *,
    kind: Kind,
    subject: models.Model,
    owed_by: Organisation,
    owed_to: Organisation,
    urgency: Urgency,
    reference: str,
    path: str,
    now: datetime,
    holder: User | None = None,
    only_sooner: bool = False,
) -> Deadline:
    """Start the clock that the standard gives for this kind and urgency.

    One that runs already is replaced; with `only_sooner`, unless it would end no later than the new one.
    """
    owed = Owed(kind, subject, owed_by, owed_to, urgency, reference, path, holder)
    new = _clock(owed, now, _times(owed, now, proclaimed_days()))
    running = _live(subject, [kind]).first()
    if running and only_sooner and running.due_at <= new.due_at:
        return running
    if running:
        lifecycle.cancel(running, now)
    new.save(force_insert=True)
    return new


@transaction.atomic
def start_on_new(owed: Iterable[Owed], *, now: datetime) -> None:
    """Start the clocks of subjects that are new, so that nothing runs on them yet: what `start` does, for many."""
    days = proclaimed_days()
    times: dict[tuple[Kind, Urgency, date | None], dict[str, Any]] = {}  # the same for all alike that start together
    made = []
    for one in owed:
        alike = (one.kind, one.urgency, one.due_on)
        if alike not in times:
            times[alike] = _times(one, now, days)
        made.append(_clock(one, now, times[alike]))
    Deadline.objects.bulk_create(made, batch_size=AT_ONCE)


@transaction.atomic
def start_until(
    *,
    kind: Kind,
    subject: models.Model,
    organisation: Organisation,
    holder: User | None,
    due_on: date,
    reference: str,
    path: str,
    now: datetime,
) -> Deadline:
    """Something an organisation owes itself by the end of a chosen day, London time. A day gone by is due at once."""
    stop(subject=subject, kinds=[kind], now=now)
    owed = Owed(kind, subject, organisation, organisation, Urgency.ANY, reference, path, holder, due_on)
    new = _clock(owed, now, _times(owed, now, proclaimed_days()))
    new.save(force_insert=True)
    return new


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=LONDON)


def _clock(owed: Owed, now: datetime, times: dict[str, Any]) -> Deadline:
    """A clock that starts now, with what `_times` gives, and is yet to be saved."""
    return Deadline(
        kind=owed.kind,
        owed_by=owed.owed_by,
        owed_to=owed.owed_to,
        holder=owed.holder,
        subject_type=ContentType.objects.get_for_model(owed.subject),
        subject_id=owed.subject.pk,
        risk_reference=owed.reference,
        path=owed.path,
        starts_at=now,
        **times,
    )


def _times(owed: Owed, now: datetime, days: frozenset[date]) -> dict[str, Any]:
    """When it is due, by its standard or by the end of a chosen day, and what comes next."""
    if owed.due_on:
        found: dict[str, Any] = {
            "due_at": max(end_of(owed.due_on), now + timedelta(seconds=1)),
            "unit": Unit.HOURS.value,
        }
    else:
        duration = duration_for(owed.kind, owed.urgency)
        due_at = working_time.due_at(now, duration, extra=days)
        found = {"due_at": due_at, "amount": duration.amount, "unit": duration.unit.value}
    return found | {
        "calendar_version": working_time.calendar_version(days),
        "next_at": lifecycle.next_moment(Deadline(kind=owed.kind, starts_at=now, **found)),
    }


@transaction.atomic
def meet(*, subject: models.Model, kinds: Collection[Kind], now: datetime) -> None:
    """What was owed was done."""
    for deadline in _live(subject, kinds):
        lifecycle.meet(deadline, now)


@transaction.atomic
def stop(*, subject: models.Model, kinds: Collection[Kind] | None = None, now: datetime) -> None:
    """It is no longer owed (all kinds, unless some are named)."""
    for deadline in _live(subject, kinds):
        lifecycle.cancel(deadline, now)


@transaction.atomic
def pause(*, subject: models.Model, kind: Kind, now: datetime) -> None:
    for deadline in _live(subject, [kind]).filter(paused_at=None):
        lifecycle.pause(deadline, now)


@transaction.atomic
def resume(*, subject: models.Model, kind: Kind, now: datetime) -> None:
    for deadline in _live(subject, [kind]).filter(paused_at__isnull=False):
        lifecycle.resume(deadline, now)


@transaction.atomic
def give_to(*, subject: models.Model, holder: User | None, kinds: Collection[Kind] | None = None) -> None:
    """Name another person for what is owed on a subject."""
    _live(subject, kinds).update(holder=holder)


@transaction.atomic
def rename_holder(*, reference: str, organisation: Organisation, of: User, to: User) -> None:
    """Name another person for what an organisation owes on a risk in somebody's name, save their own actions."""
    owed = Deadline.objects.live().about(reference).owed_by(organisation).filter(holder=of)
    owed.exclude(kind=Kind.ACTION).update(holder=to)


@transaction.atomic
def move_to(*, subject: models.Model, organisation: Organisation, holder: User) -> None:
    """What an organisation owed itself is now another's, with its risk."""
    _live(subject, None).update(owed_by=organisation, owed_to=organisation, holder=holder)


@transaction.atomic
def readdress(
    *,
    subject: models.Model,
    owed_by: Organisation | None = None,
    owed_to: Organisation | None = None,
) -> None:
    """What is owed on a subject is now owed by, or to, another organisation: the old one handed its part on."""
    changed: dict[str, object] = {"owed_by": owed_by, "holder": None} if owed_by else {}
    if owed_to:
        changed["owed_to"] = owed_to
    _live(subject, None).update(**changed)


def is_live(*, subject: models.Model, kind: Kind) -> bool:
    return Deadline.objects.live().of(subject).filter(kind=kind).exists()


def _live(subject: models.Model, kinds: Collection[Kind] | None) -> models.QuerySet[Deadline]:
    live = Deadline.objects.live().of(subject).select_for_update(of=("self",)).order_by("pk")
    return live if kinds is None else live.filter(kind__in=kinds)


@transaction.atomic
def set_standard(*, standard: ResponseStandard, amount: int, unit: str, by: Actor, now: datetime) -> ResponseStandard:
    """Change how long something may take. Clocks already running keep the standard they started with.

    Raises PermissionDenied, ValidationError.
    """
    if not permissions.can_set_standards(by):
        raise PermissionDenied
    standard = ResponseStandard.objects.select_for_update().get(pk=standard.pk)
    preconditions.look()
    before = str(standard.duration)
    standard.amount, standard.unit = amount, unit
    standard.full_clean()
    standard.save()
    record(
        "set_standard",
        standard,
        f"changed the standard: {standard.get_kind_display()} ({standard.get_urgency_display()}) "
        f"from {before} to {standard.duration}",
        by=by,
        now=now,
        details={"duration": [before, str(standard.duration)]},
    )
    return standard


@transaction.atomic
def proclaim_day(*, on: date, name: str, by: Actor, now: datetime) -> ProclaimedDay:
    """Add a bank holiday for one occasion. Clocks that start from now on count it.

    Raises PermissionDenied, ValidationError.
    """
    if not permissions.can_set_standards(by):
        raise PermissionDenied
    day = ProclaimedDay(on=on, name=name)
    day.full_clean()
    day.save()
    record("proclaim_day", day, f"added the bank holiday {day.name} on {day.on:%-d %B %Y}", by=by, now=now)
    return day
