"""The test database server that all the pytest runs of one checkout share.

The first run starts a keeper, a process of its own, and the keeper starts PostgreSQL. Every run holds a shared lock
on `users.lock` for as long as it lives; the kernel lets go of it however the run ends. When nobody has held it for
IDLE_SECONDS the keeper stops the server and ends, so nothing stays behind for good.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import psycopg2

from dev.postgres import Postgres
from dev.programs import wait_for
from dev.steps import ROOT, StepFailed

FOLDER = ROOT / "var" / "test-server"
IDLE_SECONDS = 120


def join(folder: Path = FOLDER, *, idle_seconds: float = IDLE_SECONDS) -> tuple[str, TextIO]:
    """The URL of the shared server, started if need be, and the lock to hold while using it."""
    folder.mkdir(parents=True, exist_ok=True)
    users = (folder / "users.lock").open("a")
    fcntl.flock(users, fcntl.LOCK_SH)
    with _starting_or_stopping(folder):
        url = _url(folder) or _start_keeper(folder, idle_seconds)
    return url, users


def keep(folder: Path, idle_seconds: float) -> None:
    """Run the server until nobody has used it for so many seconds."""
    for left_over in folder.glob("postgres-*"):  # from a keeper that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    server = Postgres(folder / f"postgres-{os.getpid()}", durable=False)
    try:
        server.start()
        _publish(folder, server.url)
        _wait_until_idle(folder, server, idle_seconds)
    finally:
        server.stop()


def _wait_until_idle(folder: Path, server: Postgres, idle_seconds: float) -> None:
    used_at = time.monotonic()
    while server.running:
        time.sleep(min(1, idle_seconds))
        if not _unused(folder):
            used_at = time.monotonic()
        elif time.monotonic() - used_at >= idle_seconds and _withdraw(folder):
            return


def _withdraw(folder: Path) -> bool:
    """Take back the URL unless somebody joined in the meantime."""
    with _starting_or_stopping(folder):
        if not _unused(folder):
            return False
        (folder / "url").unlink(missing_ok=True)
        return True


def _unused(folder: Path) -> bool:
    with (folder / "users.lock").open("a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def _starting_or_stopping(folder: Path) -> Iterator[None]:
    with (folder / "change.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _publish(folder: Path, url: str) -> None:
    unfinished = folder / "url.unfinished"
    unfinished.touch(mode=0o600)
    unfinished.write_text(f"{os.getpid()}\n{url}\n")
    unfinished.rename(folder / "url")


def _url(folder: Path) -> str:
    """The URL that a living keeper published, or nothing."""
    try:
        keeper, url = (folder / "url").read_text().split()
        os.kill(int(keeper), 0)
    except (OSError, ValueError):
        return ""
    return url if _answers(url) else ""


def _answers(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


def _start_keeper(folder: Path, idle_seconds: float) -> str:
    (folder / "url").unlink(missing_ok=True)
    with (folder / "log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "dev.keeper", str(folder), str(idle_seconds)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    wait_for(lambda: _url(folder) or keeper.poll() is not None, seconds=60, what="Starting the test database server")
    keeper.returncode = keeper.poll() or 0  # it is meant to outlive us, so Python need not warn that it does
    if not (url := _url(folder)):
        raise StepFailed(f"The test database server did not start:\n{(folder / 'log').read_text()}")
    return url


if __name__ == "__main__":
    keep(Path(sys.argv[1]), float(sys.argv[2]))
