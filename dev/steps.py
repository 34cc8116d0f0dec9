"""Saying what is being done, and what to do when it fails. Needs nothing but Python itself."""

import contextlib
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class StepFailed(Exception):
    """A step did not work. `advice` says what the reader can do."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


def say(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody is listening any more, which must not keep us from stopping
        print(text, flush=True)


def explain(failure: StepFailed) -> None:
    """Print the failure and what to do about it."""
    say(f"\nStopped: {failure}")
    if failure.advice:
        say(f"What to do: {failure.advice}")


def run_quietly(command: Sequence[str], *, advice: str, env: Mapping[str, str] | None = None) -> str:
    """Run the command from the top of the checkout and return what it printed; print that only when it fails.

    Raises StepFailed.
    """
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    except OSError as error:
        raise StepFailed(f"{command[0]} could not be started: {error}", advice=advice) from error
    if done.returncode:
        say("\n".join(done.stdout.splitlines()[-40:]))
        raise StepFailed(f"`{' '.join(command)}` failed (exit {done.returncode})", advice=advice)
    return done.stdout
