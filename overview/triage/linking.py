"""Linking, gathering and dismissing from triage, by the services of risks, told what a thing to decide is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from overview.triage.putting_away import put_away
from overview.triage.sources import Kind
from risks import services

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from overview.triage.entries import Entry
    from risks.models import PairDismissal, Risk, RiskLink


@transaction.atomic
def gather(*, entry: Entry, system_risk: Risk, by: Actor, now: datetime, **given: Any) -> list[RiskLink]:
    """Gather the risks it is about under one of our own. A risk that was new has been looked at by that.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    contributors = [risk.reference for risk in entry.risks if risk.pk != system_risk.pk]
    made = services.gather(risk=system_risk, contributors=contributors, by=by, now=now, **given)
    _looked_at(entry, by, now)
    return made


@transaction.atomic
def link(*, entry: Entry, by: Actor, now: datetime, **given: Any) -> RiskLink:
    """Link the risk it is about with another. Raises as `propose_link`."""
    made = services.propose_link(risk=entry.risks[0], by=by, now=now, **given)
    _looked_at(entry, by, now)
    return made


def link_pair(*, entry: Entry, turned: bool, by: Actor, now: datetime, **given: Any) -> RiskLink:
    """Link the two risks of a pair; `turned` reads the relation from the second to the first."""
    first, second = reversed(entry.risks) if turned else entry.risks
    return services.propose_link(risk=first, to=second.reference, by=by, now=now, **given)


def dismiss_pair(*, entry: Entry, by: Actor, now: datetime, **given: Any) -> PairDismissal:
    first, second = entry.risks
    return services.dismiss_pair(risk=first, other=second, by=by, now=now, **given)


def _looked_at(entry: Entry, by: Actor, now: datetime) -> None:
    if entry.kind == Kind.NEW:
        put_away(entry=entry, by=by, now=now)
