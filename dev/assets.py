"""Collecting style sheets, scripts and pictures where the web server finds them."""

import fcntl
import sys
from collections.abc import Mapping

from dev.stamps import once
from dev.steps import ROOT, run_quietly, say

COLLECTED = ROOT / "var" / "static"
INPUTS = (
    ROOT / "static",
    ROOT / "package-lock.json",
    ROOT / "requirements" / "base.txt",
    ROOT / "safetyreg" / "nhsuk" / "finders.py",
)


def collect(env: Mapping[str, str]) -> None:
    """Collect them unless nothing has changed since they were last collected. Raises StepFailed."""

    def collect() -> None:
        say("Collecting style sheets, scripts and pictures")
        run_quietly(
            [sys.executable, "manage.py", "collectstatic", "--no-input"],
            env=env,
            advice="If files of nhsuk-frontend are missing, run `make test` or `make run`, which install them.",
        )

    COLLECTED.mkdir(parents=True, exist_ok=True)
    with (COLLECTED / ".lock").open("a") as lock:  # several test runs may start at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        once(COLLECTED / ".collected", INPUTS, collect)
