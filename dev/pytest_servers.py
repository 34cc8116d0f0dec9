"""The pytest plugin that gives a test run its servers, before Django reads its settings.

The database is the server that DATABASE_URL names, or the embedded one that the runs of a checkout share. Each run has
a database of its own there, so several can go on at once; pytest-django drops it at the end.
"""

import atexit
import gc
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dev import assets, keeper
from dev.valkey import Valkey


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: to look for garbage in it again and again costs an eighth of
    the processor time of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def collected_assets() -> None:
    """The style sheets and scripts that every page names."""
    if "DJANGO_SETTINGS_MODULE" in os.environ:  # which pytest-django sets, unless it is told to stay away
        assets.collect(os.environ)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis: the one that REDIS_URL names, or an embedded Valkey for as long as this run lasts."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    server = Valkey(Path(tmp_path_factory.mktemp("valkey")))
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def _own_database(url: str) -> str:
    """The URL with a database name that no other run has."""
    return urlsplit(url)._replace(path=f"/safetyreg_{os.getpid()}_{secrets.token_hex(2)}").geturl()


def _prepare() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:  # the run that started this worker has prepared everything
        return
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        url, lock = keeper.join()
        atexit.register(lock.close)  # which also keeps it open, and so held, until then
    os.environ["DATABASE_URL"] = _own_database(url)
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("SECURE_COOKIES", "false")  # the test client and the live server speak plain HTTP


_prepare()
