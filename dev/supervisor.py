"""Keeping programs running until somebody says stop."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType

from dev.programs import Program
from dev.steps import StepFailed, say

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HASTE_SECONDS = 10  # a program that ends sooner than this after its start is failing, not unlucky
PATIENCE = 3  # and is started again only so many times in a row


class Stopped(BaseException):
    """A signal said stop."""


class Supervisor:
    """Starts programs in order, starts again what ends, and stops everything in the opposite order."""

    def __init__(self) -> None:
        self.programs: list[Program] = []
        self.started_at: dict[Program, float] = {}
        self.hasty_ends: dict[Program, int] = {}

    def start(self, program: Program) -> None:
        self.programs.append(program)  # first, so that a stop in the middle of its start finds it
        self._begin(program, program.start)

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Keep them running until the condition holds or a signal says stop.

        Raises StepFailed when a program does not stay up.
        """
        while not until():
            for program in self.programs:
                if not program.running:
                    self._bring_back(program)
            time.sleep(0.2)

    def stop(self) -> None:
        for program in reversed(self.programs):
            program.stop()

    def _begin(self, program: Program, begin: Callable[[], None]) -> None:
        self.started_at[program] = time.monotonic()
        begin()

    def _bring_back(self, program: Program) -> None:
        hasty = time.monotonic() - self.started_at[program] < HASTE_SECONDS
        self.hasty_ends[program] = self.hasty_ends.get(program, 0) + 1 if hasty else 0
        if self.hasty_ends[program] > PATIENCE:
            raise StepFailed(f"{program.name} keeps ending", advice=f"Read its log: {program.log}")
        say(f"{program.name} ended and is started again. Its log is {program.log}")
        self._begin(program, program.restart)


@contextlib.contextmanager
def stopping_everything() -> Iterator[Supervisor]:
    """A supervisor whose programs are stopped at the end, whether that is reached or a signal cuts it short."""
    supervisor = Supervisor()
    for number in STOP_SIGNALS:
        signal.signal(number, _leave)
    try:
        yield supervisor
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()


def _leave(number: int, frame: FrameType | None) -> None:
    raise Stopped
