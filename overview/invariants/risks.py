"""Risks: what was done to them is recorded, and they stand at the score that was last given to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Subquery

from overview.invariants.asking import events
from risks.models import Risk, Score, ScoreKind, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def risks_nobody_recorded(now: datetime) -> Iterator[str]:
    logged = Risk.objects.filter(logged_at__isnull=False).filter(~Exists(events(Risk, verb="log_risk")))
    closed = Risk.objects.filter(status=Status.CLOSED).filter(
        ~Exists(events(Risk, verb="close_risk", at=OuterRef("closed_at")))
    )
    yield from (f"{risk.reference} was logged without an audit event" for risk in logged)
    yield from (f"{risk.reference} was closed without an audit event" for risk in closed)


def scores_that_differ(now: datetime) -> Iterator[str]:
    """A risk stands at the last initial or current score that was given to it."""
    given = Score.objects.filter(risk=OuterRef("pk")).exclude(kind=ScoreKind.TARGET)
    # "CURRENT" comes before "INITIAL", so of two at one moment the current one counts.
    last = given.order_by("-created_at", "kind", "pk")
    risks = Risk.objects.exclude(status=Status.DRAFT).annotate(
        last_likelihood=Subquery(last.values("likelihood")[:1]),
        last_consequence=Subquery(last.values("consequence")[:1]),
    )
    for risk in risks.exclude(likelihood=F("last_likelihood"), consequence=F("last_consequence")):
        yield f"{risk.reference} stands at {risk.likelihood} x {risk.consequence}, which is not its last score"
