"""A server and a database for one run of a benchmark, gone when it ends: never one that somebody uses."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dev import assets
from dev.postgres import Postgres
from dev.steps import ROOT
from dev.supervisor import stopping_everything

if TYPE_CHECKING:
    from collections.abc import Iterator

# What docs/operating.md asks of a server that holds so many risks; the rest is as PostgreSQL comes.
SETTINGS = ("shared_buffers=1GB", "work_mem=16MB", "effective_cache_size=2GB", "random_page_cost=1.1", "jit=off")


class BenchPostgres(Postgres):
    """An embedded server with the memory that a register of this size is given."""

    def full_command(self) -> list[str]:
        return [*super().full_command(), *(word for setting in SETTINGS for word in ("-c", setting))]


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Django set up on an empty database with all its tables."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var", prefix="bench-") as folder, stopping_everything() as supervisor:
        server = BenchPostgres(Path(folder) / "postgres", durable=False)
        supervisor.start(server)
        _set_up(server.url)
        yield


def _set_up(url: str) -> None:
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "safetyreg.settings", "SECURE_COOKIES": "false"}
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    assets.collect(os.environ)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
