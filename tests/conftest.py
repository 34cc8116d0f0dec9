"""What every test may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
import pytest
from django.db import connection
from django.test import TransactionTestCase, override_settings

from tests import ladder as ladder_module
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database. Whoever is still in it at the end, such as a live server's thread, is sent away first."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True, scope="session")
def _tests_may_clear_what_is_written_once() -> Iterator[None]:
    """Between tests that commit, the database is emptied, which append-only tables rightly refuse elsewhere."""
    empty = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with pgtrigger.ignore():
            empty(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_nothing() -> Iterator[None]:
    """Hashing that is slow on purpose would be most of the time that a test takes."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def _each_run_counts_for_itself() -> Iterator[None]:
    """How often a client asks is counted in the memory of the test, unless a test asks for a Redis."""
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}):
        yield


@pytest.fixture
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock on the wall is stopped: requests arrive at NOW."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def ladder(db: None) -> ladder_module.Ladder:
    """Two providers under one ICB, another ICB, a region and the national body."""
    return ladder_module.build()
