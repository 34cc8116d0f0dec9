"""What people do with an import: send a file, say what its columns hold, import it or throw it away.

A small file is checked and imported at once, a large one by a worker.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.members import HOLDERS_OF_RISKS, require_member
from risks import permissions
from risks.importing import columns, lifecycle
from risks.importing.services import running
from risks.importing.services.running import KEPT_FOR
from risks.importing.values import plain
from risks.models import BatchStatus, ImportBatch, ImportSource, RowOutcome
from safetyreg import preconditions
from safetyreg.audit.services import record
from safetyreg.tables import reading

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import User

AT_ONCE = 300_000  # bytes: a file of up to some 500 rows is worked on while its sender waits
MOST_AT_ONCE = 500  # rows to write, where a change counts as ten


@transaction.atomic
def receive(
    *,
    source: str,
    file_name: str,
    data: bytes,
    owner: User | None = None,
    all_or_nothing: bool = True,
    keep_drafts: bool = False,
    dry_run: bool = True,
    personal_data_checked: bool = False,
    by: Actor,
    now: datetime,
) -> ImportBatch:
    """Take a file of risks from a system of the organisation, named as it calls it, and check it.

    Nothing is imported, unless it is no `dry_run`. `owner` owns the risks for which the file names nobody; the sender,
    or whoever is responsible for the client that sent it, unless given.
    Raises PermissionDenied, ValidationError.
    """
    if not permissions.can_import_risks(by):
        raise PermissionDenied
    _refuse_unreadable(file_name, data)
    owner = owner or by.person
    require_member(owner, by.organisation, field="owner", roles=HOLDERS_OF_RISKS)
    batch = ImportBatch(
        organisation=by.organisation,
        source=_source(source, by, now),
        membership=by.membership,
        file_name=(file_name.replace("\0", "") or "risks")[-200:],
        file=data,
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
        all_or_nothing=all_or_nothing,
        keep_drafts=keep_drafts,
        owner=owner,
        all_checked=personal_data_checked,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    batch.words = _sent_before(batch)
    batch.save()
    summary = f"sent {batch.file_name} from {batch.source} to be imported"
    record("send_import", batch, summary, by=by, now=now, details={"digest": batch.digest})
    if batch.size <= AT_ONCE:
        running.check(batch, by, now)
        return batch if dry_run or not batch.is_checked else _begin(batch, by, now)
    if not dry_run:
        lifecycle.move(batch, BatchStatus.TO_RUN)
        batch.save()
    return batch


def _refuse_unreadable(file_name: str, data: bytes) -> None:
    """Refuse at once what can never be read; of a large file what can be told before a worker unpacks it."""
    try:
        if len(data) <= AT_ONCE:
            reading.read(file_name, data)
        else:
            reading.look_at(data)
    except reading.UnreadableFile as error:
        raise ValidationError({"file": error.message}) from error


def _source(name: str, by: Actor, now: datetime) -> ImportSource:
    """The organisation's source of that name, new if it has none."""
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"source": "Enter the system that the file is from, such as Datix"})
    found = ImportSource.objects.filter(organisation=by.organisation, name__iexact=name).first()
    if found is None:
        found = ImportSource(organisation=by.organisation, name=name, created_at=now)
        try:
            found.full_clean()
        except ValidationError as error:
            raise ValidationError({"source": error.messages}) from error
        found.save()
    return found


def _sent_before(batch: ImportBatch) -> str:
    """Rows without a reference of their own would be logged twice."""
    same = ImportBatch.objects.filter(source=batch.source, digest=batch.digest, status=BatchStatus.DONE)
    if same.exists():
        return "This very file was imported before. Rows without a reference would be logged a second time"
    return ""


@transaction.atomic
def match(
    *,
    batch: ImportBatch,
    by: Actor,
    now: datetime,
    columns_hold: Mapping[str, str] | None = None,
    words_mean: Mapping[str, Mapping[str, str]] | None = None,
    all_or_nothing: bool | None = None,
    keep_drafts: bool | None = None,
    personal_data_checked: bool | None = None,
    rows_checked: Collection[int] | None = None,
) -> ImportBatch:
    """Say what the columns hold, by their headings, and what words of the source's own mean; and check the file again.

    Both are remembered for the source. What is left out stays as it is.
    Raises PermissionDenied, ValidationError, WrongMoment.
    """
    batch = _checked(batch, by)
    source = ImportSource.objects.select_for_update().get(pk=batch.source_id)
    if columns_hold is not None:
        source.columns = source.columns | _columns(columns_hold)
    for name, meanings in (words_mean or {}).items():
        source.values[name] = source.values.get(name, {}) | _meanings(name, meanings)
    source.save()
    batch.source = source
    _set_options(batch, all_or_nothing, keep_drafts, personal_data_checked, rows_checked)
    if batch.size <= AT_ONCE:
        running.check(batch, by, now)
    else:
        lifecycle.move(batch, BatchStatus.TO_CHECK)
        batch.save()
    return batch


def _set_options(
    batch: ImportBatch,
    all_or_nothing: bool | None,
    keep_drafts: bool | None,
    personal_data_checked: bool | None,
    rows_checked: Collection[int] | None,
) -> None:
    if all_or_nothing is not None:
        batch.all_or_nothing = all_or_nothing
    if keep_drafts is not None:
        batch.keep_drafts = keep_drafts
    if personal_data_checked is not None:
        batch.all_checked = personal_data_checked
    if rows_checked is not None:
        batch.rows_checked = sorted(set(rows_checked))


def _columns(hold: Mapping[str, str]) -> dict[str, str]:
    """Raises ValidationError for what no column can hold, and for two columns that hold the same."""
    found = {columns.remembered_key(heading): name for heading, name in hold.items()}
    if unknown := sorted({name for name in found.values() if name and name not in columns.TARGETS}):
        raise ValidationError({"columns": f"No column can hold {', '.join(unknown)}"})
    named = [name for name in found.values() if name]
    if twice := sorted({columns.TARGETS[name].label for name in named if named.count(name) > 1}):
        raise ValidationError({"columns": f"Two columns cannot both hold: {', '.join(twice)}"})
    return found


def _meanings(name: str, meanings: Mapping[str, str]) -> dict[str, str]:
    """Raises ValidationError for a field without a list, and for a code that is not in it."""
    codes = dict(columns.TARGETS[name].choices) if name in columns.CODED else {}
    if unknown := [code for code in meanings.values() if code not in codes]:
        raise ValidationError({"values": f"{name} has no code {', '.join(unknown)}"})
    return {plain(words): code for words, code in meanings.items()}


@transaction.atomic
def confirm(
    *,
    batch: ImportBatch,
    by: Actor,
    now: datetime,
    all_or_nothing: bool | None = None,
    keep_drafts: bool | None = None,
    personal_data_checked: bool | None = None,
    rows_checked: Collection[int] | None = None,
) -> ImportBatch:
    """Import the file that was checked: a small one at once, a large one by a worker.

    Raises PermissionDenied, WrongMoment.
    """
    batch = _checked(batch, by)
    _set_options(batch, all_or_nothing, keep_drafts, personal_data_checked, rows_checked)
    return _begin(batch, by, now)


def _begin(batch: ImportBatch, by: Actor, now: datetime) -> ImportBatch:
    """Import a file that was checked, at once or by a worker."""
    lifecycle.move(batch, BatchStatus.TO_RUN)
    batch.save()
    to_write = sum(batch.counts.get(outcome, 0) for outcome in (RowOutcome.ADD, RowOutcome.DRAFT, RowOutcome.REFUSED))
    if batch.size <= AT_ONCE and to_write + 10 * batch.counts.get(RowOutcome.UPDATE, 0) <= MOST_AT_ONCE:
        running.run(batch, by, now)
    return batch


@transaction.atomic
def discard(*, batch: ImportBatch, by: Actor, now: datetime) -> ImportBatch:
    """Throw the file away. Nothing of it was imported. Raises PermissionDenied, WrongMoment."""
    batch = _checked(batch, by)
    running.finish(batch, BatchStatus.EXPIRED, "Thrown away before anything was imported", now)
    record("discard_import", batch, f"threw away {batch.file_name}: nothing was imported", by=by, now=now)
    return batch


def _checked(batch: ImportBatch, by: Actor) -> ImportBatch:
    """The batch, locked, that waits for somebody to decide."""
    if not permissions.can_import_risks(by) or batch.organisation_id != by.organisation_id:
        raise PermissionDenied
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("source", "owner").get(pk=batch.pk)
    preconditions.look()
    lifecycle.require_checked(batch)
    return batch
