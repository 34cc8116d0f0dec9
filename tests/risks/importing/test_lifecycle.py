"""What an import may become, and that one that is over stays so."""

from __future__ import annotations

import re

import pytest

from risks.importing import lifecycle
from risks.models import BatchStatus, ImportBatch
from tests.factories import NOW

OVER = {BatchStatus.DONE, BatchStatus.REFUSED, BatchStatus.FAILED, BatchStatus.EXPIRED}
HAS_NO_WAY = [
    (was, to) for was in BatchStatus for to in BatchStatus if was in OVER or to not in lifecycle.TRANSITIONS[was]
]


def at(status: BatchStatus) -> ImportBatch:
    return ImportBatch(status=status, attempts=2, created_at=NOW)


@pytest.mark.parametrize(("was", "to"), HAS_NO_WAY)
def test_it_goes_no_way_that_is_not_in_the_table(was: BatchStatus, to: BatchStatus) -> None:
    batch = at(was)
    with pytest.raises(lifecycle.WrongMoment):
        lifecycle.move(batch, to)
    assert (batch.status, batch.attempts) == (was, 2)


def test_what_was_checked_is_imported_once_and_by_nobody_again() -> None:
    batch = at(BatchStatus.CHECKED)
    lifecycle.move(batch, BatchStatus.TO_RUN)
    assert batch.attempts == 0
    with pytest.raises(lifecycle.WrongMoment, match="This file is being imported"):
        lifecycle.move(batch, BatchStatus.EXPIRED)
    lifecycle.move(batch, BatchStatus.DONE)
    with pytest.raises(lifecycle.WrongMoment, match=re.escape("This import is over: imported")):
        lifecycle.move(batch, BatchStatus.TO_RUN)


def test_nothing_is_imported_that_was_not_checked_or_meant_to_be_imported_at_once() -> None:
    assert {was for was, to in lifecycle.TRANSITIONS.items() if BatchStatus.DONE in to} == {BatchStatus.TO_RUN}
    assert all(not lifecycle.TRANSITIONS[status] for status in OVER)
