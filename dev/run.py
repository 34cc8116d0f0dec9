"""`make run`: the whole register on this machine, to try and to develop. Ctrl-C stops all of it."""

import contextlib
import fcntl
import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import environ

from dev import assets, servers
from dev.programs import LOOPBACK, Program, tied
from dev.steps import ROOT, StepFailed, explain, run_quietly, say
from dev.supervisor import Stopped, Supervisor, stopping_everything

VAR = ROOT / "var"
LOGS = VAR / "log"
ADVICE = "Put that right and run it again: what was done is kept."

# The same commands as in docker-compose.yml.
PARTS = {
    "web": "gunicorn safetyreg.wsgi",
    "worker": "celery -A safetyreg worker --loglevel info --concurrency 2",
    "beat": "celery -A safetyreg beat --loglevel info",
}


def main() -> None:
    VAR.mkdir(exist_ok=True)
    if (ROOT / ".env").exists():
        environ.Env.read_env(ROOT / ".env")
    with only_one_run(VAR / "run.lock") as note, stopping_everything() as supervisor:
        port = chosen_port(os.environ.get("PORT", "8000"))
        note(address(port))
        shutil.rmtree(LOGS, ignore_errors=True)
        env = environment(supervisor, port)
        prepare(env)
        start_parts(supervisor, env)
        people = sign_ins(env)  # asked while the web server is starting
        supervisor.watch(until=lambda: answers(port))
        welcome(port, people)
        supervisor.watch()


def address(port: int) -> str:
    return f"http://{LOOPBACK}:{port}/"


@contextlib.contextmanager
def only_one_run(lock: Path) -> Iterator[Callable[[str], None]]:
    """Refuse a second run from this checkout; yields what notes the address for the refused to read."""
    with lock.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            process, _, where = held.read().partition(" ")
            raise StepFailed(
                f"The register is already running from this folder{where and f', at {where}'}",
                advice=f"Use that one, or stop it first: press Ctrl-C in its window, or `kill {process}`.",
            ) from None

        def note(where: str) -> None:
            held.truncate(0)
            held.write(f"{os.getpid()} {where}")
            held.flush()

        note("")
        yield note


def chosen_port(text: str) -> int:
    """The port to listen on, which nobody else may be using. Raises StepFailed."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StepFailed(f"PORT={text} is no port", advice="Give a number from 1024 to 65535: `make run PORT=8080`.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, int(text)))
        except OSError as error:
            raise StepFailed(
                f"Port {text} cannot be used: {error.strerror}",
                advice=f"Choose another one: `make run PORT={min(int(text) + 1000, 65535)}`.",
            ) from error
    return int(text)


def environment(supervisor: Supervisor, port: int) -> dict[str, str]:
    """The settings of this run: what the environment says, and what trying it out needs where that says nothing.

    Starts the servers that the environment does not name.
    """
    said = {name: value for name, value in os.environ.items() if value}
    return {
        "SAFETYREG_DEMO": "true",
        "SECRET_KEY": secret_key(VAR / "secret-key"),
        "SECURE_COOKIES": "false",  # there is no TLS on the way from this machine to itself
        "SITE_URL": address(port),
        **said,
        "BIND": f"{LOOPBACK}:{port}",
        "DATABASE_URL": servers.database(supervisor, VAR / "postgres"),
        "REDIS_URL": servers.redis(supervisor, VAR / "valkey"),
    }


def secret_key(file: Path) -> str:
    """A secret of this checkout's own, made at the first run, so that people stay signed in over a restart."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def prepare(env: Mapping[str, str]) -> None:
    assets.collect(env)
    steps = ["migrate", "load_organisations", *(["load_demo"] if is_demo(env) else []), "index_risks"]
    command = tied(sys.executable, "-m", "dev.prepare", *steps)
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, start_new_session=True)
    if done.returncode:
        raise StepFailed("That step failed; the lines above say why", advice=ADVICE)


def is_demo(env: Mapping[str, str]) -> bool:
    return bool(environ.Env.parse_value(env["SAFETYREG_DEMO"], bool))


def start_parts(supervisor: Supervisor, env: Mapping[str, str]) -> None:
    say(f"Starting {', '.join(PARTS)}")
    for name, command in PARTS.items():
        program, *arguments = command.split()
        found = Path(sys.executable).with_name(program)
        supervisor.start(Program(name, [str(found), *arguments], LOGS / f"{name}.log", env))


def answers(port: int) -> bool:
    """Whether a web server answers there, whatever it says."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        return True


def sign_ins(env: Mapping[str, str]) -> str:
    """As whom one can sign in to the demonstration, for people to read."""
    if not is_demo(env):
        return ""
    return run_quietly(tied(sys.executable, "manage.py", "demo_sign_ins"), env=env, advice=ADVICE)


def welcome(port: int, people: str) -> None:
    say(f"\nThe register is running at {address(port)}\n\n{people}")
    say(f"Logs are in {LOGS.relative_to(ROOT)}/, e-mails in var/mail/. Ctrl-C stops everything; the data is kept.")


if __name__ == "__main__":
    try:
        main()
    except StepFailed as failure:
        explain(failure)
        sys.exit(1)
    except Stopped:
        say("Everything is stopped.")
