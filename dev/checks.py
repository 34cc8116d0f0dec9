"""`make test`: every check, then every test."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dev import servers
from dev.programs import tied
from dev.steps import ROOT, StepFailed, explain, say
from dev.supervisor import Stopped, stopping_everything

BIN = Path(sys.executable).parent
CHECKS = (
    "ruff check --quiet .",
    "ruff format --check --quiet .",
    "mypy",
    "mypy --config-file clients/python/pyproject.toml clients/python/src",
    "lint-imports --no-logo",
    "python manage.py makemigrations --check --dry-run",
    "python manage.py check --deploy --fail-level WARNING",
)
TESTS = "python -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal --quiet"


def main() -> int:
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var", prefix="test-") as folder, stopping_everything() as supervisor:
        database = servers.database(supervisor, Path(folder) / "postgres", durable=False)
        env = {**as_in_production(), "DATABASE_URL": database}
        failed = [check for check in CHECKS if not passes(check, env)]
        say(TESTS)
        tests = subprocess.run(command(TESTS), cwd=ROOT, env={**os.environ, "DATABASE_URL": database}, check=False)
    for check in failed:
        say(f"FAILED: {check}")
    return tests.returncode or bool(failed)


def as_in_production() -> dict[str, str]:
    """The environment, with the settings that a real installation must give."""
    return {
        **os.environ,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "register.example",
        "SITE_URL": "https://register.example",
        "DEBUG": "false",
        "SAFETYREG_DEMO": "false",
    }


def passes(check: str, env: Mapping[str, str]) -> bool:
    """Run the check; print what it says only when it fails."""
    say(check)
    done = subprocess.run(
        command(check), cwd=ROOT, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        say(f"{done.stdout}FAILED: {check}\n")
    return not done.returncode


def command(text: str) -> list[str]:
    program, *arguments = text.split()
    return tied(str(BIN / program), *arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StepFailed as failure:
        explain(failure)
        sys.exit(1)
    except Stopped:
        sys.exit(130)
