"""Ending a risk and taking it up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.members import HOLDERS_OF_RISKS, is_member, require_member
from deadlines import services as deadlines
from deadlines.models import Deadline
from risks import lifecycle, permissions, telling
from risks.models import ClosureReason, RiskShare, Status
from risks.services.writing import start_review
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from risks.models import Risk


class StillOwed(DomainError):
    """The risk cannot be closed while something is owed on it."""


@transaction.atomic
def close_risk(
    *,
    risk: Risk,
    closure_reason: str,
    words: str,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Risk:
    """Close a risk, with a reason.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus, StillOwed.
    """
    if not permissions.can_work_on_risk(by, risk):
        raise PermissionDenied
    personal_data.screen(checked=personal_data_checked, words=words)
    risk = lifecycle.lock(risk)
    refuse_while_owed(risk)
    if closure_reason not in ClosureReason.values:
        raise ValidationError({"closure_reason": "Select why it is closed"})
    lifecycle.move(risk, Status.CLOSED, now=now)
    risk.closed_at, risk.closure_reason, risk.closure_words = now, closure_reason, words.strip()
    risk.updated_at = now
    risk.version += 1
    risk.save()
    deadlines.stop(subject=risk, now=now)
    label = ClosureReason(closure_reason).label
    event = record("close_risk", risk, f"closed the risk. {label}", by=by, now=now, reference=risk.reference)
    telling.tell_step(risk, f"{by.user.name} closed it", now, key=event.pk, by=by.user)
    return risk


def refuse_while_owed(risk: Risk) -> None:
    """Raises StillOwed while organisations owe each other something on the risk, or an action is not done."""
    owed = Deadline.objects.live().about(risk.reference).between_organisations().select_related("owed_by").first()
    if owed:
        raise StillOwed(
            f"{risk.reference} cannot be closed yet: {owed.owed_by.name} still owes something on it "
            f"({owed.get_kind_display().lower()})"
        )
    open_actions = risk.actions.filter(done_at=None, dropped_at=None).count()
    if open_actions:
        actions = "1 action is" if open_actions == 1 else f"{open_actions} actions are"
        raise StillOwed(f"{risk.reference} cannot be closed yet: {actions} not done. Complete or drop them first")


@transaction.atomic
def reopen_risk(*, risk: Risk, why: str, by: Actor, now: datetime, personal_data_checked: bool = False) -> Risk:
    """Open a closed risk again; its next review is due by its band.

    Its owner may have left since it was closed: then whoever opens it again owns it.
    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    if not permissions.can_work_on_risk(by, risk):
        raise PermissionDenied
    personal_data.screen(checked=personal_data_checked, why=why)
    risk = lifecycle.lock(risk)
    if not risk.is_closed:
        raise lifecycle.WrongStatus(f"{risk.reference} is not closed")
    if not is_member(risk.owner, risk.organisation, roles=HOLDERS_OF_RISKS):
        risk.owner = require_member(by.user, risk.organisation, field="owner", roles=HOLDERS_OF_RISKS).user
    lifecycle.move(risk, Status.OPEN, now=now)
    risk.updated_at = now
    risk.version += 1
    risk.save()
    start_review(risk, now)
    event = record("reopen_risk", risk, f"opened the risk again: {why}", by=by, now=now, reference=risk.reference)
    telling.tell_step(risk, f"{by.user.name} opened it again", now, key=event.pk, by=by.user)
    return risk


@transaction.atomic
def discard_draft(*, draft: Risk, by: Actor, now: datetime) -> None:
    """Throw a draft away. It was never logged, so nobody else has seen it; that it existed stays in the audit trail.

    Raises PermissionDenied, WrongStatus.
    """
    if not permissions.can_edit_risk(by, draft):
        raise PermissionDenied
    risk = lifecycle.lock(draft)
    if not risk.is_draft:
        raise lifecycle.WrongStatus(f"{risk.reference} has been logged, so it is closed, not discarded")
    record("discard_draft", risk, "discarded a draft", by=by, now=now, reference=risk.reference)
    risk.controls.all().delete()
    risk.involvements.all().delete()
    RiskShare.objects.filter(risk=risk).delete()
    risk.delete()
