"""What is new since somebody last said that they had looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from escalations.models import Escalation, Feedback
from risks.models import Basis, Risk, RiskShare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from accounts.actors import Actor

SHOWN = 25
WHY_VISIBLE = {
    Basis.OVERSIGHT: "You can now see this risk of {owner}: it crosses a boundary that you oversee",
    Basis.INVOLVEMENT: "You are named on this risk of {owner}",
    Basis.TRANSFER: "{owner} asks you to take this risk over",
    Basis.LINK: "You can now see this risk of {owner}: a risk of yours is linked to it",
}


@dataclass(frozen=True)
class Item:
    """One thing that is new: when, what in words, and which risk it is about."""

    at: datetime
    what: str
    risk: Risk
    path: str


@dataclass(frozen=True)
class News:
    since: datetime
    items: list[Item]
    is_cut: bool


def since_last_look(actor: Actor) -> News:
    """The newest things first; of each kind at most so many are looked at."""
    since = actor.membership.looked_at or actor.membership.started_at
    found = [*_escalations(actor, since), *_feedback(actor, since), *_newly_visible(actor, since)]
    found.sort(key=lambda item: (item.at, item.path), reverse=True)
    return News(since, found[:SHOWN], len(found) > SHOWN)


def _escalations(actor: Actor, since: datetime) -> Iterator[Item]:
    raised = Escalation.objects.visible_to(actor).received_by(actor.organisation).filter(raised_at__gt=since)
    for escalation in raised.select_related("risk", "from_organisation").newest_first()[: SHOWN + 1]:
        what = f"{escalation.from_organisation.name} escalated this risk to you"
        yield Item(escalation.raised_at, what, escalation.risk, escalation.path)


def _feedback(actor: Actor, since: datetime) -> Iterator[Item]:
    """Updates and answers of others, at any level, on risks that we escalated."""
    ours = Escalation.objects.sent_by(actor.organisation).filter(risk=OuterRef("escalation__risk"))
    given = Feedback.objects.visible_to(actor).filter(Exists(ours), given_at__gt=since)
    given = given.exclude(escalation__to_organisation=actor.organisation)
    for feedback in given.select_related("escalation__risk", "escalation__to_organisation").order_by("-given_at", "pk")[
        : SHOWN + 1
    ]:
        escalation = feedback.escalation
        did = f"answered: {feedback.get_outcome_display().lower()}" if feedback.outcome else "gave an update"
        yield Item(feedback.given_at, f"{escalation.to_organisation.name} {did}", escalation.risk, escalation.path)


def _newly_visible(actor: Actor, since: datetime) -> Iterator[Item]:
    """Risks that came into view; an escalation to us is news by itself."""
    shares = RiskShare.objects.live().filter(
        organisation=actor.organisation,
        granted_at__gt=since,
        basis__in=WHY_VISIBLE,
        risk__in=Risk.objects.visible_to(actor),
    )
    seen = set()
    for share in shares.select_related("risk__organisation").order_by("-granted_at", "pk")[: SHOWN + 1]:
        if share.risk_id not in seen:
            seen.add(share.risk_id)
            what = WHY_VISIBLE[Basis(share.basis)].format(owner=share.risk.organisation.name)
            yield Item(share.granted_at, what, share.risk, share.risk.path)
