"""Each body's position on a system risk, side by side: never added up, never averaged.

The owner of the system risk is shown every position, whole: that is what a contributor agrees to with the link
(docs/adr/0014). A contributor is shown its own. Whoever else reads the system risk in full is shown those of risks
that they see, and of each what they read of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from overview import missing_positions
from overview.trend import Trend, in_words, trend_of
from risks import permissions
from risks.models import Action, Control, LinkKind, Risk, RiskLink, Score, ScoreKind
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from accounts.actors import Actor
    from overview.missing_positions import StillMissing

Part = TypeVar("Part", Score, Control, Action)


@dataclass(frozen=True)
class ToDo:
    action: Action
    is_overdue: bool


@dataclass(frozen=True)
class Position:
    """One contributing risk. Where it `shows_everything` is false, actions, owner and review are left empty."""

    risk: Risk
    link: RiskLink
    shows_everything: bool
    target: Score | None
    trend: Trend | None
    trend_words: str
    controls: list[Control]
    to_do: list[ToDo]
    done: int
    review_due_at: datetime | None
    is_review_overdue: bool

    @property
    def missing(self) -> list[str]:
        """What a reader would look for and not find, in words. Of a closed risk, that it is closed."""
        if self.risk.is_closed:
            return ["closed"]
        gaps = {"no control": not self.controls, "no target score": self.target is None}
        if self.shows_everything:
            gaps |= {"no action planned": not self.to_do, "review overdue": self.is_review_overdue}
        return [words for words, is_missing in gaps.items() if is_missing]


@dataclass(frozen=True)
class Positions:
    """What a reader is shown on a system risk. Only its owner is told who is still missing."""

    is_owner: bool
    may_gather: bool
    shown: list[Position]
    still_missing: list[StillMissing]


def on(risk: Risk, actor: Actor, now: datetime, *, reads_all: bool) -> Positions | None:
    """None where there is nothing to say: on what is no system risk, or to a part reader who contributes nothing."""
    if risk.is_draft or not risk.organisation.is_above_providers:
        return None
    is_owner = permissions.owns(actor, risk)
    shown = _positions(_links(risk, actor, reads_all=reads_all), actor, now, is_owner=is_owner)
    if not shown and not reads_all:
        return None
    missing = missing_positions.on(risk, actor, {one.risk.organisation_id for one in shown}) if is_owner else []
    may_gather = risk.is_open and permissions.can_gather(actor, risk)
    return Positions(is_owner, may_gather, sorted(shown, key=_worst_first), missing)


def _links(risk: Risk, actor: Actor, *, reads_all: bool) -> list[RiskLink]:
    """The links into the risk whose positions the actor is shown."""
    links = RiskLink.objects.visible_to(actor).accepted().filter(to_risk=risk, kind=LinkKind.CONTRIBUTES_TO)
    if not reads_all:
        links = links.filter(from_risk__organisation=actor.organisation)
    elif not permissions.owns(actor, risk):
        links = links.filter(from_risk__in=Risk.objects.visible_to(actor))
    return list(links.select_related("from_risk__organisation", "from_risk__owner").order_by("accepted_at", "pk"))


def _positions(links: Sequence[RiskLink], actor: Actor, now: datetime, *, is_owner: bool) -> list[Position]:
    """A fixed number of questions, however many contribute."""
    contributing = [link.from_risk for link in links]
    keys = {risk.pk for risk in contributing}
    read_in_full = keys if is_owner else _read_in_full(keys, actor)
    scores = _by_risk(Score.objects.filter(risk__in=keys).order_by("created_at", "kind", "pk"))
    controls = _by_risk(Control.objects.filter(risk__in=keys, ended_at=None).order_by("created_at", "pk"))
    actions = _by_risk(_actions(read_in_full))
    reviews = _reviews(risk.reference for risk in contributing if risk.pk in read_in_full)
    return [
        _position(
            link,
            now,
            scores=scores[link.from_risk_id],
            controls=controls[link.from_risk_id],
            actions=actions[link.from_risk_id],
            review_due_at=reviews.get(link.from_risk.reference),
            shows_everything=link.from_risk_id in read_in_full,
        )
        for link in links
    ]


def _position(
    link: RiskLink,
    now: datetime,
    *,
    scores: list[Score],
    controls: list[Control],
    actions: list[Action],
    review_due_at: datetime | None,
    shows_everything: bool,
) -> Position:
    targets = [score for score in scores if score.kind == ScoreKind.TARGET]
    today = now.astimezone(LONDON).date()
    return Position(
        risk=link.from_risk,
        link=link,
        shows_everything=shows_everything,
        target=targets[-1] if targets else None,
        trend=trend_of(scores, now),
        trend_words=in_words(scores),
        controls=controls,
        to_do=[ToDo(action, action.due_on < today) for action in actions if action.is_live],
        done=sum(action.done_at is not None for action in actions),
        review_due_at=review_due_at,
        is_review_overdue=review_due_at is not None and review_due_at <= now,
    )


def _read_in_full(keys: set[UUID], actor: Actor) -> set[UUID]:
    return set(Risk.objects.read_in_full_by(actor).filter(pk__in=keys).values_list("pk", flat=True))


def _actions(risks: set[UUID]) -> QuerySet[Action]:
    return Action.objects.filter(risk__in=risks).select_related("owner").order_by("due_on", "created_at", "pk")


def _reviews(references: Iterable[str]) -> dict[str, datetime]:
    """When the next review of each risk is due, by its reference."""
    live = Deadline.objects.live().filter(kind=DeadlineKind.REVIEW, risk_reference__in=list(references))
    return dict(live.values_list("risk_reference", "due_at"))


def _by_risk(parts: Iterable[Part]) -> dict[UUID, list[Part]]:
    found: dict[UUID, list[Part]] = defaultdict(list)
    for part in parts:
        found[part.risk_id].append(part)
    return found


def _worst_first(position: Position) -> tuple[Any, ...]:
    """Open risks by their score, the highest first, then closed ones; equals by organisation."""
    risk = position.risk
    return (risk.is_closed, -(risk.score or 0), risk.organisation.name, risk.reference)
