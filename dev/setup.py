"""Install what `make run` or `make test` needs. Runs on the machine's own Python and needs nothing but that.

`python3 -m dev.setup local` or `python3 -m dev.setup test`; the word names the lock file in requirements/.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from dev.stamps import once
from dev.steps import ROOT, StepFailed, explain, run_quietly, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_NPM = 7  # the first that reads our package-lock.json


def main(purpose: str) -> None:
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_environment()
        install_packages(purpose)
        install_packages("model", "--no-deps")
        install_assets()


def make_environment() -> None:
    """Make the virtual environment, or make it anew when the Python it was made with is gone."""
    if _answers(str(PYTHON), "-m", "pip", "--version"):
        return
    say(f"Making a virtual environment in .venv with Python {sys.version.split()[0]}")
    try:
        venv.create(VENV, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise StepFailed(
            f"The virtual environment could not be made: {error}",
            advice="On Debian and Ubuntu install the package python3-venv. Otherwise name a complete Python 3.11 "
            "or later: `make run PYTHON=/path/to/python3`.",
        ) from error


def install_packages(purpose: str, *options: str) -> None:
    """Install what a lock file names, with pip's options for it."""
    lock = ROOT / "requirements" / f"{purpose}.txt"

    def install() -> None:
        say(f"Installing the Python packages locked in requirements/{lock.name} (half a minute or so)")
        pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        run_quietly(
            [*pip, "install", "--require-hashes", *options, "-r", str(lock)],
            advice="Check that this machine reaches a Python package index (pip's own settings apply), and run it "
            "again: it goes on where it stopped.",
        )

    once(VENV / f"{purpose}.installed", [lock], install)


def install_assets() -> None:
    """Install the NHS.UK style sheets and scripts, with the machine's npm or one of our own."""

    def install() -> None:
        npm = _npm()
        say("Installing the style sheets and scripts locked in package-lock.json")
        run_quietly(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            env={**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
            advice="Check that this machine reaches an npm registry (npm's own settings apply), and run it again.",
        )

    once(ROOT / "node_modules" / ".installed", [ROOT / "package-lock.json"], install)


def _npm() -> str:
    """The machine's npm if it is new enough, otherwise the one in the virtual environment, installed if need be."""
    theirs = shutil.which("npm")
    if theirs and (version := _answers(theirs, "--version")) and int(version.split(".")[0]) >= OLDEST_NPM:
        return theirs
    say("There is no npm on this machine:")
    install_packages("node")
    return str(VENV / "bin" / "npm")


def _answers(*command: str) -> str:
    """What the command prints, or nothing if it does not work."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    except OSError:
        return ""
    return "" if done.returncode else done.stdout.strip()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except StepFailed as failure:
        explain(failure)
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nStopped. Run it again to go on.")
        sys.exit(130)
