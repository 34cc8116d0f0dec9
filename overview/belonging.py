"""What relates one risk to others, gathered for a reader of its page: positions, links, introductions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from risks import linked, permissions
from risks.clocks import last_of_each
from risks.models import Introduction, Involvement, LinkStatus, Risk, RiskLink
from safetyreg.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor
    from deadlines.wording import Clock
    from risks.models.links import RiskLinkQuerySet

AS_A_TABLE = 10  # organisations: more than these are easier to look through as a table


@dataclass(frozen=True)
class Named:
    """An organisation named on the risk, and where its answer stands. `own_risk` is given if the reader sees it."""

    involvement: Involvement
    clock: Clock | None
    own_risk: Risk | None
    can_answer: bool

    @property
    def is_late(self) -> bool:
        return bool(self.clock and self.clock.state == "overdue")


@dataclass(frozen=True)
class Positions:
    """Those that are late first, then those yet to answer, then the others by name."""

    rows: list[Named]

    @property
    def is_long(self) -> bool:
        return len(self.rows) > AS_A_TABLE

    @property
    def summary(self) -> str:
        """12 of 38 have answered: 7 have a risk of their own, 5 are not affected; 3 are late. Empty for a draft."""
        asked = [row for row in self.rows if row.involvement.asked_at]
        answered = [row for row in asked if row.involvement.is_answered]
        if not asked:
            return ""
        said = f"{len(answered) or 'None'} of {len(asked)} {_have(len(answered))} answered"
        unaffected = sum(row.involvement.is_not_affected for row in answered)
        parts = [_own_risks(len(answered) - unaffected), _not_affected(unaffected)]
        if answered:
            said += f": {listed([part for part in parts if part])}"
        late = sum(row.is_late for row in asked)
        return f"{said}; {late} {'is' if late == 1 else 'are'} late" if late else said


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _own_risks(count: int) -> str:
    return f"{count} {_have(count)} a risk of {'its' if count == 1 else 'their'} own" if count else ""


def _not_affected(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'} not affected" if count else ""


def positions_on(risk: Risk, actor: Actor, now: datetime) -> Positions:
    """Of every organisation named, for those who read the risk in full."""
    named = risk.involvements.select_related("organisation", "created_by")
    return _positions(named.order_by("organisation__name", "pk"), actor, now)


def own_position(risk: Risk, actor: Actor, now: datetime) -> Named | None:
    """What the reader's organisation is itself asked about the risk: the one exchange that a part reader reads."""
    asked = Involvement.objects.visible_to(actor).asked_of(actor.organisation).filter(risk=risk)
    rows = _positions(asked.select_related("organisation", "created_by"), actor, now).rows
    return rows[0] if rows else None


def _positions(named: Iterable[Involvement], actor: Actor, now: datetime) -> Positions:
    involvements = list(named)
    clocks = last_of_each([one.pk for one in involvements], now)
    given = {one.own_risk_id for one in involvements if one.own_risk_id}
    seen = Risk.objects.visible_to(actor).in_bulk(given) if given else {}
    rows = [
        Named(
            involvement=one,
            clock=clocks.get(one.pk),
            own_risk=seen.get(one.own_risk_id),
            can_answer=not one.is_answered and permissions.can_answer_involvement(actor, one),
        )
        for one in involvements
    ]
    return Positions(sorted(rows, key=lambda row: (not row.is_late, row.involvement.is_answered)))


@dataclass(frozen=True)
class Linked:
    """A link as it reads from one of its two risks. `other` is the far side, as far as the reader may be told of it."""

    link: RiskLink
    words: str
    other: linked.Side
    clocks: list[Clock]
    awaits_reader: bool


@dataclass(frozen=True)
class Links:
    standing: list[Linked]
    waiting: list[Linked]
    ended: list[Linked]

    @property
    def total(self) -> int:
        return len(self.standing) + len(self.waiting) + len(self.ended)


def links_of(risk: Risk, actor: Actor, now: datetime) -> Links:
    """What the reader may know of: `visible_to` says of which links, `linked.told` how much of each far side."""
    found = list(_with_people(RiskLink.objects.visible_to(actor).of_risk(risk)))
    seen = linked.seen_among(found, actor)
    waiting = [consent.pk for link in found if link.is_proposed for consent in link.consents.all()]
    clocks = last_of_each(waiting, now)
    rows = [_linked(link, risk, actor, seen, clocks) for link in found]
    return Links(
        standing=[row for row in rows if row.link.is_accepted],
        waiting=[row for row in rows if row.link.is_proposed],
        ended=[row for row in rows if row.link.status in (LinkStatus.DECLINED, LinkStatus.WITHDRAWN)],
    )


def _with_people(links: RiskLinkQuerySet) -> RiskLinkQuerySet:
    people = ("from_risk__organisation", "to_risk__organisation", "proposed_by", "ended_for")
    return links.select_related(*people).prefetch_related("consents").newest_first()


def _linked(link: RiskLink, risk: Risk, actor: Actor, seen: set[UUID], clocks: dict[UUID, Clock]) -> Linked:
    owed = [clocks[consent.pk] for consent in link.consents.all() if not consent.given_at and consent.pk in clocks]
    awaits = link.is_proposed and actor.organisation_id in link.awaited
    return Linked(
        link=link,
        words=link.words_from(risk),
        other=linked.told(link, link.other_than(risk), actor, seen),
        clocks=owed,
        awaits_reader=awaits and permissions.can_answer_link(actor, link),
    )


def introductions_on(risk: Risk, actor: Actor, now: datetime) -> list[tuple[Introduction, Clock | None]]:
    """Those that the reader's organisation asked for or was asked for, newest first."""
    mine = Introduction.objects.visible_to(actor).filter(risk=risk).select_related("icb", "organisation")
    found = list(mine.order_by("-created_at", "-pk"))
    clocks = last_of_each([one.pk for one in found], now)
    return [(one, clocks.get(one.pk)) for one in found]
