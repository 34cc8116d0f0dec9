"""The PostgreSQL and Redis that a command works with: those that the environment names, or embedded ones."""

import os
from pathlib import Path

from dev.postgres import Postgres
from dev.steps import say
from dev.supervisor import Supervisor
from dev.valkey import Valkey


def database(supervisor: Supervisor, folder: Path, *, durable: bool = True) -> str:
    """The URL of the database. Starts an embedded PostgreSQL when DATABASE_URL is not set."""
    if url := os.environ.get("DATABASE_URL"):
        say("Using the PostgreSQL that DATABASE_URL names")
        return url
    say("Starting an embedded PostgreSQL")
    server = Postgres(folder, durable=durable)
    supervisor.start(server)
    return server.url


def redis(supervisor: Supervisor, folder: Path) -> str:
    """The URL of the broker and cache. Starts an embedded Valkey when REDIS_URL is not set."""
    if url := os.environ.get("REDIS_URL"):
        say("Using the Redis that REDIS_URL names")
        return url
    say("Starting an embedded Valkey, which speaks Redis")
    server = Valkey(folder)
    supervisor.start(server)
    return server.url
