"""The clocks of what relates risks to each other: questions, consents and introductions, each owed once at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.functions import Coalesce

from deadlines.models import Deadline
from deadlines.wording import clocks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from deadlines.wording import Clock


def last_of_each(subjects: Iterable[UUID], now: datetime) -> dict[UUID, Clock]:
    """By the subject's id: the clock that runs, or else how the last one ended. Asked for in one query."""
    wanted = list(subjects)
    if not wanted:
        return {}
    found = Deadline.objects.filter(subject_id__in=wanted).select_related("owed_by", "owed_to")
    # One that ended and one that began at the same moment: the one that runs is the last.
    in_order = found.order_by("starts_at", Coalesce("met_at", "cancelled_at").asc(nulls_last=True), "pk")
    return {clock.deadline.subject_id: clock for clock in clocks(in_order, now)}
