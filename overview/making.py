"""What is made outside the request, kept for a stated time, and thrown away: packages of whole data, and reports.

PostgreSQL holds what waits. A worker counts its attempt before it begins, and works in a transaction of its own: one
that is killed loses nothing, and what kills every worker is given up.
"""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.db import models, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3


class MadeStatus(models.TextChoices):
    WAITING = "WAITING", "Being made"
    READY = "READY", "Ready"
    FAILED = "FAILED", "Could not be made"
    EXPIRED = "EXPIRED", "No longer kept"


class Made(models.Model):
    """Something that somebody asked for. `emptied` is what is left of its files and contents once they are not kept."""

    emptied: ClassVar[dict[str, object]] = {}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(max_length=10, choices=MadeStatus, default=MadeStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker began the step that it is at")
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        return self.status == MadeStatus.READY

    @property
    def is_waiting(self) -> bool:
        return self.status == MadeStatus.WAITING

    @property
    def is_failed(self) -> bool:
        return self.status == MadeStatus.FAILED


Row = TypeVar("Row", bound=Made)


# How it goes on: nothing else sets a status. Each is saved by whoever calls it.


def ready(row: Made, now: datetime) -> None:
    """It is made. When it was first ready stays, if it is made again."""
    row.status, row.ready_at = MadeStatus.READY, row.ready_at or now


def failed(row: Made) -> None:
    row.status = MadeStatus.FAILED


def again(row: Made) -> None:
    """It is to be made once more, as if nobody had tried."""
    row.status, row.attempts = MadeStatus.WAITING, 0


def work(
    model: type[Row],
    make: Callable[[Row, datetime], bool],
    *,
    now: datetime,
    give_up: Callable[[Row, datetime], None] | None = None,
) -> int:
    """Make what waits, and throw away what was kept long enough. Any number may run at once.

    `make` is given a row locked in a transaction, changes it and saves it; it says whether there is more to do, which
    is then done in another transaction. `give_up` is told of one that has failed for good.
    """
    old = model._default_manager.filter(status=MadeStatus.READY, expires_at__lte=now)
    old.update(status=MadeStatus.EXPIRED, **model.emptied)
    done = 0
    seen: set[UUID] = set()
    while row := _claim(model, seen, now, give_up):
        seen.add(row.pk)
        done += _make(model, make, row.pk, now)
    return done


@transaction.atomic
def _claim(
    model: type[Row], seen: set[UUID], now: datetime, give_up: Callable[[Row, datetime], None] | None
) -> Row | None:
    """The next one, with this attempt counted whatever becomes of it."""
    waiting = model._default_manager.filter(status=MadeStatus.WAITING).exclude(pk__in=seen)
    row = waiting.order_by("asked_at", "pk").select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    row.attempts += 1
    if row.attempts > MOST_ATTEMPTS:
        failed(row)
    row.save(update_fields=["attempts", "status"])
    if give_up and row.is_failed:
        give_up(row, now)
    return row


def _make(model: type[Row], make: Callable[[Row, datetime], bool], key: UUID, now: datetime) -> int:
    more = True
    try:
        while more:
            with transaction.atomic():
                waiting = model._default_manager.filter(pk=key, status=MadeStatus.WAITING)
                row = waiting.select_for_update(skip_locked=True, of=("self",)).first()
                if row is None:
                    return 0
                more = make(row, now)
    except Exception:  # one that cannot be made holds no other up; its attempts are counted
        logger.exception("%s %s could not be made", model.__name__, key)
        return 0
    return 1
