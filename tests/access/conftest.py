"""The world of these tests: built once, in a transaction that is rolled back when the last of them is done."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.db import connection, transaction

from deadlines.sweeping import sweep
from notifications import delivery
from risks.references import SEQUENCE
from tests.access import cast, chapters
from tests.access.world import World
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="package")
def _the_clock_stands_still() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: NOW)
        yield


@pytest.fixture(scope="package")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker, _the_clock_stands_still: None) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        _number_risks_from(1001)  # so that none is called PSR-000123, the example of a reference on many pages
        told = chapters.tell(cast.gather())
        sweep(now=NOW)
        delivery.send(now=NOW)
        yield World.of(told, list(mail.outbox))
        transaction.set_rollback(True)


def _number_risks_from(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, greatest(nextval(%s), %s))", [SEQUENCE, SEQUENCE, number])


@pytest.fixture
def world(built: World, db: None) -> Iterator[World]:
    """The world as it was built: what a test changes in it is undone."""
    logging.disable(logging.WARNING)  # thousands of refusals are expected
    yield built
    logging.disable(logging.NOTSET)
