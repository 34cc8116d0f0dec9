"""Putting away what an organisation has looked at: risks newly visible, and positions that others gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from overview.triage.models import Put, PutAway
from overview.triage.permissions import can_triage
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from overview.triage.entries import Entry

WHAT = {Put.NEW: "a risk newly visible", Put.GIVEN: "a position that was given"}


@transaction.atomic
def put_away(*, entry: Entry, by: Actor, now: datetime) -> PutAway:
    """Say that this has been looked at. It leaves triage until it comes into view, or is answered, anew.

    Raises PermissionDenied.
    """
    if not can_triage(by):
        raise PermissionDenied
    kind = Put(entry.kind)
    row = PutAway.objects.create(
        organisation=by.organisation, kind=kind, subject_id=entry.subject.pk, until=now, by=by.user, at=now
    )
    # Without the reference: that an organisation has looked is no part of the history of a risk that others own.
    record("put_away", row, f"put away {WHAT[kind]} in triage", by=by, now=now)
    return row


@transaction.atomic
def put_all_away(*, kind: str, until: datetime, by: Actor, now: datetime) -> PutAway:
    """Say that everything of a kind that came until a moment has been looked at. What came later is still new.

    Raises PermissionDenied.
    """
    if not can_triage(by):
        raise PermissionDenied
    row = PutAway.objects.create(
        organisation=by.organisation, kind=Put(kind), subject_id=None, until=min(until, now), by=by.user, at=now
    )
    summary = f"put away in triage all there was of this kind: {row.get_kind_display().lower()}"
    record("put_all_away", row, summary, by=by, now=now)
    return row
