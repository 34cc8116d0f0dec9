"""When an import may go on to what, and the one place where its status does change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from risks.models import BatchStatus
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from risks.models import ImportBatch

TRANSITIONS: dict[str, tuple[BatchStatus, ...]] = {
    BatchStatus.TO_CHECK: (BatchStatus.CHECKED, BatchStatus.TO_RUN, BatchStatus.REFUSED, BatchStatus.FAILED),
    BatchStatus.CHECKED: (
        BatchStatus.TO_CHECK, BatchStatus.CHECKED, BatchStatus.TO_RUN, BatchStatus.REFUSED, BatchStatus.EXPIRED,
    ),
    BatchStatus.TO_RUN: (BatchStatus.DONE, BatchStatus.REFUSED, BatchStatus.FAILED),
    BatchStatus.DONE: (),
    BatchStatus.REFUSED: (),
    BatchStatus.FAILED: (),
    BatchStatus.EXPIRED: (),
}  # fmt: skip


class WrongMoment(DomainError):
    """The import is not waiting for this."""


def move(batch: ImportBatch, status: BatchStatus) -> None:
    """Change the status of a locked import. What was tried before counts no more. Raises WrongMoment."""
    if status not in TRANSITIONS[batch.status]:
        raise WrongMoment(_what_it_is(batch))
    batch.status, batch.attempts = status, 0


def require_checked(batch: ImportBatch) -> None:
    """Raises WrongMoment unless the import waits for somebody to decide."""
    if not batch.is_checked:
        raise WrongMoment(_what_it_is(batch))


def _what_it_is(batch: ImportBatch) -> str:
    if batch.status == BatchStatus.TO_CHECK:
        return "This file is still being checked"
    if batch.status == BatchStatus.TO_RUN:
        return "This file is being imported"
    return f"This import is over: {batch.get_status_display().lower()}"
