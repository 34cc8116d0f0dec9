"""What is new since somebody last said that they had looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest

from escalations.models import Escalation, Feedback
from risks import linked
from risks.models import (
    Basis,
    Introduction,
    IntroductionStatus,
    Involvement,
    LinkConsent,
    LinkStatus,
    Risk,
    RiskLink,
    RiskShare,
)

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
    """One thing that is new: when, what in words, and which risk it is about. A title only of a risk that is seen."""

    at: datetime
    what: str
    reference: str
    title: str
    path: str


@dataclass(frozen=True)
class News:
    since: datetime
    items: list[Item]
    is_cut: bool


def since_last_look(actor: Actor) -> News:
    """The newest things first; of each kind at most so many are looked at."""
    since = actor.membership.looked_at or actor.membership.started_at
    found = [item for kind in KINDS for item in kind(actor, since)]
    found.sort(key=lambda item: (item.at, item.path), reverse=True)
    return News(since, found[:SHOWN], len(found) > SHOWN)


def nothing(actor: Actor) -> News:
    """For somebody who reads no risks."""
    return News(actor.membership.looked_at or actor.membership.started_at, [], is_cut=False)


def _of(risk: Risk) -> tuple[str, str]:
    return risk.reference, risk.title


def _escalations(actor: Actor, since: datetime) -> Iterator[Item]:
    raised = Escalation.objects.visible_to(actor).received_by(actor.organisation).filter(raised_at__gt=since)
    for escalation in raised.select_related("risk", "from_organisation").newest_first()[: SHOWN + 1]:
        what = f"{escalation.from_organisation.name} escalated this risk to you"
        yield Item(escalation.raised_at, what, *_of(escalation.risk), escalation.path)


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
        what = f"{escalation.to_organisation.name} {did}"
        yield Item(feedback.given_at, what, *_of(escalation.risk), escalation.path)


def _newly_visible(actor: Actor, since: datetime) -> Iterator[Item]:
    """Risks that came into view; an escalation to us is news by itself."""
    shares = RiskShare.objects.for_organisation(actor.organisation).filter(
        granted_at__gt=since,
        basis__in=WHY_VISIBLE,
        risk__in=Risk.objects.visible_to(actor),
    )
    seen = set()
    for share in shares.select_related("risk__organisation").order_by("-granted_at", "pk")[: SHOWN + 1]:
        if share.risk_id not in seen:
            seen.add(share.risk_id)
            what = WHY_VISIBLE[Basis(share.basis)].format(owner=share.risk.organisation.name)
            yield Item(share.granted_at, what, *_of(share.risk), share.risk.path)


def _positions(actor: Actor, since: datetime) -> Iterator[Item]:
    """Answers to what we asked about our own risks."""
    given = Involvement.objects.visible_to(actor).asked_by(actor.organisation).filter(answered_at__gt=since)
    for asked in given.select_related("risk", "organisation").order_by("-answered_at", "pk")[: SHOWN + 1]:
        said = "is not affected by this risk" if asked.is_not_affected else "has answered with a risk of its own"
        yield Item(asked.answered_at, f"{asked.organisation.name} {said}", *_of(asked.risk), asked.path)


def _link_proposals(actor: Actor, since: datetime) -> Iterator[Item]:
    """Links that we are asked to accept: of the two risks, our own is named."""
    waiting = LinkConsent.objects.filter(organisation=actor.organisation, given_at=None)
    waiting = waiting.filter(link__in=RiskLink.objects.visible_to(actor).filter(status=LinkStatus.PROPOSED))
    new = waiting.filter(link__created_at__gt=since).select_related("link__proposed_by", "risk")
    for consent in new.order_by("-link__created_at", "pk")[: SHOWN + 1]:
        what = f"{consent.link.proposed_by.name} proposes to link this risk of yours with another"
        yield Item(consent.link.created_at, what, *_of(consent.risk), consent.link.path)


def _links(actor: Actor, since: datetime) -> Iterator[Item]:
    """What others did about links: they accepted one that we proposed, or ended one."""
    visible = RiskLink.objects.visible_to(actor)
    accepted = Q(proposed_by=actor.organisation, accepted_at__gt=since, consents__isnull=False, ended_at=None)
    ended = Q(ended_at__gt=since) & ~Q(ended_for=actor.organisation)
    new = visible.filter(pk__in=visible.filter(accepted | ended).values("pk"))
    sides = ("from_risk__organisation", "to_risk__organisation", "ended_for", "proposed_by")
    by_newest = Greatest("accepted_at", "ended_at").desc()
    links = list(new.select_related(*sides).prefetch_related("consents").order_by(by_newest, "pk")[: SHOWN + 1])
    seen = linked.seen_among(links, actor)
    for link in links:
        first, second = (linked.told(link, risk, actor, seen) for risk in (link.from_risk, link.to_risk))
        near, far = (second, first) if second.is_ours and not first.is_ours else (first, second)
        title = near.title if near.is_seen else ""
        yield Item(link.ended_at or link.accepted_at, _what_became_of(link, far), near.reference, title, link.path)


def _what_became_of(link: RiskLink, far: linked.Side) -> str:
    if link.ended_for is None:
        return f"The link that you proposed with a risk of {far.organisation.name} has been accepted"
    did = "declined" if link.status == LinkStatus.DECLINED else "withdrew"
    return f"{link.ended_for.name} {did} the link with a risk of {far.organisation.name}"


def _introductions(actor: Actor, since: datetime) -> Iterator[Item]:
    """Those asked of us, and answers to those that we asked for."""
    seen = Introduction.objects.visible_to(actor).filter(risk__in=Risk.objects.visible_to(actor))
    seen = seen.select_related("risk", "organisation", "icb")
    asked = seen.open().filter(icb=actor.organisation, created_at__gt=since)
    for one in asked.order_by("-created_at", "pk")[: SHOWN + 1]:
        what = f"{one.organisation.name} asks you to introduce it to others with a risk like this"
        yield Item(one.created_at, what, *_of(one.risk), one.path)
    answered = seen.filter(organisation=actor.organisation, ended_at__gt=since)
    answered = answered.exclude(status=IntroductionStatus.WITHDRAWN)
    for one in answered.order_by("-ended_at", "pk")[: SHOWN + 1]:
        made = "proposes links with" if one.status == IntroductionStatus.MADE else "did not introduce you to"
        yield Item(one.ended_at, f"{one.icb.name} {made} others that hold a risk like this", *_of(one.risk), one.path)


KINDS = (_escalations, _feedback, _newly_visible, _positions, _link_proposals, _links, _introductions)
