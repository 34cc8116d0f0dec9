"""Whose position a system risk still lacks, for its owner: who has been asked and has not answered, and who said no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from risks.models import LinkKind, Risk, RiskLink
from safetyreg.words import day

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Involvement


@dataclass(frozen=True)
class StillMissing:
    """`title` is that of the risk that was asked for, where the reader may know it; `path` leads to the exchange."""

    organisation: Organisation
    words: str
    path: str
    title: str = ""


def on(risk: Risk, actor: Actor, contributing: set[UUID]) -> list[StillMissing]:
    """By organisation. `contributing` are the organisations that have a position already."""
    found = [*_proposed(risk, actor), *_named(risk, contributing)]
    return sorted(found, key=lambda one: (one.organisation.name, one.title, one.path))


def _proposed(risk: Risk, actor: Actor) -> list[StillMissing]:
    """Risks that may come to contribute, once whoever is asked has agreed."""
    links = RiskLink.objects.visible_to(actor).proposed().filter(to_risk=risk, kind=LinkKind.CONTRIBUTES_TO)
    links = list(links.select_related("from_risk__organisation").prefetch_related("consents"))
    offered = {link.from_risk_id for link in links}
    seen = set(Risk.objects.visible_to(actor).filter(pk__in=offered).values_list("pk", flat=True))
    return [
        StillMissing(
            organisation=link.from_risk.organisation,
            words=_awaited(link, actor),
            path=link.path,
            title=link.from_risk.title if link.from_risk_id in seen or _offers_its_own(link) else "",
        )
        for link in links
    ]


def _offers_its_own(link: RiskLink) -> bool:
    """Whoever proposes a link shows the title of its own risk by that."""
    return link.proposed_by_id == link.from_risk.organisation_id


def _awaited(link: RiskLink, actor: Actor) -> str:
    if actor.organisation_id in link.awaited:
        return f"Offered on {day(link.created_at)}. It waits for your answer"
    return f"Asked on {day(link.created_at)}. It has not answered yet"


def _named(risk: Risk, contributing: set[UUID]) -> list[StillMissing]:
    """Organisations named on the risk that hold no position on it."""
    named = risk.involvements.asked().exclude(organisation__in=contributing).select_related("organisation")
    return [StillMissing(one.organisation, _answered(one), one.path) for one in named]


def _answered(involvement: Involvement) -> str:
    if not involvement.is_answered:
        return f"Named on this risk and asked on {day(involvement.asked_at)}. It has not answered yet"
    if involvement.is_not_affected:
        return f"It said on {day(involvement.answered_at)} that it is not affected"
    return "It answered with a risk of its own, which does not contribute to this one"
