"""The work list of likely pairs: open risks of different organisations that a body above them may bring together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from risks import look_alikes
from risks.matching.reasons import reason
from risks.models import LikelyPair, PairDismissal, Risk, RiskLink, Status, read_in_full

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from accounts.actors import Actor
    from risks.models import RiskQuerySet


@dataclass(frozen=True)
class Pair:
    """Two risks that may belong together, and why, as a sentence."""

    row: LikelyPair
    reason: str


def to_look_at(actor: Actor) -> QuerySet[LikelyPair]:
    """Likely pairs of open risks that the actor reads in full, neither linked nor dismissed, the most alike first."""
    return _seen_by(actor).filter(~Exists(_dismissed(actor))).order_by("-likeness", "pk")


def dismissed(actor: Actor) -> QuerySet[PairDismissal]:
    """Pairs that the actor's organisation has dismissed, of risks that it still reads, newest first."""
    read = read_in_full("first", actor) & read_in_full("second", actor)
    kept = PairDismissal.objects.filter(read, organisation=actor.organisation)
    related = kept.select_related("first__organisation", "second__organisation", "created_by")
    return related.order_by("-created_at", "pk")


def with_reasons(rows: Iterable[LikelyPair]) -> list[Pair]:
    return [Pair(row, reason_for(row.first, row.second)) for row in rows]


def reason_for(first: Risk, second: Risk) -> str:
    """Why two risks may belong together, as a sentence."""
    return reason(look_alikes.text_of(first), look_alikes.text_of(second), _topics(first), _topics(second))


def _topics(risk: Risk) -> list[str]:
    """Those that were found in its words; none while they are still being worked out."""
    made = getattr(risk, "vector", None)
    return made.topics if made else []


def own_system_risks(actor: Actor) -> RiskQuerySet:
    """The open risks of the actor's own organisation, under which others can be gathered, by title."""
    return Risk.objects.visible_to(actor).open().filter(organisation=actor.organisation).order_by("title", "pk")


def link_between(first: Risk, second: Risk, actor: Actor) -> RiskLink | None:
    """The link that stands or waits between the two, as far as the actor may know of it."""
    return RiskLink.objects.visible_to(actor).between(first, second).standing().first()


def is_dismissed(first: Risk, second: Risk, actor: Actor) -> bool:
    first, second = sorted((first, second), key=lambda risk: risk.pk)
    return PairDismissal.objects.filter(organisation=actor.organisation, first=first, second=second).exists()


def _seen_by(actor: Actor) -> QuerySet[LikelyPair]:
    """Each pair is looked at by itself, by what its two risks have to be, and never by listing all that is read: so the
    most alike are found by their index, and a count that goes no further than it needs is soon done.
    """
    if not actor.reads_risks:
        return LikelyPair.objects.none()
    linked = RiskLink.objects.standing().filter(
        Q(from_risk=OuterRef("first"), to_risk=OuterRef("second"))
        | Q(from_risk=OuterRef("second"), to_risk=OuterRef("first"))
    )
    rows = LikelyPair.objects.filter(first__status=Status.OPEN, second__status=Status.OPEN)
    rows = rows.filter(read_in_full("first", actor), read_in_full("second", actor), ~Exists(linked))
    return rows.select_related("first__organisation", "second__organisation", "first__vector", "second__vector")


def _dismissed(actor: Actor) -> QuerySet[PairDismissal]:
    return PairDismissal.objects.filter(
        organisation=actor.organisation, first=OuterRef("first"), second=OuterRef("second")
    )
