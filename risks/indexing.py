"""Keeping the vectors of logged risks in line with their words, and from them the likely pairs.

Any number may run at once, and running twice is harmless: a risk is worked on until what was made fits its words.
Nothing is lost with the process: what is left to do is a query.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from accounts.models import Level, Organisation
from risks import look_alikes
from risks.look_alikes import text_of
from risks.matching import likeness, topics
from risks.models import FULL_BASES, LikelyPair, Risk, RiskShare, RiskVector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from risks.look_alikes import Vector
    from risks.models import RiskQuerySet

logger = logging.getLogger(__name__)

BATCH = 64  # risks, whose words go through the encoder together
PAIRS_OF_ONE = 5  # likely pairs that one risk can begin for each body that sees it


def index(*, now: datetime, batch: int = BATCH) -> int:
    """Make what is missing or no longer fits, batch by batch; how many risks were done."""
    done = 0
    failed: set[UUID] = set()
    while waiting := list(to_do().select_related("vector").exclude(pk__in=failed)[:batch]):
        for risk, vector in _vectors(waiting):
            try:
                _keep(risk, vector, now)
                done += 1
            except Exception:  # one risk that cannot be done holds nobody up: it is tried again next time
                logger.exception("The look-alikes of %s could not be worked out", risk.reference)
                failed.add(risk.pk)
    return done


def _vectors(risks: Sequence[Risk]) -> Iterator[tuple[Risk, Vector]]:
    """Each risk with its vector: the one that it has, where that still fits its words and only its readers changed."""
    to_encode = []
    for risk in risks:
        made = getattr(risk, "vector", None)
        if made and made.digest == risk.text_digest and made.model == likeness.MODEL:
            yield risk, made.vector
        else:
            to_encode.append(risk)
    yield from zip(to_encode, likeness.vectors([text_of(risk) for risk in to_encode]), strict=True)


def forget_other_makes() -> int:
    """Mark for making anew whatever another model made; how many. Called when a new release starts."""
    old = Risk.objects.filter(vector__isnull=False).exclude(vector__model=likeness.MODEL)
    return old.update(indexed_as="")


def to_do() -> RiskQuerySet:
    """Logged risks whose vector was not made from their words as they stand."""
    return Risk.objects.logged().filter(~Q(indexed_as=F("text_digest"))).order_by("pk")


@transaction.atomic
def _keep(read: Risk, vector: Vector, now: datetime) -> None:
    """Write what was made from a risk as it was read, unless its words have changed since."""
    risk = Risk.objects.select_for_update(of=("self",)).get(pk=read.pk)
    if risk.text_digest != read.text_digest:
        return
    RiskVector.objects.update_or_create(
        risk=risk,
        defaults={
            "vector": vector,
            "topics": topics.topics_of(text_of(risk).whole),
            "model": likeness.MODEL,
            "digest": risk.text_digest,
            "made_at": now,
        },
    )
    Risk.objects.filter(pk=risk.pk).update(indexed_as=risk.text_digest)
    _pair(risk, vector, now)


def _pair(risk: Risk, vector: Vector, now: datetime) -> None:
    """The likely pairs of one risk, anew: with the nearest of those that a body above the providers sees beside it."""
    LikelyPair.objects.filter(Q(first=risk) | Q(second=risk)).delete()
    found: dict[UUID, tuple[Risk, float]] = {}
    if risk.is_open:
        for body in _bodies_that_see(risk):
            found |= {other.pk: (other, near) for other, near in _nearest_for(body, risk, vector)}
    LikelyPair.objects.bulk_create([_ordered(risk, other, near, now) for other, near in found.values()])


def _bodies_that_see(risk: Risk) -> list[Organisation]:
    """ICBs, regions and the national body that read the risk in full."""
    full = RiskShare.objects.live().filter(risk=risk, basis__in=FULL_BASES).values("organisation")
    return list(Organisation.objects.filter(pk__in=full).exclude(level=Level.PROVIDER).order_by("pk"))


def _nearest_for(body: Organisation, risk: Risk, vector: Vector) -> Sequence[tuple[Risk, float]]:
    among = look_alikes.shared_with(body, FULL_BASES).exclude(organisation=risk.organisation).open()
    near = look_alikes.nearest(vector, among, body, at_least=likeness.PAIR, most=PAIRS_OF_ONE)
    return [(other, other.likeness) for other in near]


def _ordered(risk: Risk, other: Risk, near: float, now: datetime) -> LikelyPair:
    first, second = sorted((risk, other), key=lambda one: one.pk)
    return LikelyPair(first=first, second=second, likeness=near, found_at=now)
