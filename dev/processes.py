"""Small things about processes and ports that the rest of `dev` shares."""

import functools
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

from dev.steps import StepFailed

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def works(*command: str) -> bool:
    """Whether the command is there and exits 0."""
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0


@functools.cache
def _can_tie() -> bool:
    return works("setpriv", "--pdeathsig", "TERM", "--", "true")


def tied(*command: str, signal: str = "TERM") -> list[str]:
    """The command, made to get the signal when the process that starts it dies, however it dies.

    Linux only; elsewhere the command as it is.
    """
    return ["setpriv", "--pdeathsig", signal, "--", *command] if _can_tie() else list(command)


def wait_for(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Ask until the condition answers with something true, and return that. Raises StepFailed."""
    give_up_at = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > give_up_at:
            raise StepFailed(f"{what} took longer than {seconds:.0f} seconds")
        time.sleep(0.02)
    return answer


def stop(process: subprocess.Popen[Any], *, signal: int, seconds: float) -> None:
    """Ask the process to stop, and end it if it does not."""
    if process.poll() is None:
        process.send_signal(signal)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
