"""The databases that tests run in: each a copy of one that was migrated once, and emptied after a test that commits."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEMPLATE = "safetyreg_template_"
UNFINISHED = "safetyreg_unfinished"
LOCK = 7_265_233  # any number, as long as it is ours: who holds it makes the template
NOT_CODE = {".venv", "node_modules", "var", "tests", "docs", "bench", "clients", "dev"}
# A schema with the rows that the migrations wrote: content types, permissions, standards. To put a table back as it was
# costs next to nothing where it is empty, other than to truncate it. Foreign keys and append-only tables rightly refuse
# it elsewhere: in the role of a replica nothing is refused.
KEEP = """
CREATE SCHEMA as_migrated;

CREATE FUNCTION as_migrated.tables() RETURNS SETOF name LANGUAGE sql STABLE AS $$
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'
$$;

CREATE FUNCTION as_migrated.restore() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE name name;
BEGIN
    FOR name IN SELECT as_migrated.tables() LOOP
        EXECUTE format('DELETE FROM public.%I', name);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'as_migrated' LOOP
        EXECUTE format('INSERT INTO public.%I SELECT * FROM as_migrated.%1$I', name);
    END LOOP;
END $$;

DO $$
DECLARE name name; written boolean;
BEGIN
    FOR name IN SELECT as_migrated.tables() LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO written;
        IF written THEN
            EXECUTE format('CREATE TABLE as_migrated.%I AS SELECT * FROM public.%1$I', name);
        END IF;
    END LOOP;
END $$
"""


def create() -> None:
    """Give this process a database as the migrations leave one. Whoever comes first runs them; the rest copy."""
    name = connection.creation._get_test_db_name()
    with _server() as execute:
        execute("SELECT pg_advisory_lock(%s)", [LOCK])
        template = TEMPLATE + _code()
        if not execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]):
            for (old,) in execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [TEMPLATE]):
                execute(f'DROP DATABASE "{old}"')
            _migrate(UNFINISHED)
            execute(f"ALTER DATABASE {UNFINISHED} RENAME TO {template}")
        execute(f'CREATE DATABASE "{name}" TEMPLATE {template}')
    _use(name)


def drop() -> None:
    """Whoever is still in it, such as a live server's thread, is sent away."""
    name = connection.settings_dict["NAME"]
    connection.close()
    with _server() as execute:
        execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def empty() -> None:
    """Take out what a test committed, and put back what the migrations wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT as_migrated.restore()")


@contextmanager
def _server() -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Ask the server outside any database of the register's own."""
    with connection._nodb_cursor() as cursor:

        def execute(sql: str, given: list[Any] | None = None) -> list[tuple[Any, ...]]:
            cursor.execute(sql, given)
            return cursor.fetchall() if cursor.description else []

        yield execute


def _code() -> str:
    """What the migrations leave may depend on any of the code, and on the packages it stands on."""
    folders = [folder for folder in settings.BASE_DIR.iterdir() if folder.is_dir() and folder.name not in NOT_CODE]
    files = sorted(path for folder in folders for path in folder.rglob("*.py"))
    found = hashlib.sha256()
    for path in [settings.BASE_DIR / "requirements" / "base.txt", *files]:
        found.update(f"{path.relative_to(settings.BASE_DIR)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _migrate(name: str) -> None:
    """Run the migrations in a new database of that name, and keep a copy of the rows that they wrote."""
    test = connection.settings_dict["TEST"]
    usual, test["NAME"] = test["NAME"], name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        test["NAME"] = usual
    with connection.cursor() as cursor:
        cursor.execute(KEEP)
    connection.close()


def _use(name: str) -> None:
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
