"""Which other escalations to us are about the same hazard: one answer may do for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalations.models import Escalation, Status
from overview.triage.doings import possible
from overview.triage.entries import by_keys
from overview.triage.sources import Kind
from risks.models import LinkKind, RiskLink

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor
    from overview.triage.doings import Doing
    from overview.triage.entries import Entry
    from risks.models import Risk

OURS = (Status.RAISED, Status.ACKNOWLEDGED, Status.ACCEPTED)  # the next move is that of the body asked
MOST = 25


def offered_besides(doing: Doing, entry: Entry, actor: Actor, now: datetime) -> list[Entry]:
    """Those to which the same could be done at once, where that makes sense."""
    if not doing.several:
        return []
    keys = [f"escalation-{hop.pk}" for hop in of_the_same_hazard(entry, actor)]
    return [other for other in by_keys(keys, actor, now) if doing in possible(actor, other)]


def of_the_same_hazard(entry: Entry, actor: Actor) -> list[Escalation]:
    """Those that wait for us too, on risks linked as the same hazard or gathered under one system risk with its own."""
    if entry.kind != Kind.ESCALATION:
        return []
    risks = _same_hazard(entry.subject.risk, actor)
    rows = Escalation.objects.visible_to(actor).received_by(actor.organisation).filter(status__in=OURS, risk__in=risks)
    rows = rows.exclude(pk=entry.subject.pk).select_related("risk", "from_organisation")
    return list(rows.order_by("raised_at", "pk")[:MOST])


def _same_hazard(risk: Risk, actor: Actor) -> set[UUID]:
    links = RiskLink.objects.visible_to(actor).accepted()
    same, systems = {risk.pk}, set()
    for first, second, kind in links.of_risk(risk).values_list("from_risk", "to_risk", "kind"):
        if kind == LinkKind.SAME_HAZARD:
            same |= {first, second}
        elif kind == LinkKind.CONTRIBUTES_TO and first == risk.pk:
            systems.add(second)
    beside = links.filter(to_risk__in=systems, kind=LinkKind.CONTRIBUTES_TO).values_list("from_risk", flat=True)
    return same | set(beside)
