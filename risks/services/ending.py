"""Ending a risk and taking it up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.members import HOLDERS_OF_RISKS, is_member, require_member
from deadlines import services as deadlines
from deadlines.models import Deadline, Kind
from risks import lifecycle, permissions, telling
from risks.models import ClosureReason, LinkConsent, RiskShare, Status
from risks.services.beginning import lock_for
from risks.services.reviewing import start_review
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import plural

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
    risk = lock_for(by, risk, permissions.can_work_on_risk)
    personal_data.screen(checked=personal_data_checked, words=words)
    lifecycle.require_open(risk)
    _refuse_while_owed(risk)
    if closure_reason not in ClosureReason.values:
        raise ValidationError({"closure_reason": "Select why it is closed"})
    lifecycle.move(risk, Status.CLOSED, now=now)
    risk.closed_at, risk.closure_reason, risk.closure_words = now, closure_reason, words.strip()
    risk.updated_at = now
    risk.save()
    deadlines.stop(subject=risk, now=now)
    summary = f"closed the risk. {ClosureReason(closure_reason).label}. {risk.closure_words}".rstrip(". ")
    event = record("close_risk", risk, summary, by=by, now=now, reference=risk.reference)
    telling.tell_step(risk, f"{by.user.name} closed it", now, key=event.pk, by=by.user)
    return risk


def _refuse_while_owed(risk: Risk) -> None:
    if waits_for := closing_waits_for(risk):
        raise StillOwed(f"{risk.reference} cannot be closed yet. {'. '.join(waits_for)}")


def closing_waits_for(risk: Risk) -> list[str]:
    """What organisations still owe each other on the risk and which actions are not done; empty if it may close."""
    owed = Deadline.objects.live().about(risk.reference).between_organisations().select_related("owed_by")
    waits = [
        f"{deadline.owed_by.name} has yet to {_in_a_sentence(deadline.get_kind_display())}"
        for deadline in owed.most_pressing_first()
    ]
    # A link that was proposed from this risk is owed on the other one.
    asked = LinkConsent.objects.awaited().about_link_of(risk).exclude(risk=risk).select_related("organisation")
    waits += [f"{consent.organisation.name} has yet to {_in_a_sentence(Kind.LINK.label)}" for consent in asked]
    if to_do := risk.actions.filter(done_at=None, dropped_at=None).count():
        waits.append(f"{plural(to_do, 'action is', 'actions are')} not done: complete or drop what is left")
    return waits


def _in_a_sentence(words: str) -> str:
    return words[:1].lower() + words[1:]


@transaction.atomic
def reopen_risk(*, risk: Risk, why: str, by: Actor, now: datetime, personal_data_checked: bool = False) -> Risk:
    """Open a closed risk again; its next review is due by its band.

    Its owner may have left since it was closed: then whoever opens it again owns it.
    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = lock_for(by, risk, permissions.can_work_on_risk)
    personal_data.screen(checked=personal_data_checked, why=why)
    lifecycle.require_closed(risk)
    if not why.strip():
        raise ValidationError({"why": "Enter why it is opened again"})
    if not is_member(risk.owner, risk.organisation, roles=HOLDERS_OF_RISKS):
        risk.owner = require_member(by.person, risk.organisation, field="owner", roles=HOLDERS_OF_RISKS).user
    lifecycle.move(risk, Status.OPEN, now=now)
    risk.updated_at = now
    risk.save()
    start_review(risk, now)
    summary = f"opened the risk again: {why.strip()}"
    event = record("reopen_risk", risk, summary, by=by, now=now, reference=risk.reference)
    telling.tell_step(risk, f"{by.user.name} opened it again", now, key=event.pk, by=by.user)
    return risk


@transaction.atomic
def discard_draft(*, draft: Risk, by: Actor, now: datetime) -> None:
    """Throw a draft away. It was never logged, so nobody else has seen it; that it existed stays in the audit trail.

    Raises PermissionDenied, WrongStatus.
    """
    risk = lock_for(by, draft, permissions.can_edit_risk)
    lifecycle.require_draft(risk)
    record("discard_draft", risk, "discarded a draft", by=by, now=now, reference=risk.reference)
    risk.controls.all().delete()
    risk.involvements.all().delete()
    RiskShare.objects.filter(risk=risk).delete()
    risk.delete()
