"""What every test may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import TransactionTestCase, override_settings
from whitenoise import WhiteNoise

from tests import database
from tests import ladder as ladder_module
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The test database, which pytest-django would migrate anew for every worker of every run."""
    with django_db_blocker.unblock():
        database.create()
    yield
    with django_db_blocker.unblock():
        database.drop()


@pytest.fixture(autouse=True, scope="session")
def _tests_that_commit_leave_nothing() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: database.empty())
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_are_listed_once() -> Iterator[None]:
    """Each test client makes the middleware anew, and WhiteNoise would look at some 860 files again each time."""
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    list_files = WhiteNoise.update_files_dictionary

    def once(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            others, self.files = self.files, {}
            list_files(self, root, prefix)
            listed[root, prefix], self.files = self.files, others
        self.files.update(listed[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", once)
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
