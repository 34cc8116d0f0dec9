"""Logging many new risks at once: row by row the same as `log_risk`, `save_draft`, `score_risk` and `add_action` make.

One risk at a time takes some forty queries; here each kind of row is written for all risks together. What differs:
people and bodies are told once of all risks, not of each, and of the scores given with a new risk nobody is told apart.
`tests/risks/importing/test_same_as_by_hand.py` compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from accounts.members import HOLDERS_OF_RISKS, require_member
from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from deadlines.models import Urgency
from deadlines.services import Owed
from risks import lifecycle, references, sharing, telling
from risks.models import Action, Control, Involvement, Risk, Score, ScoreKind, Status
from risks.searching import lexicon
from risks.urgency import urgency_of
from safetyreg.audit.services import event, record_all
from safetyreg.words import day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor
    from accounts.models import Organisation
    from safetyreg.audit.models import AuditEvent

AT_ONCE = 1_000  # rows written together
Judgement = tuple[int, int]


@dataclass
class NewRisk:
    """A risk that has been checked and not yet saved, with what belongs to it. Its own score is the current one."""

    risk: Risk
    is_draft: bool = False
    controls: list[str] = field(default_factory=list)
    involved: list[Organisation] = field(default_factory=list)
    initial: Judgement | None = None
    target: Judgement | None = None
    rationale: str = ""
    action: tuple[str, date] | None = None

    @property
    def first_judgement(self) -> Judgement:
        return self.initial or self.risk.judgement


def log_all(new: Sequence[NewRisk], *, by: Actor, now: datetime) -> None:
    """Write them, in the order given. Raises ValidationError if somebody named as an owner is no member any more.

    Called in a transaction, by a service that has asked whether the actor may.
    """
    for owner in {one.risk.owner_id: one.risk.owner for one in new}.values():
        require_member(owner, by.organisation, field="owner", roles=HOLDERS_OF_RISKS)
    for one, reference in zip(new, references.next_references(len(new)), strict=True):
        _begin(one, reference, now)
    _save_risks(new, now)
    logged = [one for one in new if not one.is_draft]
    involvements = _involvements(new, by, now)
    scores = {one.risk.pk: _scores(one, by, now) for one in logged}
    actions = {one.risk.pk: _action(one, by, now) for one in logged if one.action}
    Score.objects.bulk_create([score for some in scores.values() for score in some], batch_size=AT_ONCE)
    Action.objects.bulk_create(actions.values(), batch_size=AT_ONCE)
    deadlines.start_on_new(
        [
            *(_review(one) for one in logged),
            *(_position(part) for part in involvements if part.asked_at),
            *(_action_owed(action) for action in actions.values()),
        ],
        now=now,
    )
    record_all([done for one in new for done in _events(one, scores, actions, by, now)])
    _tell_owners(logged, actions, by, now)


def _begin(one: NewRisk, reference: str, now: datetime) -> None:
    risk = one.risk
    risk.reference, risk.version = reference, 1
    risk.drafted_at = risk.updated_at = now
    if not one.is_draft:
        lifecycle.move(risk, Status.OPEN, now=now)
        risk.crosses_boundary = sharing.reaches_beyond(risk) or bool(one.involved)


def _save_risks(new: Sequence[NewRisk], now: datetime) -> None:
    risks = [one.risk for one in new]
    Risk.objects.bulk_create(risks, batch_size=AT_ONCE)
    sharing.begin(risks, {one.risk.pk: one.involved for one in new}, now)
    for start in range(0, len(risks), AT_ONCE):
        lexicon.learn_risks(risks[start : start + AT_ONCE])


def _involvements(new: Sequence[NewRisk], by: Actor, now: datetime) -> list[Involvement]:
    made = [
        Involvement(
            risk=one.risk,
            organisation=organisation,
            created_at=now,
            created_by=by.user,
            asked_at=None if one.is_draft else now,
        )
        for one in new
        for organisation in one.involved
    ]
    Involvement.objects.bulk_create(made, batch_size=AT_ONCE)
    Control.objects.bulk_create(
        [Control(risk=one.risk, text=text, created_at=now, created_by=by.user) for one in new for text in one.controls],
        batch_size=AT_ONCE,
    )
    return made


def _scores(one: NewRisk, by: Actor, now: datetime) -> list[Score]:
    first, current = one.first_judgement, one.risk.judgement
    given = [(ScoreKind.INITIAL, first, "")]
    if current != first:
        given.append((ScoreKind.CURRENT, current, one.rationale))
    if one.target:
        given.append((ScoreKind.TARGET, one.target, one.rationale))
    return [
        Score(
            risk=one.risk,
            kind=kind,
            likelihood=judgement[0],
            consequence=judgement[1],
            rationale=rationale,
            created_at=now,
            created_by=by.user,
        )
        for kind, judgement, rationale in given
    ]


def _action(one: NewRisk, by: Actor, now: datetime) -> Action:
    assert one.action  # noqa: S101 - asked by the caller
    text, due_on = one.action
    return Action(
        risk=one.risk,
        organisation=one.risk.organisation,
        owner=one.risk.owner,
        text=text,
        due_on=due_on,
        created_at=now,
        created_by=by.user,
    )


def _review(one: NewRisk) -> Owed:
    """By the worse of the two scores: one that became better keeps the date of its first score until its review."""
    risk = one.risk
    first = Risk(likelihood=one.first_judgement[0], consequence=one.first_judgement[1])
    return Owed(
        kind=DeadlineKind.REVIEW,
        subject=risk,
        owed_by=risk.organisation,
        owed_to=risk.organisation,
        holder=risk.owner,
        urgency=urgency_of(max(risk, first, key=_product)),
        reference=risk.reference,
        path=risk.path,
    )


def _product(risk: Risk) -> int:
    likelihood, consequence = risk.judgement
    return likelihood * consequence


def _position(involvement: Involvement) -> Owed:
    risk = involvement.risk
    return Owed(
        kind=DeadlineKind.POSITION,
        subject=involvement,
        owed_by=involvement.organisation,
        owed_to=risk.organisation,
        urgency=Urgency.ANY,
        reference=risk.reference,
        path=involvement.path,
    )


def _action_owed(action: Action) -> Owed:
    return Owed(
        kind=DeadlineKind.ACTION,
        subject=action,
        owed_by=action.organisation,
        owed_to=action.organisation,
        holder=action.owner,
        urgency=Urgency.ANY,
        reference=action.risk.reference,
        path=action.risk.path,
        due_on=action.due_on,
    )


def _events(
    one: NewRisk, scores: dict[UUID, list[Score]], actions: dict[UUID, Action], by: Actor, now: datetime
) -> list[AuditEvent]:
    """In the words of the services."""
    risk = one.risk
    if one.is_draft:
        return [event("save_draft", risk, "started a draft", by=by, now=now, reference=risk.reference)]
    first, *later = scores[risk.pk]
    summary = f"logged the risk at {first.likelihood} x {first.consequence} = {first.score}"
    found = [event("log_risk", risk, summary, by=by, now=now, reference=risk.reference)]
    for score in later:
        which = score.get_kind_display().lower()
        summary = f"gave a {which} score {score.likelihood} x {score.consequence} = {score.score}"
        found.append(event("score_risk", score, summary, by=by, now=now, reference=risk.reference))
    if action := actions.get(risk.pk):
        summary = f"added an action for {action.owner.name} by {day(action.due_on)}: {action.text}"
        found.append(event("add_action", action, summary, by=by, now=now, reference=risk.reference))
    return found


def _tell_owners(logged: Sequence[NewRisk], actions: dict[UUID, Action], by: Actor, now: datetime) -> None:
    given: dict[tuple[object, str], list[Risk]] = {}
    for one in logged:
        for what in ("this risk", "an action") if one.risk.pk in actions else ("this risk",):
            given.setdefault((one.risk.owner_id, what), []).append(one.risk)
    for (_, what), risks in given.items():
        telling.tell_given_all(risks, risks[0].owner, what, now, by=by.user)
