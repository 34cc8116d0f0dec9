"""The embedded servers: they start, they are what the register needs, and they do not stay behind."""

import contextlib

import psycopg2
from django.core.cache.backends.redis import RedisCache

from dev import keeper
from dev.programs import wait_for
from dev.valkey import Valkey


def test_test_runs_share_one_postgresql_which_stops_when_nobody_uses_it(tmp_path):
    url, first = keeper.join(tmp_path, idle_seconds=0.1)
    same, second = keeper.join(tmp_path, idle_seconds=0.1)
    assert same == url
    first.close()
    assert {"vector", "pg_trgm"} <= _extensions(url)
    second.close()
    wait_for(lambda: not _answers(url), seconds=20, what="Stopping")


def _extensions(url):
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions")
        return {name for (name,) in cursor}


def _answers(url):
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


def test_valkey_serves_as_the_cache(redis_url):
    cache = RedisCache(redis_url, {})
    cache.set("seen", "today")
    assert cache.get("seen") == "today"


def test_valkey_keeps_its_data_over_a_restart(tmp_path):
    server = Valkey(tmp_path)
    server.start()
    RedisCache(server.url, {}).set("seen", "today", timeout=None)
    server.stop()
    server.start()
    kept = RedisCache(server.url, {}).get("seen")
    server.stop()
    assert kept == "today"


def test_the_password_of_valkey_is_on_no_command_line(tmp_path):
    server = Valkey(tmp_path)
    assert server.password not in " ".join(server.full_command())
