"""What the organisations of a made-up register do about their risks: scores, controls, actions and reviews."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType

from bench.ids import new_id
from deadlines import working_time
from deadlines.models import Deadline, Kind
from deadlines.standards import REVIEW
from deadlines.working_time import Duration
from risks.models import Action, Control, Risk, Score, ScoreKind
from risks.urgency import urgency_of

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from datetime import datetime

SCORED_AGAIN, TARGETED, CONTROLLED, ACTED, TARDY = 0.6, 0.7, 0.75, 0.3, 0.15


def of_risk(risk: Risk, chance: random.Random, now: datetime) -> Iterator[Any]:
    """Rows of what is known of one risk. It is given the time of its last review."""
    began = risk.logged_at or now
    again = began + (now - began) * chance.random()
    first = (chance.randint(1, 5), chance.randint(1, 5))
    last = (risk.likelihood or 1, risk.consequence or 1)
    is_scored_again = chance.random() < SCORED_AGAIN
    yield _score(chance, risk, ScoreKind.INITIAL, first if is_scored_again else last, began)
    if is_scored_again:
        yield _score(chance, risk, ScoreKind.CURRENT, last, again)
    if chance.random() < TARGETED:
        yield _score(chance, risk, ScoreKind.TARGET, (1, last[1]), began)
    if chance.random() < CONTROLLED:
        yield Control(id=new_id(chance), risk=risk, text="A second check", created_at=began, created_by=risk.owner)
    if chance.random() < ACTED:
        yield from _action(chance, risk, again, now)
    yield _review(chance, risk, began, now)


def _score(chance: random.Random, risk: Risk, kind: ScoreKind, judged: tuple[int, int], at: datetime) -> Score:
    likelihood, consequence = judged
    return Score(
        id=new_id(chance), risk=risk, kind=kind, likelihood=likelihood, consequence=consequence,
        rationale="Seen on the ward", created_at=at, created_by=risk.owner,
    )  # fmt: skip


def _action(chance: random.Random, risk: Risk, at: datetime, now: datetime) -> Iterator[Any]:
    due = at + timedelta(days=chance.randint(10, 300))
    done = at + (due - at) * chance.uniform(0.3, 1.4)
    action = Action(
        id=new_id(chance), risk=risk, organisation=risk.organisation, owner=risk.owner, text="Mend it",
        due_on=due.date(), created_at=at, created_by=risk.owner, done_at=done if done < now else None,
    )  # fmt: skip
    yield action
    yield owed(chance, risk, Kind.ACTION, action, at, due, now, action.done_at)


def _review(chance: random.Random, risk: Risk, began: datetime, now: datetime) -> Deadline:
    amount, unit = REVIEW[urgency_of(risk)]
    length = timedelta(days=30 * amount)
    ago = length * (chance.uniform(1, 3) if chance.random() < TARDY else chance.random())
    risk.reviewed_at = max(began, now - ago)
    due = working_time.due_at(risk.reviewed_at, Duration(amount, unit))
    review = owed(chance, risk, Kind.REVIEW, risk, risk.reviewed_at, due, now, None)
    review.amount, review.unit = amount, unit.value
    return review


def owed(
    chance: random.Random,
    risk: Risk,
    kind: Kind,
    subject: Any,
    began: datetime,
    due: datetime,
    now: datetime,
    met_at: datetime | None,
) -> Deadline:
    """A clock of a risk, of its organisation towards itself until said otherwise; met then or still running."""
    late = due <= (met_at or now)
    return Deadline(
        id=new_id(chance), kind=kind, owed_by=risk.organisation, owed_to=risk.organisation, holder=risk.owner,
        subject_type_id=ContentType.objects.get_for_model(subject).pk, subject_id=subject.pk,
        risk_reference=risk.reference, path=f"/risks/{risk.reference}/", starts_at=began, due_at=due, unit="HOURS",
        calendar_version="bench", next_at=None if met_at else max(due, now + timedelta(days=1)), met_at=met_at,
        warned_at=due if late else None, breached_at=due if late else None,
    )  # fmt: skip
