"""The pytest plugin that gives a test run its database, before Django reads its settings.

With DATABASE_URL that server is used, otherwise the embedded one that the checkout's runs share. Each run has a
database of its own, so several can go on at once; pytest-django drops it at the end.
"""

import atexit
import os
import secrets
from urllib.parse import urlsplit

from dev import keeper


def _own_database(url: str) -> str:
    """The URL with a database name that no other run has."""
    return urlsplit(url)._replace(path=f"/safetyreg_{os.getpid()}_{secrets.token_hex(2)}").geturl()


def _prepare() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:  # the run that started this worker has prepared it
        return
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        url, lock = keeper.join()
        atexit.register(lock.close)  # which also keeps it open, and so held, until then
    os.environ["DATABASE_URL"] = _own_database(url)
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))


_prepare()
