"""Playing what relates one risk of the demonstration to others, through the services of the register.

The owner of a risk speaks for its organisation, and the first safety lead for a body that owns neither of two risks.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from demo.stage import Event, Order
from notifications import services as notifications
from risks import indexing
from risks import services as risks
from risks.models import Introduction as AskedFor
from risks.models import Involvement, Risk, RiskLink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from accounts.actors import Actor
    from demo.belonging import Consent, Dismissal, Gathering, Introduced, Introduction, Link, Other, Position, Question
    from demo.playing import Play


class Relations:
    """What one risk has to do with others: who was asked about it and answered, and what it is linked with."""

    def __init__(self, play: Play) -> None:
        self.play, self.said, self.stage = play, play.said, play.stage

    def events(self) -> Iterator[Event]:
        for question in self.said.questions:
            yield self._on(question.days_ago, partial(self._ask, question))
        for position in self.said.positions:
            if not position.logs:  # what is logged as an answer is played where that risk is
                yield self._on(position.days_ago, partial(self._answer, position))
        for link in self.said.links:
            yield self._on(link.days_ago, partial(self._propose, link))
            yield from self._consents([link.to])
        for gathering in self.said.gathers:
            yield self._on(gathering.days_ago, partial(self._gather, gathering))
            yield from self._consents(gathering.contributors)
        for introduction in self.said.introductions:
            yield from self._introduction(introduction)
        for dismissal in self.said.dismissals:
            yield self._on(dismissal.days_ago, partial(self._dismiss, dismissal))

    def _on(self, days_ago: int, happen: Callable[[datetime], object]) -> Event:
        return self.play.on(days_ago, Order.RELATE, happen)

    def _consents(self, others: Iterable[Other]) -> Iterator[Event]:
        for other in others:
            for step in other.steps:
                yield self._on(step.days_ago, partial(self._consent, other, step))

    def _introduction(self, said: Introduction) -> Iterator[Event]:
        yield self._on(said.days_ago, partial(self._ask_introduction, said))
        if said.made:
            yield self._on(said.made.days_ago, partial(self._introduce, said.made))
            yield from self._consents(said.made.to)
        if said.declined:
            yield self._on(said.declined.days_ago, partial(self._decline_introduction, said.declined.why))
        if said.withdrawn_days_ago is not None:
            yield self._on(said.withdrawn_days_ago, self._withdraw_introduction)

    def _ask(self, question: Question, now: datetime) -> None:
        everywhere = question.all_providers_of
        risks.involve(
            risk=self.play.risk,
            organisations=[self.stage.organisations[code] for code in question.organisations],
            all_providers_of=self.stage.organisations[everywhere] if everywhere else None,
            question=question.question,
            by=self.play.owner,
            now=now,
        )

    def _answer(self, position: Position, now: datetime) -> None:
        by = self._speaker(position.by, position.picks)
        involvement = involvement_of(self.play.risk, by)
        notifications.mark_read(path=involvement.path, by=by, now=now)
        if position.picks:
            own = self.stage.plays[position.picks].risk.reference
            risks.answer_with_own_risk(involvement=involvement, own_risk=own, kind=position.kind, by=by, now=now)
        else:
            risks.answer_not_affected(involvement=involvement, words=position.not_affected, by=by, now=now)

    def _propose(self, link: Link, now: datetime) -> None:
        risks.propose_link(
            risk=self.play.risk,
            to=self._references([link.to])[0],
            kind=link.kind,
            reason=link.reason,
            by=self._speaker(link.proposed_by or self.said.organisation),
            now=now,
        )

    def _gather(self, gathering: Gathering, now: datetime) -> None:
        risks.gather(
            risk=self.play.risk,
            contributors=self._references(gathering.contributors),
            reason=gathering.reason,
            by=self.play.owner,
            now=now,
        )

    def _consent(self, other: Other, step: Consent, now: datetime) -> None:
        by = self._speaker(step.by, other.risk)
        between = RiskLink.objects.between(self.play.risk, self.stage.plays[other.risk].risk)
        link = between.select_related("from_risk", "to_risk").latest("created_at")
        notifications.mark_read(path=link.path, by=by, now=now)
        if step.verb == "accept":
            risks.accept_link(link=link, by=by, now=now)
        elif step.verb == "decline":
            risks.decline_link(link=link, why=step.why, by=by, now=now)
        else:
            risks.withdraw_link(link=link, why=step.why, by=by, now=now)

    def _ask_introduction(self, said: Introduction, now: datetime) -> None:
        """Only where enough others hold a similar risk: so what was logged until now is compared first."""
        indexing.index(now=now)
        risks.ask_introduction(risk=self.play.risk, reason=said.reason, by=self.play.owner, now=now)

    def _introduce(self, made: Introduced, now: datetime) -> None:
        asked, by = self._asked_introduction(now)
        to = self._references(made.to)
        risks.introduce(introduction=asked, to=to, kind=made.kind, reason=made.reason, by=by, now=now)

    def _decline_introduction(self, why: str, now: datetime) -> None:
        asked, by = self._asked_introduction(now)
        risks.decline_introduction(introduction=asked, why=why, by=by, now=now)

    def _withdraw_introduction(self, now: datetime) -> None:
        asked = AskedFor.objects.open().get(risk=self.play.risk)
        risks.withdraw_introduction(introduction=asked, by=self.play.owner, now=now)

    def _asked_introduction(self, now: datetime) -> tuple[AskedFor, Actor]:
        """The request that waits, and who answers it, having read that it was made."""
        asked = AskedFor.objects.open().select_related("risk", "icb").get(risk=self.play.risk)
        by = self._speaker(asked.icb.ods_code)
        notifications.mark_read(path=asked.path, by=by, now=now)
        return asked, by

    def _dismiss(self, dismissal: Dismissal, now: datetime) -> None:
        other = self.stage.plays[dismissal.other].risk
        by = self._speaker(dismissal.by)
        risks.dismiss_pair(risk=self.play.risk, other=other, reason=dismissal.reason, by=by, now=now)

    def _references(self, others: Iterable[Other]) -> list[str]:
        return [self.stage.plays[other.risk].risk.reference for other in others]

    def _speaker(self, ods_code: str, other: str = "") -> Actor:
        """The owner of this risk or of the other one, as far as it is the organisation's, or its first safety lead."""
        plays = [self.play, *([self.stage.plays[other]] if other else [])]
        owners = (play.owner for play in plays if play.said.organisation == ods_code)
        return next(owners, None) or self.stage.cast.lead(ods_code)


def involvement_of(risk: Risk, by: Actor) -> Involvement:
    """The question that a risk asks of the actor's organisation."""
    return Involvement.objects.select_related("risk", "organisation").get(risk=risk, organisation=by.organisation)
