"""Judging a risk again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from risks import telling
from risks.models import Score, ScoreKind
from risks.services.beginning import lock_to_work_on
from risks.services.reviewing import start_review
from safetyreg import personal_data
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from risks.models import Risk


@transaction.atomic
def score_risk(
    *,
    risk: Risk,
    kind: str,
    likelihood: int,
    consequence: int,
    rationale: str,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Score:
    """Judge the risk again: as it is now (CURRENT) or as it should become (TARGET). INITIAL is given when it is logged.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = lock_to_work_on(by, risk)
    personal_data.screen(checked=personal_data_checked, rationale=rationale)
    score = Score(
        risk=risk,
        kind=kind,
        likelihood=likelihood,
        consequence=consequence,
        rationale=rationale.strip(),
        created_at=now,
        created_by=by.user,
    )
    _refuse_second_initial(score)
    score.full_clean()
    score.save()
    if kind == ScoreKind.CURRENT:
        _make_current(risk, score, now)
    which = f"gave a {score.get_kind_display().lower()} score"
    summary = f"{which} {likelihood} x {consequence} = {score.score}"
    event = record("score_risk", score, summary, by=by, now=now, reference=risk.reference)
    telling.tell_step(risk, f"{by.user.name} {which}", now, key=event.pk, by=by.user)
    return score


def _refuse_second_initial(score: Score) -> None:
    if score.kind == ScoreKind.INITIAL:
        raise ValidationError(
            {"kind": "The initial score was given when the risk was logged; give a current or a target score"}
        )


def _make_current(risk: Risk, score: Score, now: datetime) -> None:
    """A risk that became worse is reviewed sooner; one that became better keeps its date until its review.

    Its version stays: that guards what is written about the risk, and somebody may be writing.
    """
    old_band = risk.band
    risk.likelihood, risk.consequence = score.likelihood, score.consequence
    risk.updated_at = now
    risk.save()
    if old_band != risk.band:
        start_review(risk, now, only_sooner=True)


def standing_scores(risk: Risk) -> list[Score]:
    """The initial, current and target score as they stand. Until it is judged again, the current is the initial one."""
    newest = risk.scores.order_by("kind", "-created_at", "-pk").distinct("kind")
    standing = {score.kind: score for score in newest}
    initial = standing.get(ScoreKind.INITIAL)
    if initial and ScoreKind.CURRENT not in standing:
        standing[ScoreKind.CURRENT] = Score(
            risk=risk, kind=ScoreKind.CURRENT, likelihood=initial.likelihood, consequence=initial.consequence
        )
    return [standing[kind] for kind in ScoreKind if kind in standing]
