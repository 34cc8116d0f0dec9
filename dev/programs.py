"""Programs that run beside the one that starts them: tied to its life, their output in a log, stopped in order."""

import contextlib
import functools
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from dev.steps import ROOT, StepFailed

LOOPBACK = "127.0.0.1"


class Program:
    """A program with a name, a command and a log."""

    stop_signal = signal.SIGTERM

    def __init__(self, name: str, command: list[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.command = command
        self.log = log
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in a terminal reaches only the supervisor, which stops its programs in order.
            self.process = subprocess.Popen(
                self.full_command(),
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError), self.process.stdin as stdin:  # it may have ended already
            stdin.write(self.standard_input())

    def restart(self) -> None:
        self.start()

    def full_command(self) -> list[str]:
        return tied(*self.command)

    def standard_input(self) -> bytes:
        return b""

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, seconds: float = 30) -> None:
        """Ask it to stop; after so many seconds end it and everything that it started."""
        if not self.process:
            return
        if self.running:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Server(Program):
    """A program that listens on a free loopback port."""

    port = 0

    def start(self) -> None:
        """Start it on a free port and wait until it is ready. Raises StepFailed."""
        for _ in range(3):  # another program may take the port between choosing it and listening on it
            self.port = free_port()
            if self._became_ready():
                return
        raise StepFailed(f"{self.name} did not start. Its log is {self.log}", advice=self.advice())

    def restart(self) -> None:
        """Start it again where it was. Raises StepFailed."""
        if not self._became_ready():
            raise StepFailed(f"{self.name} did not start again. Its log is {self.log}", advice=self.advice())

    def ready(self) -> bool:
        raise NotImplementedError

    def advice(self) -> str:
        raise NotImplementedError

    def _became_ready(self) -> bool:
        super().start()
        wait_for(lambda: not self.running or self.ready(), seconds=60, what=f"Starting {self.name}")
        return self.running


def tied(*command: str, signal_name: str = "TERM") -> list[str]:
    """The command, made to get the signal when the process that starts it dies, however it dies.

    Linux only; elsewhere the command as it is.
    """
    return ["setpriv", "--pdeathsig", signal_name, "--", *command] if _can_tie() else list(command)


@functools.cache
def _can_tie() -> bool:
    return works("setpriv", "--pdeathsig", "TERM", "--", "true")


def works(*command: str) -> bool:
    """Whether the command is there and exits 0."""
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Ask until the condition answers with something true. Raises StepFailed."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up_at:
            raise StepFailed(f"{what} took longer than {seconds:.0f} seconds")
        time.sleep(0.02)
