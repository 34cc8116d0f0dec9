"""What the acting organisation owes, what it is owed, and which clocks are late below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F

from accounts.models import Level
from deadlines.models import Deadline, DeadlineQuerySet
from deadlines.wording import Clock, clocks
from overview.clocks import with_what_is_told
from risks.models import Risk

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor

SHOWN = 25
LOOKS_BELOW = (Level.ICB, Level.REGION, Level.NATIONAL)


@dataclass(frozen=True)
class Debt:
    """One thing owed. `title` is empty for a risk that the reader does not read in full."""

    clock: Clock
    title: str
    is_yours: bool

    @property
    def deadline(self) -> Deadline:
        return self.clock.deadline


@dataclass(frozen=True)
class Debts:
    """The most pressing debts, how many there are in all, and how many of those are overdue."""

    rows: list[Debt]
    total: int
    overdue: int

    @property
    def left_out(self) -> int:
        return self.total - len(self.rows)


def by_us(actor: Actor, now: datetime, *, everything: bool = False) -> Debts:
    return _debts(Deadline.objects.visible_to(actor).live().owed_by(actor.organisation), actor, now, everything)


def to_us(actor: Actor, now: datetime, *, everything: bool = False) -> Debts:
    return _debts(Deadline.objects.visible_to(actor).live().owed_to(actor.organisation), actor, now, everything)


def below_us(actor: Actor, now: datetime, *, everything: bool = False) -> Debts:
    """What the bodies that answer to us owe to others and are late with."""
    if actor.organisation.level not in LOOKS_BELOW:
        return Debts([], 0, 0)
    return _debts(late_below(actor), actor, now, everything)


def late_below(actor: Actor) -> DeadlineQuerySet:
    """Late clocks of the bodies that answer to us. What they owe to us stands in our own lists."""
    return Deadline.objects.late_below(actor).exclude(owed_to=actor.organisation)


def _debts(owed: DeadlineQuerySet, actor: Actor, now: datetime, everything: bool) -> Debts:
    # Overdue first, then by due time; what is paused waits for somebody else, so it comes last.
    told = with_what_is_told(owed, actor.organisation)
    ordered = told.order_by(F("paused_at").asc(nulls_first=True), "due_at", "pk")
    shown = list(ordered.select_related("owed_by", "owed_to", "holder")[: None if everything else SHOWN])
    overdue = owed.filter(paused_at=None, due_at__lte=now)
    return Debts(as_debts(shown, actor, now), owed.count(), overdue.count())


def as_debts(shown: list[Any], actor: Actor, now: datetime) -> list[Debt]:
    """Each deadline, in the order given, with the title of its risk where the actor is told what it is about.

    They come `with_what_is_told`.
    """
    told = {deadline.pk: deadline.risk_reference for deadline in shown if deadline.in_full}
    titles = _titles(set(told.values()), actor)
    return [
        Debt(clock, titles.get(told.get(clock.deadline.pk, ""), ""), clock.deadline.holder_id == actor.user.pk)
        for clock in clocks(shown, now)
    ]


def _titles(references: set[str], actor: Actor) -> dict[str, str]:
    """Of risks read in full only: whoever is merely named on a risk is not to learn what is owed on it."""
    read = Risk.objects.read_in_full_by(actor).filter(reference__in=references)
    return dict(read.values_list("reference", "title"))
