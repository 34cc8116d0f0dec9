"""Checking and importing, at once or by a worker.

What is to be done is a row of the database, and an import is one transaction: a worker that is killed leaves nothing
of it, and another begins anew.
"""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from redis.exceptions import RedisError

from accounts.actors import still_acting
from risks import permissions
from risks.importing import applying, columns, lifecycle
from risks.importing.applying import RowsRefused
from risks.importing.planning import plan
from risks.models import BatchStatus, ImportBatch, ImportRow, ImportSource, RowOutcome
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.tables import reading
from safetyreg.words import plural

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor
    from risks.importing.planning import Plan

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)  # a file that nobody imports
ROWS_KEPT_FOR = timedelta(days=30)  # what was wrong with each row
MOST_ATTEMPTS = 3
ROWS_TOGETHER = 1_000
PROGRESS_KEPT = 3_600  # seconds
INTERRUPTED = "The import was interrupted {} times, each time before anything was kept. Nothing was imported"


def work(*, now: datetime) -> int:
    """Check and import what waits, one after the other, and throw away what expired. How many were worked on.

    Any number may run at once. One that is killed leaves its import as it was, to be begun again.
    """
    _expire(now)
    done = 0
    seen: set[UUID] = set()
    while batch := _claim(seen, now):
        seen.add(batch.pk)
        done += _work_on(batch, now)
    return done


@transaction.atomic
def _claim(seen: Collection[UUID], now: datetime) -> ImportBatch | None:
    """The next one, with this attempt counted whatever becomes of it."""
    waiting = ImportBatch.objects.waiting().exclude(pk__in=seen).select_for_update(skip_locked=True, of=("self",))
    batch = waiting.first()
    if batch is None:
        return None
    if batch.attempts >= MOST_ATTEMPTS:
        finish(batch, BatchStatus.FAILED, INTERRUPTED.format(batch.attempts), now)
        record("fail_import", batch, "was interrupted too often and gave up the import", by=None, now=now)
        return batch
    batch.attempts += 1
    batch.save(update_fields=["attempts"])
    return batch


def _work_on(claimed: ImportBatch, now: datetime) -> int:
    """In one transaction, during which nobody else works on it."""
    try:
        with transaction.atomic():
            mine = ImportBatch.objects.waiting().filter(pk=claimed.pk)
            batch = mine.select_for_update(skip_locked=True, of=("self",)).select_related("source", "owner").first()
            if batch is None:
                return 0
            by = still_acting(batch.membership_id)
            if by is None or not permissions.can_import_risks(by):
                finish(batch, BatchStatus.FAILED, "Whoever sent it may not import any more. Nothing was imported", now)
                record("fail_import", batch, "gave up an import: its sender may not import any more", by=None, now=now)
            elif batch.status == BatchStatus.TO_CHECK:
                check(batch, by, now)
            else:
                _run_or_give_up(batch, by, now)
    except Exception:  # one that cannot be done holds no other up; its attempts are counted
        logger.exception("The import %s could not be worked on", claimed.pk)
        return 0
    return 1


def _run_or_give_up(batch: ImportBatch, by: Actor, now: datetime) -> None:
    """An owner who has left since the file was sent is no interruption, after which it could be tried again."""
    try:
        with transaction.atomic():
            run(batch, by, now)
    except ValidationError as error:
        batch.refresh_from_db()
        finish(batch, BatchStatus.FAILED, f"{' '.join(error.messages)}. Nothing was imported", now)
        record("fail_import", batch, "gave up an import: it would break a rule", by=None, now=now)


def check(batch: ImportBatch, by: Actor, now: datetime) -> None:
    """The dry run: what would become of each row."""
    try:
        made = _plan(batch, by, now, lock=False)
    except DomainError as error:
        finish(batch, BatchStatus.REFUSED, error.message, now)
        record("refuse_import", batch, f"could not read {batch.file_name}", by=by, now=now)
        return
    lifecycle.move(batch, BatchStatus.CHECKED)
    batch.checked_at = now
    batch.expires_at = now + KEPT_FOR
    batch.headings = made.headings
    _keep_rows(batch, made)
    batch.save()


def _plan(batch: ImportBatch, by: Actor, now: datetime, *, lock: bool) -> Plan:
    """Raises UnreadableFile."""
    table = reading.read(batch.file_name, bytes(batch.file or b""))
    hold = columns.matched(table.headings, batch.source.columns)
    return plan(batch, table, hold, by=by, now=now, lock=lock)


def run(batch: ImportBatch, by: Actor, now: datetime) -> None:
    """Import it, whole. Where rows are refused and it was to be all or nothing, undo it and say which they are."""
    ImportSource.objects.select_for_update().get(pk=batch.source_id)  # two files of one source go one after the other
    made = _plan(batch, by, now, lock=True)
    try:
        with transaction.atomic():
            applying.apply(
                made,
                batch.source,
                all_or_nothing=batch.all_or_nothing,
                by=by,
                now=now,
                report=lambda done: report_progress(batch, done, len(made.rows)),
            )
    except RowsRefused:
        for planned in made.rows:
            planned.forget()
        refused = plural(made.counts[RowOutcome.REFUSED], "row was", "rows were")
        words = f"{refused} refused, and it was to be all or nothing. Nothing was imported"
        _keep_final(batch, made)
        finish(batch, BatchStatus.REFUSED, words, now)
        record("refuse_import", batch, f"imported nothing of {batch.file_name}: {refused} refused", by=by, now=now)
        return
    _keep_final(batch, made)
    finish(batch, BatchStatus.DONE, "", now)
    record("import_risks", batch, f"imported {batch.file_name} from {batch.source}: {_said(batch)}", by=by, now=now)


def _said(batch: ImportBatch) -> str:
    """10 logged, 2 updated, 1 refused."""
    words = [f"{count} {outcome.label.lower()}" for outcome in RowOutcome if (count := batch.counts.get(outcome, 0))]
    return ", ".join(words)


def _keep_final(batch: ImportBatch, made: Plan) -> None:
    applying.say_finally(made.rows)
    _keep_rows(batch, made)


def _keep_rows(batch: ImportBatch, made: Plan) -> None:
    batch.counts = made.counts
    batch.rows.all().delete()
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                batch=batch,
                number=planned.number,
                outcome=planned.outcome,
                external_reference=planned.external_reference,
                risk=planned.kept_risk,
                remarks=[remark.as_dict() for remark in planned.row.remarks],
            )
            for planned in made.rows
        ],
        batch_size=ROWS_TOGETHER,
    )


def finish(batch: ImportBatch, status: BatchStatus, words: str, now: datetime) -> None:
    """The file goes as soon as it is of no more use."""
    lifecycle.move(batch, status)
    batch.words, batch.finished_at, batch.file = words, now, None
    batch.save()


@transaction.atomic
def _expire(now: datetime) -> None:
    late = ImportBatch.objects.filter(status=BatchStatus.CHECKED, expires_at__lte=now)
    for batch in late.select_for_update(skip_locked=True, of=("self",)):
        batch.rows.all().delete()
        finish(batch, BatchStatus.EXPIRED, "", now)
        record("expire_import", batch, f"threw away {batch.file_name}: nobody imported it in time", by=None, now=now)
    ImportRow.objects.filter(batch__finished_at__lte=now - ROWS_KEPT_FOR).delete()


def report_progress(batch: ImportBatch, done: int, of: int) -> None:
    """How far a worker is. Not a fact: where it is lost, or Redis is away, it is not shown."""
    with contextlib.suppress(RedisError):
        cache.set(_progress_key(batch), [done, of], timeout=PROGRESS_KEPT)


def progress(batch: ImportBatch) -> tuple[int, int] | None:
    """How many of how many rows, while a worker writes them and can say."""
    found = None
    if batch.is_waiting:
        with contextlib.suppress(RedisError):
            found = cache.get(_progress_key(batch))
    return (found[0], found[1]) if found else None


def _progress_key(batch: ImportBatch) -> str:
    return f"import:{batch.pk}:{batch.attempts}"
