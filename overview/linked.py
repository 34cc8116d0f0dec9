"""The risks that are linked with one, as far as a reader sees them: what the map and its table show.

From the risk at hand, step by step, over accepted links that the reader sees, to risks that the reader sees: so a
neighbour's neighbour is shown to nobody without a share of their own on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from overview.map import Layout, Tie, lay_out
from overview.wrapping import MORE, wrapped
from risks.models import Risk, RiskLink

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from accounts.actors import Actor
    from overview.map import Box

STEPS = 3
MOST = 30  # risks on one map
LINES = 5  # of organisation and title in one box
MARGINS = 28


@dataclass(frozen=True)
class Node:
    """One risk on the map, with its words broken into lines that fit its box."""

    risk: Risk
    is_at_hand: bool
    box: Box

    @property
    def organisation_lines(self) -> list[str]:
        return wrapped(self.risk.organisation.name, size=14, width=self.box.width - MARGINS, lines=2)

    @property
    def title_lines(self) -> list[str]:
        left = LINES - len(self.organisation_lines)
        return wrapped(self.risk.title, size=16, width=self.box.width - MARGINS, lines=left)

    @property
    def is_shortened(self) -> bool:
        return self.title_lines[-1].endswith(MORE)


@dataclass(frozen=True)
class Arrow:
    link: RiskLink
    path: str
    words_at: tuple[int, int]


@dataclass
class Linked:
    """The risks found, nearest first, the links among them, and how many more risks there are than were taken."""

    at_hand: Risk
    risks: dict[UUID, Risk]
    links: list[RiskLink] = field(default_factory=list)
    left_out: int = 0

    @property
    def in_order(self) -> list[Risk]:
        return list(self.risks.values())

    @property
    def is_alone(self) -> bool:
        return not self.links


def with_risk(risk: Risk, actor: Actor) -> Linked:
    """One question for each step, however many risks there are."""
    links, found, edge = _links(actor), {risk.pk: None}, {risk.pk}
    for step in range(STEPS + 1):
        ends = links.filter(Q(from_risk__in=edge) | Q(to_risk__in=edge)).values_list("from_risk", "to_risk")
        reached = dict.fromkeys(end for both in ends for end in both if end not in found)
        if step == STEPS or not reached:
            break
        found |= reached
        edge = set(reached)
    shown = list(found)[:MOST]
    risks = Risk.objects.visible_to(actor).select_related("organisation").in_bulk(shown)
    among = links.filter(from_risk__in=shown, to_risk__in=shown)
    return Linked(
        at_hand=risk,
        risks={pk: risks[pk] for pk in shown if pk in risks},
        links=[_with_ends(link, risks) for link in among],
        left_out=len(found) - len(shown) + len(reached.keys() - found.keys()),
    )


def _links(actor: Actor) -> QuerySet[RiskLink]:
    seen = Risk.objects.visible_to(actor)
    links = RiskLink.objects.visible_to(actor).accepted()
    return links.filter(from_risk__in=seen, to_risk__in=seen).order_by("accepted_at", "pk")


def _with_ends(link: RiskLink, risks: dict[UUID, Risk]) -> RiskLink:
    link.from_risk, link.to_risk = risks[link.from_risk_id], risks[link.to_risk_id]
    return link


def drawn(linked: Linked) -> dict[str, Any]:
    """The map: its size, a node for each risk in reading order, and an arrow for each link."""
    ties = {Tie(link.from_risk_id, link.to_risk_id, link.is_directed): link for link in linked.links}
    layout = lay_out(list(linked.risks), list(ties))
    return {
        "width": layout.width,
        "height": layout.height,
        "nodes": _nodes(linked, layout),
        "arrows": [Arrow(ties[line.tie], line.path, line.words_at) for line in layout.lines],
    }


def _nodes(linked: Linked, layout: Layout) -> list[Node]:
    risks = linked.risks
    return [Node(risks[pk], pk == linked.at_hand.pk, layout.boxes[pk]) for pk in layout.in_reading_order]
