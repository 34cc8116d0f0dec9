"""Escalations: just what their status demands runs on them, and each step follows from the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, Subquery

from deadlines.models import Deadline, Kind
from escalations.clocks import OWED_BY_FROM
from escalations.models import Escalation, Feedback, Step
from escalations.models import Status as Hop
from overview.invariants.asking import events, how_many, type_of, with_names
from overview.invariants.asking import hop as in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


class Clocks(NamedTuple):
    """The kinds of clock that run, those that stand still, and those that may run besides."""

    running: frozenset[Kind] = frozenset()
    paused: frozenset[Kind] = frozenset()
    maybe: frozenset[Kind] = frozenset()

    def fit(self, running: Iterable[str], paused: Iterable[str]) -> bool:
        return set(running) - self.maybe == self.running and set(paused) == self.paused


def _these(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


# What is owed on an escalation, by where it stands and, while information is awaited, where it goes back to.
# An update is owed again once one was given, also before the decision.
CLOCKS: dict[tuple[str, str], Clocks] = {
    (Hop.RAISED, ""): Clocks(_these(Kind.ACKNOWLEDGE)),
    (Hop.ACKNOWLEDGED, ""): Clocks(_these(Kind.DECIDE), maybe=_these(Kind.UPDATE)),
    (Hop.INFORMATION_REQUESTED, Hop.ACKNOWLEDGED): Clocks(
        _these(Kind.INFORM), _these(Kind.DECIDE), maybe=_these(Kind.UPDATE)
    ),
    (Hop.INFORMATION_REQUESTED, Hop.ACCEPTED): Clocks(_these(Kind.INFORM, Kind.UPDATE, Kind.ANSWER)),
    (Hop.INFORMATION_REQUESTED, Hop.ESCALATED_ON): Clocks(_these(Kind.INFORM, Kind.UPDATE)),
    (Hop.ACCEPTED, ""): Clocks(_these(Kind.UPDATE, Kind.ANSWER)),
    (Hop.ESCALATED_ON, ""): Clocks(_these(Kind.UPDATE)),
    (Hop.ANSWERED, ""): Clocks(_these(Kind.CONFIRM)),
    (Hop.CLOSED, ""): Clocks(),
    (Hop.WITHDRAWN, ""): Clocks(),
}


def wrong_clocks(now: datetime) -> Iterator[str]:
    live = Deadline.objects.live().filter(subject_type=type_of(Escalation), subject_id=OuterRef("pk"))
    hops = with_names(Escalation.objects).annotate(
        running=ArraySubquery(live.filter(paused_at=None).values("kind")),
        paused=ArraySubquery(live.filter(paused_at__isnull=False).values("kind")),
    )
    for hop in hops.iterator(chunk_size=500):
        wanted = CLOCKS.get((hop.status, hop.back_to))
        if wanted is None or not wanted.fit(hop.running, hop.paused):
            yield f"{in_words(hop)} is {hop.status}{_running(hop.running, hop.paused)}"


def _running(running: list[str], paused: list[str]) -> str:
    return (
        f" with {', '.join(sorted(running)) or 'nothing'} running and {', '.join(sorted(paused)) or 'nothing'} paused"
    )


def clocks_of_the_wrong_body(now: datetime) -> Iterator[str]:
    live = Deadline.objects.live().filter(subject_type=type_of(Escalation))
    sides = Escalation.objects.filter(pk=OuterRef("subject_id"))
    live = live.annotate(
        asking=Subquery(sides.values("from_organisation")[:1]), asked=Subquery(sides.values("to_organisation")[:1])
    )
    below, above = Q(owed_by=F("asking"), owed_to=F("asked")), Q(owed_by=F("asked"), owed_to=F("asking"))
    from_owes = Q(kind__in=OWED_BY_FROM)
    for deadline in live.exclude((from_owes & below) | (~from_owes & above)):
        yield f"{deadline} is owed by a body that does not owe it"


def steps_that_do_not_follow(now: datetime) -> Iterator[str]:
    """A step begins where the one before it ended, and the last ends where the escalation stands."""
    stands: dict[object, str] = {}
    steps = Step.objects.order_by("escalation", "at", "written_at", "pk").values_list(
        "escalation", "from_status", "to_status"
    )
    for escalation, before, after in steps.iterator(chunk_size=1000):
        if stands.get(escalation, "") != before:
            yield f"Escalation {escalation}: a step from {before} follows {stands.get(escalation) or 'nothing'}"
        stands[escalation] = after
    for pk, status in Escalation.objects.values_list("pk", "status"):
        if stands.get(pk) != status:
            yield f"Escalation {pk} is {status}; its steps end at {stands.get(pk) or 'nothing'}"


def steps_nobody_recorded(now: datetime) -> Iterator[str]:
    hops = Escalation.objects.annotate(
        taken=how_many(Step.objects.filter(escalation=OuterRef("pk")), "escalation"),
        recorded=how_many(events(Escalation), "subject_id"),
    )
    for hop in with_names(hops.exclude(taken=F("recorded"))):
        yield f"{in_words(hop)}: {hop.taken} steps and {hop.recorded} audit events"


def feedback_without_a_step(now: datetime) -> Iterator[str]:
    step = Step.objects.filter(
        escalation=OuterRef("escalation"), verb=OuterRef("kind"), at=OuterRef("given_at"), by=OuterRef("given_by")
    )
    for feedback in Feedback.objects.filter(~Exists(step)).select_related("escalation__risk"):
        yield f"{feedback.escalation.risk.reference}: {feedback} is no step of its escalation"
