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
    duration = duration_for(kind, urgency)
    due_at = working_time.due_at(now, duration, extra=proclaimed_days())
    running = _live(subject, [kind]).first()
    if running and only_sooner and running.due_at <= due_at:
        return running
    if running:
        lifecycle.cancel(running, now)
    return _create(
        Deadline(
            kind=kind,
            owed_by=owed_by,
            owed_to=owed_to,
            holder=holder,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            risk_reference=reference,
            path=path,
            starts_at=now,
            due_at=due_at,
            amount=duration.amount,
            unit=duration.unit.value,
        )
    )


@dataclass(frozen=True)
class Owed:
    """Something owed on a new subject: what `start` takes, or `start_until` if it is `due_on` a chosen day."""

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
def start_on_new(owed: Iterable[Owed], *, now: datetime) -> None:
    """Start the clocks of subjects that are new, so that nothing runs on them yet: what `start` does, for many."""
    days = proclaimed_days()
    version = working_time.calendar_version(days)
    times: dict[tuple[Kind, Urgency, date | None], dict[str, Any]] = {}
    made = []
    for one in owed:
        key = (one.kind, one.urgency, one.due_on)
        if key not in times:
            times[key] = _times(one, now, days)
        made.append(
            Deadline(
                kind=one.kind,
                owed_by=one.owed_by,
                owed_to=one.owed_to,
                holder=one.holder,
                subject_type=ContentType.objects.get_for_model(one.subject),
                subject_id=one.subject.pk,
                risk_reference=one.reference,
                path=one.path,
                starts_at=now,
                calendar_version=version,
                **times[key],
            )
        )
    Deadline.objects.bulk_create(made, batch_size=AT_ONCE)


def _times(owed: Owed, now: datetime, days: frozenset[date]) -> dict[str, Any]:
    """When it is due and what comes next: the same for all of one kind that start at one moment."""
    if owed.due_on:
        found: dict[str, Any] = {
            "due_at": max(end_of(owed.due_on), now + timedelta(seconds=1)),
            "amount": None,
            "unit": Unit.HOURS.value,
        }
    else:
        duration = duration_for(owed.kind, owed.urgency)
        due_at = working_time.due_at(now, duration, extra=days)
        found = {"due_at": due_at, "amount": duration.amount, "unit": duration.unit.value}
    return found | {"next_at": lifecycle.next_moment(Deadline(kind=owed.kind, starts_at=now, **found))}


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
    return _create(
        Deadline(
            kind=kind,
            owed_by=organisation,
            owed_to=organisation,
            holder=holder,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            risk_reference=reference,
            path=path,
            starts_at=now,
            due_at=max(end_of(due_on), now + timedelta(seconds=1)),
            unit=Unit.HOURS.value,
        )
    )


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=LONDON)


def _create(deadline: Deadline) -> Deadline:
    deadline.calendar_version = working_time.calendar_version(proclaimed_days())
    deadline.next_at = lifecycle.next_moment(deadline)
    deadline.save(force_insert=True)
    return deadline


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
