"""The work list of likely pairs: open risks of different organisations that a body above them may bring together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from risks import look_alikes
from risks.matching.reasons import reason
from risks.models import LikelyPair, PairDismissal, Risk, RiskLink, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from accounts.actors import Actor


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
    read = Risk.objects.read_in_full_by(actor)
    kept = PairDismissal.objects.filter(organisation=actor.organisation, first__in=read, second__in=read)
    related = kept.select_related("first__organisation", "second__organisation", "created_by")
    return related.order_by("-created_at", "pk")


def with_reasons(rows: Iterable[LikelyPair]) -> list[Pair]:
    return [
        Pair(
            row,
            reason(
                look_alikes.text_of(row.first),
                look_alikes.text_of(row.second),
                row.first.vector.topics,
                row.second.vector.topics,
            ),
        )
        for row in rows
    ]


def _seen_by(actor: Actor) -> QuerySet[LikelyPair]:
    read = Risk.objects.read_in_full_by(actor).filter(status=Status.OPEN)
    linked = RiskLink.objects.standing().filter(
        Q(from_risk=OuterRef("first"), to_risk=OuterRef("second"))
        | Q(from_risk=OuterRef("second"), to_risk=OuterRef("first"))
    )
    rows = LikelyPair.objects.filter(first__in=read, second__in=read).filter(~Exists(linked))
    return rows.select_related("first__organisation", "second__organisation", "first__vector", "second__vector")


def _dismissed(actor: Actor) -> QuerySet[PairDismissal]:
    return PairDismissal.objects.filter(
        organisation=actor.organisation, first=OuterRef("first"), second=OuterRef("second")
    )
