"""What holds the risks of a made-up register together: system risks, organisations named on a risk, and links.

One risk in a hundred is held by a body above the providers, which names ten of them on it; three in ten of the others
name one. Who is named says that it is not affected or has a risk of its own, which links the two. A few risks are
linked besides; some of these links still wait for consent.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bench.ids import new_id
from bench.tending import owed
from deadlines.models import Deadline, Kind
from risks.models import Basis, Involvement, LinkConsent, LinkKind, LinkStatus, Position, Risk, RiskLink, RiskShare

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.models import Organisation
    from bench.register import Register

SYSTEM, NAMED_BY_SYSTEM, INVOLVING, LINKED = 0.01, 10, 0.3, 0.03
ANSWERED, HAVE_IT_TOO, CONSENTED = 0.85, 0.4, 0.7
NEARBY = 300  # how many of the last risks one may be linked with
ALLOWED = timedelta(days=14)  # roughly, for a position or a consent


@dataclass
class Together:
    """What is to be written, in this order."""

    involvements: list[Involvement] = field(default_factory=list)
    links: list[RiskLink] = field(default_factory=list)
    consents: list[LinkConsent] = field(default_factory=list)
    shares: list[RiskShare] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)


class Belonging:
    def __init__(self, register: Register, chance: random.Random, now: datetime) -> None:
        self.register, self.chance, self.now = register, chance, now
        self.above = [register.national, *register.regions, *register.icbs]
        self.before: list[Risk] = []
        self.latest: dict[uuid.UUID, Risk] = {}  # by organisation
        self.shared: set[tuple[uuid.UUID, uuid.UUID, Basis]] = set()
        self.linked: set[frozenset[uuid.UUID]] = set()
        self.written = Together()

    def owner(self, provider: Organisation) -> Organisation:
        """Who holds a risk: the provider given, or a body above the providers."""
        return self.chance.choice(self.above) if self.chance.random() < SYSTEM else provider

    def risk(self, risk: Risk) -> None:
        if risk.organisation.parent in (None, self.register.national, *self.register.regions):
            self._name(risk, self._some(NAMED_BY_SYSTEM))
        elif self.chance.random() < INVOLVING:
            self._name(risk, self._some(1))
        if self.before and self.chance.random() < LINKED:
            self._link(self.chance.choice(self.before), risk, self._later(risk.logged_at or self.now))
        self.latest[risk.organisation_id] = risk
        self.before = [*self.before[1 - NEARBY :], risk]

    def _some(self, number: int) -> list[Organisation]:
        found = [self.chance.choice(self.chance.choice(self.register.providers)) for _ in range(number)]
        return list(dict.fromkeys(found))

    def _name(self, risk: Risk, named: Sequence[Organisation]) -> None:
        asked_at = risk.logged_at or self.now
        for body in named:
            if body == risk.organisation:
                continue
            asked = Involvement(
                id=new_id(self.chance), risk=risk, organisation=body, created_at=asked_at, created_by=risk.owner,
                asked_at=asked_at,
            )  # fmt: skip
            self.written.involvements.append(asked)
            self._share(risk, body, Basis.INVOLVEMENT, asked_at)
            answered = self._later(asked_at) if self.chance.random() < ANSWERED else self.now
            done = answered if answered < self.now else None
            if done:
                self._answer(asked, body, done)
            self._clock(Kind.POSITION, asked, risk, (body, risk.organisation), asked_at, done)

    def _answer(self, asked: Involvement, body: Organisation, at: datetime) -> None:
        asked.answered_at, asked.answered_by = at, self.register.people[body.pk].user
        own = self.latest.get(body.pk)
        if own and self.chance.random() < HAVE_IT_TOO:
            asked.position, asked.own_risk = Position.OWN_RISK, own
            self._link(own, asked.risk, at, stands=True)
        else:
            asked.position, asked.words = Position.NOT_AFFECTED, "We do not do this"

    def _link(self, first: Risk, second: Risk, at: datetime, *, stands: bool = False) -> None:
        pair = frozenset({first.pk, second.pk})
        if first.organisation_id == second.organisation_id or at >= self.now or pair in self.linked:
            return
        self.linked.add(pair)
        stands = stands or self.chance.random() < CONSENTED
        link = RiskLink(
            id=new_id(self.chance), from_risk=first, to_risk=second, kind=self.chance.choice(LinkKind.values),
            status=LinkStatus.ACCEPTED if stands else LinkStatus.PROPOSED, reason="They meet in the same patients",
            proposed_by=second.organisation, created_at=at, created_by=second.owner, accepted_at=at if stands else None,
        )  # fmt: skip
        self.written.links.append(link)
        consent = LinkConsent(id=new_id(self.chance), link=link, organisation=first.organisation, risk=first)
        if stands:
            consent.given_at, consent.given_by = at, first.owner
            self._share(first, second.organisation, Basis.LINK, at)
            self._share(second, first.organisation, Basis.LINK, at)
        self.written.consents.append(consent)
        done = at if stands else None
        self._clock(Kind.LINK, consent, first, (first.organisation, second.organisation), at, done, link.path)

    def _clock(
        self,
        kind: Kind,
        subject: Any,
        risk: Risk,
        between: tuple[Organisation, Organisation],
        at: datetime,
        done: datetime | None,
        path: str = "",
    ) -> None:
        clock = owed(self.chance, risk, kind, subject, at, at + ALLOWED, self.now, done)
        clock.owed_by, clock.owed_to = between
        clock.holder, clock.path = None, path or subject.path
        self.written.deadlines.append(clock)

    def _share(self, risk: Risk, body: Organisation, basis: Basis, at: datetime) -> None:
        """Once: what an organisation sees by one link it sees by the next."""
        if (risk.pk, body.pk, basis) in self.shared:
            return
        self.shared.add((risk.pk, body.pk, basis))
        self.written.shares.append(
            RiskShare(id=new_id(self.chance), risk=risk, organisation=body, basis=basis, granted_at=at)
        )

    def _later(self, at: datetime) -> datetime:
        return at + timedelta(days=self.chance.expovariate(1 / 10), seconds=1)


def parts(written: Together) -> list[tuple[type[Any], list[Any]]]:
    """In an order in which each row finds what it points to; the shares are written with all others."""
    return [
        (Involvement, written.involvements),
        (RiskLink, written.links),
        (LinkConsent, written.consents),
        (Deadline, written.deadlines),
    ]
