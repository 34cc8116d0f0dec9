"""Playing one risk of the demonstration: everything that happened to it, through the services of the register.

The owner does what the risk's organisation does.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import Role
from demo.climbing import Climb
from demo.relating import Relations, involvement_of
from demo.stage import Event, Order
from notifications import services as notifications
from risks import services as risks
from risks.models import ScoreKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from accounts.actors import Actor
    from demo.belonging import Position
    from demo.stage import Stage
    from demo.stories import Closure, DemoRisk, Judgement, Remark, Task
    from risks.models import Action, Risk

REFERENCE = "DEMO-"  # begins what the owner's own system would call the risk: that it is fictional travels with it


class Play:
    """One risk. A reporter of its organisation logs it, if it has one, and otherwise the owner.

    What is logged as a position is logged by the owner: only safety leads say what an organisation's position is.

    `earlier` moves all of it back a little, so that not everything in the register is of the same minute.
    """

    def __init__(self, said: DemoRisk, stage: Stage, *, owner: Actor, earlier: timedelta) -> None:
        self.said, self.stage, self.owner = said, stage, owner
        self.writer = self._writer()
        self.now = stage.now - earlier
        self.risk: Risk
        self.actions: dict[Task, Action] = {}

    def _writer(self) -> Actor:
        if self.said.key in self.stage.answers:
            return self.owner
        return next(iter(self.stage.cast.those(self.said.organisation, Role.REPORTER)), self.owner)

    def events(self) -> Iterator[Event]:
        said = self.said
        if said.draft:
            yield self.on(said.logged_days_ago, Order.LOG, self._draft)
            return
        yield self.on(said.logged_days_ago, Order.LOG, self._log)
        yield from self._scores()
        for days_ago in said.reviews:
            yield self.on(days_ago, Order.REVIEW, self._review)
        for task in said.actions:
            yield from self._task(task)
        for remark in said.comments:
            yield self.on(remark.days_ago, Order.WORK, partial(self._comment, remark))
        for chain in said.chains:
            yield from Climb(chain, self).events()
        yield from Relations(self).events()
        if said.closed:
            yield self.on(said.closed.days_ago, Order.CLOSE, partial(self._close, said.closed))

    def on(self, days_ago: int, order: Order, happen: Callable[[datetime], object]) -> Event:
        return Event(self.now - timedelta(days=days_ago), order, happen)

    def _scores(self) -> Iterator[Event]:
        for kind, judged in ((ScoreKind.TARGET, self.said.target), (ScoreKind.CURRENT, self.said.current)):
            if judged:
                days_ago = self.said.logged_days_ago if judged.days_ago is None else judged.days_ago
                yield self.on(days_ago, Order.SCORE, partial(self._score, kind, judged))

    def _task(self, task: Task) -> Iterator[Event]:
        """It begins when the risk is logged: what is due in the past cannot be begun today."""
        due_on = timezone.localdate(self.now + timedelta(days=task.due_in_days))
        yield self.on(self.said.logged_days_ago, Order.WORK, partial(self._begin, task, due_on))
        if task.done_days_ago is not None:
            yield self.on(task.done_days_ago, Order.WORK, partial(self._complete, task))

    def _draft(self, now: datetime) -> None:
        self.risk = risks.save_draft(fields=self._fields(), by=self.writer, now=now)

    def _log(self, now: datetime) -> None:
        """The reason for the first score is told in a comment: it is given by whoever logs the risk, with the risk."""
        if asked := self.stage.answers.get(self.said.key):
            self.risk = self._log_for(*asked, now)
        else:
            self.risk = risks.log_risk(fields=self._fields(), by=self.writer, now=now)
        if self.said.initial:
            why = f"Why {self.risk.likelihood} x {self.risk.consequence} to begin with: {self.said.initial.why}"
            risks.add_comment(risk=self.risk, text=why, by=self.writer, now=now)

    def _log_for(self, key: str, position: Position, now: datetime) -> Risk:
        """Log it as the position that the organisation was asked for on another's risk."""
        involvement = involvement_of(self.stage.plays[key].risk, self.writer)
        notifications.mark_read(path=involvement.path, by=self.writer, now=now)
        return risks.log_own_risk(
            involvement=involvement, fields=self._fields(), kind=position.kind, by=self.writer, now=now
        )

    def _fields(self) -> risks.RiskFields:
        said = self.said
        return {
            "title": said.title,
            "cause": said.cause,
            "event": said.event,
            "effect": said.effect,
            "theme": said.theme,
            "process": said.process,
            "services": list(said.services),
            "reach": said.reach,
            "other_bodies": said.other_bodies,
            "population": said.population,
            "external_reference": f"{REFERENCE}{said.key}",
            "likelihood": said.initial.likelihood if said.initial else None,
            "consequence": said.initial.consequence if said.initial else None,
            "owner": self.writer.user if said.draft else self.owner.user,
            "involved": [self.stage.organisations[code] for code in said.involves],
            "controls": list(said.controls),
        }

    def _score(self, kind: ScoreKind, judged: Judgement, now: datetime) -> None:
        risks.score_risk(
            risk=self.risk,
            kind=kind,
            likelihood=judged.likelihood,
            consequence=judged.consequence,
            rationale=judged.why,
            by=self.owner,
            now=now,
        )

    def _review(self, now: datetime) -> None:
        risks.review_risk(risk=self.risk, words="", by=self.owner, now=now)

    def _begin(self, task: Task, due_on: date, now: datetime) -> None:
        self.actions[task] = risks.add_action(
            risk=self.risk, text=task.what, owner=self.owner.user, due_on=due_on, by=self.owner, now=now
        )

    def _complete(self, task: Task, now: datetime) -> None:
        risks.complete_action(action=self.actions[task], words="", by=self.owner, now=now)

    def _comment(self, remark: Remark, now: datetime) -> None:
        by = self.stage.cast.lead(remark.organisation) if remark.organisation else self.owner
        risks.add_comment(risk=self.risk, text=remark.text, by=by, now=now)

    def _close(self, closed: Closure, now: datetime) -> None:
        risks.close_risk(risk=self.risk, closure_reason=closed.reason, words=closed.words, by=self.owner, now=now)
