"""Noting that an organisation has read what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from escalations.models import Feedback, FeedbackReceipt
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from risks.models import Risk


@transaction.atomic
def record_reading(*, risk: Risk, by: Actor, now: datetime) -> int:
    """Note that the actor's organisation has read all feedback on a risk; how much was new to it."""
    unread = list(
        Feedback.objects.visible_to(by)
        .filter(escalation__risk=risk)
        .exclude(escalation__to_organisation=by.organisation)
        .exclude(receipts__organisation=by.organisation)
        .select_related("escalation")
        .order_by("given_at", "pk")
    )
    for feedback in unread:
        _, is_new = FeedbackReceipt.objects.get_or_create(
            feedback=feedback, organisation=by.organisation, defaults={"read_by": by.user, "read_at": now}
        )
        if is_new:
            kind = feedback.get_kind_display().lower()
            record("read_feedback", feedback, f"read the {kind}", by=by, now=now, reference=risk.reference)
    return len(unread)
