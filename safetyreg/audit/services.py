"""Writing the audit trail: always in the transaction of the change it records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db import models

    from accounts.actors import Actor

AT_ONCE = 1_000


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
    made = event(verb, subject, summary, by=by, now=now, reference=reference, details=details)
    record_all([made])
    return made


def record_all(events: Sequence[AuditEvent]) -> None:
    """Write many at once, in this order. Raises RuntimeError outside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event is written in the transaction of the change it records")
    AuditEvent.objects.bulk_create(events, batch_size=AT_ONCE)


def event(
    verb: str,
    subject: models.Model,
    summary: str,
    *,
    by: Actor | None,
    now: datetime,
    reference: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """An event that is yet to be written, with `record_all`."""
    return AuditEvent(
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
