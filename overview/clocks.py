"""Which clocks an organisation knows of, beyond its own, and how much of each it may be told.

Of a risk that it reads in full it knows every clock but that of a link, which is for the two between whom it runs.
Of a body that answers to it, it knows what that one is late with towards others, and not what it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from accounts.models import Organisation
from deadlines.models import Deadline, Kind
from risks.models import Risk

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from deadlines.models import DeadlineQuerySet


def known_to(actor: Actor) -> DeadlineQuerySet:
    """With `shows`, whether the reader may be told which risk each is about, and `in_full`, whether they read it so."""
    if not actor.reads_risks:
        return Deadline.objects.none()
    return with_what_is_told(Deadline.objects.filter(_known(actor.organisation)), actor.organisation)


def with_what_is_told(rows: DeadlineQuerySet, organisation: Organisation) -> DeadlineQuerySet:
    """With `shows`, whether it may be told which risk each is about, and `in_full`, whether it reads that so."""
    in_full = _in_full(organisation)
    return rows.annotate(
        in_full=Case(When(in_full, then=Value(True)), default=Value(False)),
        shows=Case(When(_ours(organisation) | in_full, then=Value(True)), default=Value(False)),
    )


def late_between(organisation: Organisation, now: datetime) -> DeadlineQuerySet:
    """The clocks between two organisations that run and are late, of those that one knows of."""
    late = Deadline.objects.live().between_organisations().filter(paused_at=None, due_at__lte=now)
    return late.filter(_known(organisation))


def _known(organisation: Organisation) -> Q:
    # Not by way of a join, for each row of which the database would look once more whether its risk is read in full.
    below = Organisation.objects.filter(parent=organisation).values("pk")
    late_below = Q(met_at=None, cancelled_at=None, breached_at__isnull=False, owed_by__in=below)
    return _ours(organisation) | _in_full(organisation) | late_below


def _ours(organisation: Organisation) -> Q:
    return Q(owed_by=organisation) | Q(owed_to=organisation)


def _in_full(organisation: Organisation) -> Q:
    ours = _ours(organisation)
    read = Risk.objects.read_in_full_at(organisation).filter(reference=OuterRef("risk_reference"))
    return Q(Exists(read)) & (~Q(kind=Kind.LINK) | ours)
