"""Judging a risk: scoring and reviewing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from risks import lifecycle, permissions, telling
from risks.models import Score, ScoreKind
from risks.services.writing import start_review
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
    if not permissions.can_work_on_risk(by, risk):
        raise PermissionDenied
    personal_data.screen(checked=personal_data_checked, rationale=rationale)
    risk = lifecycle.lock(risk)
    lifecycle.require_open(risk)
    score = Score(
        risk=risk,
        kind=kind,
        likelihood=likelihood,
        consequence=consequence,
        rationale=rationale,
        created_at=now,
        created_by=by.user,
    )
    _refuse_second_initial(score)
    score.full_clean()
    score.save()
    if kind == ScoreKind.CURRENT:
        _make_current(risk, score, now)
    words = f"{score.get_kind_display().lower()} score {likelihood} x {consequence} = {score.score}"
    event = record("score_risk", score, f"gave a {words}", by=by, now=now, reference=risk.reference)
    telling.tell_step(risk, f"{by.user.name} gave a {words}", now, key=event.pk, by=by.user)
    return score


def _refuse_second_initial(score: Score) -> None:
    if score.kind == ScoreKind.INITIAL:
        raise ValidationError(
            {"kind": "The initial score was given when the risk was logged; give a current or a target score"}
        )


def _make_current(risk: Risk, score: Score, now: datetime) -> None:
    """A risk that became worse is reviewed sooner; one that became better keeps its date until its review."""
    old_band = risk.band
    risk.likelihood, risk.consequence = score.likelihood, score.consequence
    risk.updated_at = now
    risk.version += 1
    risk.save()
    if old_band != risk.band:
        start_review(risk, now, only_sooner=True)


@transaction.atomic
def review_risk(*, risk: Risk, words: str, by: Actor, now: datetime, personal_data_checked: bool = False) -> Risk:
    """Say that the risk was looked at as a whole; the next review is due by its band.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    if not permissions.can_work_on_risk(by, risk):
        raise PermissionDenied
    personal_data.screen(checked=personal_data_checked, words=words)
    risk = lifecycle.lock(risk)
    lifecycle.require_open(risk)
    deadlines.meet(subject=risk, kinds=[DeadlineKind.REVIEW], now=now)
    start_review(risk, now)
    risk.reviewed_at = now
    risk.updated_at = now
    risk.save(update_fields=["updated_at", "reviewed_at"])
    record(
        "review_risk",
        risk,
        f"reviewed the risk: {words}" if words else "reviewed the risk",
        by=by,
        now=now,
        reference=risk.reference,
    )
    return risk
