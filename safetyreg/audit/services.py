"""Writing the audit trail: always in the transaction of the change it records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db import models

    from accounts.actors import Actor


def record(
    verb: str,
    subject: models.Model,
    summary: str,
    *,
    by: Actor | None,
    now: datetime,
    reference: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one audit event. `by` is None when the register acted by itself.

    Raises RuntimeError outside a transaction, where the change and its record could part.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event is written in the transaction of the change it records")
    return AuditEvent.objects.create(
        at=now,
        by=by.user if by else None,
        organisation=by.organisation if by else None,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        reference=reference,
        summary=summary,
        details=dict(details or {}),
    )
