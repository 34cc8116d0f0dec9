"""Reviewing a risk: looking at it as a whole, by a date that its band gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from deadlines import services as deadlines
from deadlines import working_time
from deadlines.calendar import proclaimed_days
from deadlines.models import Kind
from deadlines.standards import duration_for
from risks.services.beginning import lock_to_work_on
from risks.urgency import urgency_of
from safetyreg import personal_data
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from deadlines.working_time import Duration
    from risks.models import Risk


@transaction.atomic
def review_risk(*, risk: Risk, words: str, by: Actor, now: datetime, personal_data_checked: bool = False) -> Risk:
    """Say that the risk was looked at as a whole; the next review is due by its band.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = lock_to_work_on(by, risk)
    personal_data.screen(checked=personal_data_checked, words=words)
    deadlines.meet(subject=risk, kinds=[Kind.REVIEW], now=now)
    start_review(risk, now)
    risk.reviewed_at = now
    risk.updated_at = now
    risk.save(update_fields=["updated_at", "reviewed_at"])
    said = words.strip()
    summary = f"reviewed the risk: {said}" if said else "reviewed the risk"
    record("review_risk", risk, summary, by=by, now=now, reference=risk.reference)
    return risk


def start_review(risk: Risk, now: datetime, *, only_sooner: bool = False) -> None:
    """Owe a review of the risk by the date that its band gives; never later than now owed, if `only_sooner`."""
    deadlines.start(
        kind=Kind.REVIEW,
        subject=risk,
        owed_by=risk.organisation,
        owed_to=risk.organisation,
        holder=risk.owner,
        urgency=urgency_of(risk),
        reference=risk.reference,
        path=risk.path,
        now=now,
        only_sooner=only_sooner,
    )


def next_review(risk: Risk, now: datetime) -> tuple[Duration, datetime]:
    """How long the band of a risk reviewed now leaves until the next review, and when that is."""
    duration = duration_for(Kind.REVIEW, urgency_of(risk))
    return duration, working_time.due_at(now, duration, extra=proclaimed_days())
