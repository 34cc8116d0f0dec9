"""Risks that are one hazard at several organisations: linked so by their owners, or alike by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from risks.models import LikelyPair, LinkKind, PairDismissal, Risk, RiskLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from django.db.models import QuerySet

    from accounts.models import Organisation

    Tie = tuple[UUID, UUID]

MOST_TIES = 20_000  # links, and likely pairs, of one body that are looked at
MOST_RISKS = 50  # in one group: from pair to pair, what is alike reaches further and further from where it began


def groups(organisation: Organisation) -> list[dict[UUID, UUID]]:
    """The open risks that an organisation reads in full, in groups of two or more: each risk with its owner.

    Two are in one group if they are linked as the same hazard, or are a likely pair that the organisation has not
    dismissed; or if others lead from one to the other in such steps. Nothing that it does not read is a step.
    """
    found = list(_ties(organisation))
    owners = {risk: owner for one, other, first, second in found for risk, owner in ((one, first), (other, second))}
    together = joined(((one, other) for one, other, _first, _second in found), most=MOST_RISKS)
    return [{risk: owners[risk] for risk in group} for group in together]


def joined(ties: Iterable[Tie], *, most: int) -> list[list[UUID]]:
    """What ties connect, each in order. One that would make a group larger than `most` ties nothing."""
    group_of: dict[UUID, list[UUID]] = {}
    for one, other in ties:
        first, second = group_of.setdefault(one, [one]), group_of.setdefault(other, [other])
        if first is not second and len(first) + len(second) <= most:
            larger, smaller = (first, second) if len(first) >= len(second) else (second, first)
            larger += smaller
            group_of |= dict.fromkeys(smaller, larger)
    kept = {id(group): group for group in group_of.values() if len(group) > 1}
    return [sorted(group) for group in kept.values()]


def _ties(organisation: Organisation) -> Iterator[tuple[UUID, UUID, UUID, UUID]]:
    """Two risks and their two owners. What these have agreed on comes first, then the most alike."""
    read = Risk.objects.read_in_full_at(organisation).open().values("pk")
    links = RiskLink.objects.accepted().filter(kind=LinkKind.SAME_HAZARD, from_risk__in=read, to_risk__in=read)
    yield from _both(links.order_by("accepted_at", "pk"), "from_risk", "to_risk")
    dismissed = PairDismissal.objects.filter(organisation=organisation, first=OuterRef("first"))
    pairs = LikelyPair.objects.filter(~Exists(dismissed.filter(second=OuterRef("second"))))
    pairs = pairs.filter(first__in=read, second__in=read).order_by("-likeness", "pk")
    yield from _both(pairs, "first", "second")


def _both(rows: QuerySet[Any], one: str, other: str) -> QuerySet[Any, Any]:
    return rows.values_list(one, other, f"{one}__organisation", f"{other}__organisation")[:MOST_TIES]
