"""Who must see a risk, who must not, and the rows of the register where that is not so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Level
from escalations.models import OVER, Escalation
from escalations.models import Status as HopStatus
from risks.models import (
    FULL_BASES,
    Basis,
    Involvement,
    Position,
    Risk,
    RiskLink,
    RiskShare,
    Status,
    Transfer,
    TransferStatus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet


SIDES = (("from_risk", "to_risk"), ("to_risk", "from_risk"))


def not_seen_by_its_owner(now: datetime) -> Iterator[str]:
    owners = RiskShare.objects.live().filter(basis=Basis.OWNER)
    for risk in Risk.objects.filter(~Exists(owners.filter(risk=OuterRef("pk"), organisation=OuterRef("organisation")))):
        yield f"{risk.reference}: its organisation has no owner's share"
    for share in _with_names(owners.exclude(organisation=F("risk__organisation"))):
        yield f"{share.risk.reference}: {share.organisation} has an owner's share and does not own it"


def without_reason(now: datetime) -> Iterator[str]:
    """Live shares for which no fact speaks. Those of owners are looked at by themselves."""
    live = RiskShare.objects.live().annotate(
        named=Exists(_involved()),
        asked=Exists(_asked()),
        proposed=Exists(_proposed()),
        linked=Exists(_linked()),
        oversees=Exists(_overseen()) | Exists(_owned_below()) | Exists(_disputed_below()),
    )
    speaks = (
        Q(basis=Basis.OWNER)
        | Q(basis=Basis.INVOLVEMENT, named=True)
        | Q(basis=Basis.ESCALATION, asked=True)
        | Q(basis=Basis.TRANSFER, proposed=True)
        | Q(basis=Basis.OVERSIGHT, oversees=True)
        | Q(basis=Basis.LINK, linked=True)
    )
    in_draft = Q(risk__status=Status.DRAFT) & ~Q(basis=Basis.OWNER)
    for share in _with_names(live.filter(~speaks | in_draft)):
        yield f"{share.risk.reference}: {share.organisation} sees it ({share.basis}) without a reason"


def missing(now: datetime) -> Iterator[str]:
    """Organisations that a fact speaks for and that have no share for it."""
    logged = Q(risk__status__in=[Status.OPEN, Status.CLOSED])
    named = Involvement.objects.still_involved().filter(logged).filter(~_shared(Basis.INVOLVEMENT, "organisation"))
    asked = Escalation.objects.exclude(status=HopStatus.WITHDRAWN).filter(~_shared(Basis.ESCALATION, "to_organisation"))
    proposed = Transfer.objects.filter(status=TransferStatus.PROPOSED).filter(
        ~_shared(Basis.TRANSFER, "to_organisation")
    )
    for row in named.select_related("risk", "organisation"):
        yield f"{row.risk.reference}: {row.organisation} is named on it and does not see it"
    for row in asked.select_related("risk", "to_organisation"):
        yield f"{row.risk.reference}: {row.to_organisation} was asked to act and does not see it"
    for row in proposed.select_related("risk", "to_organisation"):
        yield f"{row.risk.reference}: {row.to_organisation} is asked to take it over and does not see it"
    yield from _linked_unseen()
    yield from _boundaries_not_overseen()


def _linked_unseen() -> Iterator[str]:
    """Each owner of a linked risk sees the other one, unless both are its own."""
    shown = RiskShare.objects.live().filter(basis=Basis.LINK)
    accepted = RiskLink.objects.accepted().exclude(from_risk__organisation=F("to_risk__organisation"))
    for mine, theirs in SIDES:
        seen = shown.filter(risk=OuterRef(theirs), organisation=OuterRef(f"{mine}__organisation"))
        for link in accepted.filter(~Exists(seen)).select_related(theirs, f"{mine}__organisation"):
            reader = getattr(link, mine).organisation
            yield f"{getattr(link, theirs).reference}: {reader} has a risk linked to it and does not see it"


def _boundaries_not_overseen() -> Iterator[str]:
    """A risk that crosses a boundary is seen by the ICB of its owner and by those of the organisations involved."""
    crossing = Risk.objects.exclude(status=Status.DRAFT).filter(crosses_boundary=True)
    seen = RiskShare.objects.live().filter(basis=Basis.OVERSIGHT)
    by_parent = seen.filter(risk=OuterRef("pk"), organisation=OuterRef("organisation__parent"))
    for risk in crossing.filter(organisation__level=Level.PROVIDER).filter(~Exists(by_parent)):
        yield f"{risk.reference} crosses a boundary and its ICB does not oversee it"
    above = seen.filter(risk=OuterRef("risk"), organisation=OuterRef("organisation__parent"))
    named = Involvement.objects.filter(risk__in=crossing, organisation__level=Level.PROVIDER)
    named = named.exclude(organisation__parent=F("risk__organisation"))
    for row in named.filter(~Exists(above)).select_related("risk", "organisation"):
        yield f"{row.risk.reference}: the ICB of {row.organisation} does not oversee it"


def answers_unseen(now: datetime) -> Iterator[str]:
    """While a hop of a chain is open, each organisation below it whose own hop stands reads the risk in full."""
    readers = set(RiskShare.objects.live().filter(basis__in=FULL_BASES).values_list("risk", "organisation"))
    open_somewhere = Escalation.objects.exclude(status__in=OVER).values("risk")
    hops = Escalation.objects.filter(risk__in=open_somewhere).exclude(status=HopStatus.WITHDRAWN)
    for hop in hops.select_related("risk", "from_organisation"):
        if (hop.risk_id, hop.from_organisation_id) not in readers:
            yield f"{hop.risk.reference}: {hop.from_organisation} asked and cannot read the answer"


def _shared(basis: Basis, organisation: str) -> Exists:
    live = RiskShare.objects.live().filter(basis=basis)
    return Exists(live.filter(risk=OuterRef("risk"), organisation=OuterRef(organisation)))


def _involved() -> QuerySet[Involvement]:
    return Involvement.objects.still_involved().filter(risk=OuterRef("risk"), organisation=OuterRef("organisation"))


def _asked() -> QuerySet[Escalation]:
    """Asked, or asking on: an organisation sees the risk until the last hop it is on is withdrawn."""
    mine = Q(to_organisation=OuterRef("organisation")) | Q(from_organisation=OuterRef("organisation"))
    return Escalation.objects.filter(mine, risk=OuterRef("risk")).exclude(status=HopStatus.WITHDRAWN)


def _proposed() -> QuerySet[Transfer]:
    return Transfer.objects.filter(
        risk=OuterRef("risk"), to_organisation=OuterRef("organisation"), status=TransferStatus.PROPOSED
    )


def _linked() -> QuerySet[RiskLink]:
    """An accepted link with a risk of the organisation that has the share, which is not the owner's own."""
    ours = Q(from_risk=OuterRef("risk"), to_risk__organisation=OuterRef("organisation"))
    ours |= Q(to_risk=OuterRef("risk"), from_risk__organisation=OuterRef("organisation"))
    return RiskLink.objects.accepted().filter(ours).exclude(from_risk__organisation=F("to_risk__organisation"))


def _overseen() -> QuerySet[Involvement]:
    """A provider involved that answers to the one with the share; or that one itself, while it is affected."""
    below = Q(organisation__parent=OuterRef("organisation"))
    itself = Q(organisation=OuterRef("organisation")) & ~Q(position=Position.NOT_AFFECTED)
    return Involvement.objects.filter(below | itself, risk=OuterRef("risk"))


def _owned_below() -> QuerySet[Risk]:
    theirs = Q(organisation__parent=OuterRef("organisation")) | Q(organisation=OuterRef("organisation"))
    return Risk.objects.filter(theirs, pk=OuterRef("risk"))


def _disputed_below() -> QuerySet[Escalation]:
    return Escalation.objects.filter(
        risk=OuterRef("risk"), to_organisation__parent=OuterRef("organisation"), disputes__gt=0
    )


def _with_names(shares: QuerySet[RiskShare]) -> QuerySet[RiskShare]:
    return shares.select_related("risk", "organisation").order_by("risk__reference", "basis", "pk")
