"""What a reader may be told of the two risks of a link: the one place where that is decided, for pages and API alike.

A link that is only proposed shows nobody a risk that they do not see, but for one thing: whoever is asked for consent
reads the title of the proposer's own risk. An ended link shows no more than its readers see without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from risks.models import LinkKind, Risk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import RiskLink

SENTENCES = {
    LinkKind.SAME_HAZARD: "{first} and {second} are the same hazard",
    LinkKind.CONTRIBUTES_TO: "{first} contributes to {second}",
    LinkKind.CAUSES: "{first} causes {second}",
    LinkKind.RELATED: "{first} and {second} are related",
}


@dataclass(frozen=True)
class Side:
    """One risk of a link, as far as its reader may be told of it. Whatever is not to be told is empty.

    `path` is given only with a risk that the reader sees; a title without one is all that there is to read.
    """

    organisation: Organisation
    is_ours: bool
    reference: str = ""
    title: str = ""
    path: str = ""

    @property
    def is_seen(self) -> bool:
        return bool(self.path)

    @property
    def name(self) -> str:
        """Its reference, or whose it is."""
        return self.reference or f"the risk of {self.organisation.name}"


def seen_among(links: Iterable[RiskLink], actor: Actor) -> set[UUID]:
    """The ids of those risks of some links that the actor sees, in one query."""
    sides = {side for link in links for side in (link.from_risk_id, link.to_risk_id)}
    return set(Risk.objects.visible_to(actor).filter(pk__in=sides).values_list("pk", flat=True)) if sides else set()


def told(link: RiskLink, risk: Risk, actor: Actor, seen: Collection[UUID]) -> Side:
    """What the actor may be told of one of the link's two risks.

    `seen` holds the ids of the risks that the actor sees. The link itself is one of `RiskLink.objects.visible_to`.
    """
    is_ours = risk.organisation_id == actor.organisation_id
    if risk.pk in seen:
        return Side(risk.organisation, is_ours, risk.reference, risk.title, risk.path)
    if _is_shown_for_consent(link, risk, actor):
        return Side(risk.organisation, is_ours, title=risk.title)
    return Side(risk.organisation, is_ours)


def _is_shown_for_consent(link: RiskLink, risk: Risk, actor: Actor) -> bool:
    """Whether it is the proposer's own risk, and the actor has a seat at the answer to the proposal."""
    is_proposers = risk.organisation_id == link.proposed_by_id
    return actor.reads_risks and link.is_proposed and is_proposers and actor.organisation_id in link.asked


def relation(link: RiskLink, first: Side, second: Side) -> str:
    """How the two relate and in which direction, for a reader: "PSR-000123 contributes to the risk of Test ICB"."""
    said = SENTENCES[LinkKind(link.kind)].format(first=first.name, second=second.name)
    return said[0].upper() + said[1:]
