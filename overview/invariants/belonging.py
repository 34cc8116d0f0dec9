"""What relates risks to each other: positions, links and introductions are owed, agreed to and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q

from deadlines.models import Deadline, Kind
from overview.invariants.asking import events, live_on, type_of
from risks.models import (
    Basis,
    Introduction,
    IntroductionStatus,
    Involvement,
    LinkConsent,
    LinkStatus,
    Position,
    RiskLink,
    RiskShare,
    Status,
)
from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

SIDES = ("from_risk", "to_risk")
# Which event says that a link came to be as it is.
SAID_BY = {
    LinkStatus.PROPOSED: "propose_link",
    LinkStatus.ACCEPTED: "link",
    LinkStatus.DECLINED: "decline_link",
    LinkStatus.WITHDRAWN: "withdraw_link",
}


def positions(now: datetime) -> Iterator[str]:
    owed = live_on(Involvement, kind=Kind.POSITION)
    right = owed.filter(owed_by=OuterRef("organisation"), owed_to=OuterRef("risk__organisation"))
    asked = Involvement.objects.unanswered().filter(risk__status=Status.OPEN)
    for row in asked.filter(~Exists(right)).select_related("risk", "organisation"):
        yield f"{row.risk.reference}: the position of {row.organisation} is asked for and not owed to its organisation"
    unasked = Involvement.objects.exclude(pk__in=asked.values("pk"))
    for row in unasked.filter(Exists(owed)).select_related("risk", "organisation"):
        yield f"{row.risk.reference}: the position of {row.organisation} is owed and not asked for"
    yield from _owed_on_nothing(Kind.POSITION, Involvement.objects.all())


def _owed_on_nothing(kind: Kind, subjects: QuerySet) -> Iterator[str]:
    """What is owed on a row that has gone, such as the involvement of an organisation that was taken off."""
    live = Deadline.objects.live().filter(kind=kind, subject_type=type_of(subjects.model))
    for deadline in live.filter(~Exists(subjects.filter(pk=OuterRef("subject_id")))):
        yield f"{deadline} is owed on nothing"


def positions_of_others(now: datetime) -> Iterator[str]:
    """The event of the answer names who answered; the own risk was theirs then, whoever has taken it over since."""
    answered = Involvement.objects.filter(position=Position.OWN_RISK)
    never_theirs = answered.exclude(own_risk__organisation=F("organisation")).filter(~Exists(_once_owned()))
    for row in never_theirs.select_related("own_risk", "organisation"):
        yield f"{row.own_risk.reference} is the position of {row.organisation}, which never owned it"


def _once_owned() -> QuerySet[RiskShare]:
    return RiskShare.objects.filter(
        risk=OuterRef("own_risk"),
        organisation=OuterRef("organisation"),
        basis=Basis.OWNER,
        granted_at__lte=OuterRef("answered_at"),
    ).filter(Q(revoked_at=None) | Q(revoked_at__gte=OuterRef("answered_at")))


def consents(now: datetime) -> Iterator[str]:
    owed = live_on(LinkConsent, kind=Kind.LINK)
    right = owed.filter(owed_by=OuterRef("organisation"), owed_to=OuterRef("link__proposed_by"))
    awaited = LinkConsent.objects.awaited()
    for consent in awaited.filter(~Exists(right)).select_related("risk", "organisation"):
        yield f"{consent.risk.reference}: {consent.organisation} is asked about a link and does not owe an answer"
    for consent in LinkConsent.objects.exclude(pk__in=awaited.values("pk")).filter(Exists(owed)).select_related("risk"):
        yield f"{consent.risk.reference}: an answer about a link is owed that nobody waits for"
    yield from _owed_on_nothing(Kind.LINK, LinkConsent.objects.all())


def proposals_of_closed_risks(now: datetime) -> Iterator[str]:
    is_open = Q(from_risk__status=Status.OPEN, to_risk__status=Status.OPEN)
    waiting = RiskLink.objects.filter(status=LinkStatus.PROPOSED)
    yield from map(_link, _with_sides(waiting.exclude(is_open)))


def standing_without_consent(now: datetime) -> Iterator[str]:
    """Accepted while somebody has yet to agree, or waiting while nobody has."""
    missing = Exists(LinkConsent.objects.filter(link=OuterRef("pk"), given_at=None))
    wrong = (Q(status=LinkStatus.ACCEPTED) & missing) | (Q(status=LinkStatus.PROPOSED) & ~missing)
    for link in _with_sides(RiskLink.objects.filter(wrong)):
        yield f"{_link(link)} is {link.status} without regard to its consents"


def asked_for_anothers_risk(now: datetime) -> Iterator[str]:
    """And every owner is asked, save whoever proposed it."""
    proposed = LinkConsent.objects.filter(link__status=LinkStatus.PROPOSED)
    own_side = Q(risk=F("link__from_risk")) | Q(risk=F("link__to_risk"))
    for consent in proposed.exclude(own_side, risk__organisation=F("organisation")).select_related("risk"):
        yield f"{consent.risk.reference}: a body is asked about a link of it that is not its owner"
    for side in SIDES:
        asked = LinkConsent.objects.filter(link=OuterRef("pk"), organisation=OuterRef(f"{side}__organisation"))
        waiting = RiskLink.objects.filter(status=LinkStatus.PROPOSED).exclude(
            **{f"{side}__organisation": F("proposed_by")}
        )
        for link in _with_sides(waiting.filter(~Exists(asked))):
            yield f"{_link(link)}: the owner of {getattr(link, side).reference} is not asked"


def introductions(now: datetime) -> Iterator[str]:
    owed = live_on(Introduction, kind=Kind.INTRODUCE)
    right = owed.filter(owed_by=OuterRef("icb"), owed_to=OuterRef("organisation"))
    seen = RiskShare.objects.live().filter(risk=OuterRef("risk"), organisation=OuterRef("icb"), basis=Basis.OVERSIGHT)
    for row in Introduction.objects.open().filter(~(Exists(right) & Exists(seen))).select_related("risk", "icb"):
        yield f"{row.risk.reference}: {row.icb} is to introduce it, and does not owe that or does not see it"
    for row in Introduction.objects.open().exclude(risk__organisation=F("organisation")).select_related("risk"):
        yield f"{row.risk.reference}: somebody else than its owner is to be introduced"
    ended = Introduction.objects.exclude(status=IntroductionStatus.ASKED)
    for row in ended.filter(Exists(owed)).select_related("risk"):
        yield f"{row.risk.reference}: an introduction is owed that nobody waits for"
    yield from _owed_on_nothing(Kind.INTRODUCE, Introduction.objects.all())


def links_nobody_recorded(now: datetime) -> Iterator[str]:
    for status, verb in SAID_BY.items():
        unsaid = ~_both_say(verb)
        if status == LinkStatus.WITHDRAWN:  # what once stood was also made
            unsaid |= Q(accepted_at__isnull=False) & ~_both_say(SAID_BY[LinkStatus.ACCEPTED])
        for link in _with_sides(RiskLink.objects.filter(status=status).filter(unsaid)):
            yield f"{_link(link)} is {status} and the history of one of them does not say so"


def _both_say(verb: str) -> Q:
    said = [
        Exists(events(RiskLink, verb=verb, reference=OuterRef(f"{side}__reference")))
        for side in ("from_risk", "to_risk")
    ]
    return Q(said[0]) & Q(said[1])


def positions_nobody_recorded(now: datetime) -> Iterator[str]:
    asked_of = AuditEvent.objects.filter(verb__in=["involve", "log_risk", "accept_transfer"], at=OuterRef("asked_at"))
    answer = events(Involvement, verb="answer_involvement", at=OuterRef("answered_at"))
    given = AuditEvent.objects.filter(
        verb="answer_involvement", reference=OuterRef("own_risk__reference"), at=OuterRef("answered_at")
    )
    asked, answered = Involvement.objects.asked(), Involvement.objects.exclude(position="")
    unsaid = asked.filter(~Exists(asked_of.filter(reference=OuterRef("risk__reference"))))
    for row in unsaid.select_related("risk", "organisation"):
        yield f"{row.risk.reference}: that {row.organisation} was asked is not recorded"
    own = Q(position=Position.OWN_RISK)
    unsaid = answered.filter(~Exists(answer.filter(reference=OuterRef("risk__reference"))) | (own & ~Exists(given)))
    for row in unsaid.select_related("risk", "organisation"):
        yield f"{row.risk.reference}: the answer of {row.organisation} is not recorded on each risk that it is about"


def introductions_nobody_recorded(now: datetime) -> Iterator[str]:
    asked = events(Introduction, verb="ask_introduction", reference=OuterRef("risk__reference"))
    ended = events(Introduction, verb="end_introduction", reference=OuterRef("risk__reference"))
    rows = Introduction.objects.filter(~Exists(asked) | (Q(ended_at__isnull=False) & ~Exists(ended)))
    for row in rows.select_related("risk"):
        yield f"{row.risk.reference}: a request for an introduction, or its end, is not recorded"


def _with_sides(links: QuerySet[RiskLink]) -> QuerySet[RiskLink]:
    return links.select_related("from_risk", "to_risk").order_by("created_at", "pk")


def _link(link: RiskLink) -> str:
    return f"The link of {link.from_risk.reference} and {link.to_risk.reference}"
