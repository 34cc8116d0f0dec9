"""Which risks are most like one another, among those that a reader sees, and why in words.

The words compared are the title, cause, event and effect, which everybody reads who sees a risk at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, F, FloatField, OuterRef, Value
from django.db.models.functions import Cast
from pgvector import HalfVector
from pgvector.django import CosineDistance

from risks.matching import likeness, topics
from risks.matching.reasons import reason
from risks.matching.texts import RiskText
from risks.models import Basis, Risk, RiskShare, RiskVector

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from django.db.models import QuerySet
    from numpy.typing import NDArray

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import RiskQuerySet

    Vector = list[float] | NDArray[np.float32]

SHOWN = 5
FEWEST_TOLD = 3  # organisations: fewer, and a count could tell whose risk it is
FEW = 20_000  # risks seen: up to so many each is compared; of more, the index finds the nearest
SCANNED_AT_MOST = 40_000  # entries of the index that one search looks at


@dataclass(frozen=True)
class LookAlike:
    """A risk that is like another: how much (a cosine, 1 for the same words), and why, as a sentence."""

    risk: Any
    likeness: float
    reason: str


def is_worked_out(risk: Risk) -> bool:
    """Whether what is like a risk has been worked out from its words as they stand."""
    return _made_from(risk) is not None


def of_risk(risk: Risk, actor: Actor, *, most: int = SHOWN) -> list[LookAlike] | None:
    """The risks most like a logged one that the actor sees, nearest first; None while it is being worked out."""
    made = _made_from(risk)
    if made is None:
        return None
    among = Risk.objects.visible_to(actor).logged().exclude(pk=risk.pk)
    return _told(made.vector, text_of(risk), made.topics, among, actor, most)


def of_text(text: RiskText, actor: Actor, *, but: Risk | None = None, most: int = SHOWN) -> list[LookAlike]:
    """The risks most like what is being written that the actor sees, nearest first; none for a text without words."""
    vector = likeness.vectors([text])[0]
    if not vector.any():
        return []
    among = Risk.objects.visible_to(actor).logged()
    if but:
        among = among.exclude(pk=but.pk)
    return _told(vector, text, topics.topics_of(text.whole), among, actor, most)


def unseen_organisations(risk: Risk, icb: Organisation) -> int:
    """How many other organisations hold an open risk like this one that its ICB sees and its owner does not.

    0 where there are fewer than FEWEST_TOLD, and while it is being worked out: nobody learns a smaller number.
    """
    made = _made_from(risk)
    if made is None:
        return 0
    seen = RiskShare.objects.live().filter(risk=OuterRef("pk"), organisation=risk.organisation)
    others = shared_with(icb, Basis.values).open().exclude(organisation=risk.organisation)
    unseen = others.exclude(organisation=icb).filter(~Exists(seen))
    near = _nearest(made.vector, unseen, icb, at_least=likeness.LIKE, most=None).values_list("organisation", "likeness")
    number = len({organisation for organisation, found in near if found >= likeness.LIKE})
    return number if number >= FEWEST_TOLD else 0


def _made_from(risk: Risk) -> RiskVector | None:
    """What was made from the words of a risk as they stand."""
    return RiskVector.objects.filter(risk=risk, digest=risk.text_digest).first()


def shared_with(organisation: Organisation, bases: Collection[str]) -> RiskQuerySet:
    """Logged risks that an organisation sees on one of these bases."""
    live = RiskShare.objects.live().filter(risk=OuterRef("pk"), organisation=organisation, basis__in=bases)
    return Risk.objects.logged().filter(Exists(live))


def nearest(vector: Vector, among: RiskQuerySet, reader: Organisation, *, at_least: float, most: int) -> list[Any]:
    """Of some of the risks that an organisation sees, those nearest to a vector, each with its `likeness`."""
    rows = _nearest(vector, among, reader, at_least=at_least, most=most).select_related("organisation", "vector")
    return [risk for risk in rows if risk.likeness >= at_least]


def _nearest(
    vector: Vector, among: RiskQuerySet, reader: Organisation, *, at_least: float, most: int | None
) -> QuerySet[Any, Any]:
    """Those nearest, with their `likeness`; some may be less alike than asked for.

    Where the reader sees few risks each is compared, which is exact; where it sees many the index leads to the nearest.
    """
    distance = CosineDistance("vector__vector", HalfVector(vector))
    rows = among.filter(vector__isnull=False).annotate(likeness=Value(1.0) - Cast(distance, FloatField()))
    if _sees_many(reader):
        _search_by_index()
        return rows.order_by(distance)[: most or SCANNED_AT_MOST]
    return rows.filter(likeness__gte=at_least).order_by(-F("likeness"), "pk")[:most]


def _sees_many(reader: Organisation) -> bool:
    shares = RiskShare.objects.for_organisation(reader)
    return shares[: FEW + 1].count() > FEW


def _search_by_index() -> None:
    """Let the index go on until enough of what it finds is seen by the reader, for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
        cursor.execute("SET LOCAL hnsw.max_scan_tuples = %s", [SCANNED_AT_MOST])


def _told(
    vector: Vector, text: RiskText, about: list[str], among: RiskQuerySet, actor: Actor, most: int
) -> list[LookAlike]:
    near = nearest(vector, among, actor.organisation, at_least=likeness.LIKE, most=most)
    return [
        LookAlike(risk, risk.likeness, reason(text, text_of(risk), about, risk.vector.topics))
        for risk in sorted(near, key=lambda risk: (-risk.likeness, risk.pk))
    ]


def text_of(risk: Risk) -> RiskText:
    return RiskText(risk.title, risk.cause, risk.event, risk.effect)
