"""Programs of their own on the database of a test, which can be killed as a machine kills them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).parents[1]


def started(module: str, *arguments: str) -> subprocess.Popen[str]:
    """A module of the tests, run as a program. What it is told and what it says goes through pipes."""
    given = connection.settings_dict
    where = f"{quote(given['HOST'], safe='')}:{given['PORT']}" if given["PORT"] else quote(given["HOST"], safe="")
    url = f"postgresql://{quote(given['USER'])}:{quote(given['PASSWORD'])}@{where}/{given['NAME']}"
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "safetyreg.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
