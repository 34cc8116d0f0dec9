"""The README of the client, run as it is written: its Python as a Trust's system, its shell as the ICB's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection

import safetyreg_client
from risks.models import Risk
from safetyreg_client.commands.asked import MORE
from tests.python_client.test_webhooks import CHALLENGE, SECRET, signed

if TYPE_CHECKING:
    import pytest
    from pytest_django.live_server_helper import LiveServer

    from tests.clients import System

SOURCE = Path(safetyreg_client.__file__).parents[1]
README = (SOURCE.parent / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
COMMAND = f'#!/bin/sh\nexec "{sys.executable}" -m safetyreg_client "$@"\n'


def test_it_is_true(
    live_server: LiveServer,
    trust: System,
    icb: System,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('risk_reference', 123, false)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFETYREG_WEBHOOK_SECRET", SECRET)
    assert {kind for kind, _ in BLOCKS} == {"python", "bash"}
    _signed_in(monkeypatch, live_server, trust)
    known: dict[str, Any] = {}
    for kind, text in BLOCKS:
        if kind == "python":
            exec(compile(text, "README.md", "exec"), known)  # noqa: S102 - ours
    said = capfd.readouterr().out
    assert "PSR-000123 12 Discharge letters reach practices late" in said
    assert "'#/title'" in said
    assert "escalation " in said
    assert known["receive"](*signed(CHALLENGE)) == (200, "k3J")
    assert known["receive"]({}, b"") == (400, "")
    assert Risk.objects.count() == 2
    _signed_in(monkeypatch, live_server, icb)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "safetyreg").write_text(COMMAND)
    (folder / "safetyreg").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))
    for kind, text in BLOCKS:
        if kind == "bash":
            subprocess.run(["/usr/bin/env", "bash", "-euo", "pipefail", "-c", text], check=True)
    said = capfd.readouterr().out
    assert "PSR-000123: ADVICE" in said
    assert '"external_reference": "ICB-12"' in said
    assert "risks.csv: DONE" in said
    assert trust.secret not in said
    assert (tmp_path / "open-risks.csv").exists()
    assert (tmp_path / "all-risks.xlsx").read_bytes().startswith(b"PK")
    assert '"feedback"' in (tmp_path / "changes.jsonl").read_text()


def test_it_names_every_exit_code_that_the_command_names() -> None:
    codes = re.findall(r"^\| (\d) \| ", README, flags=re.MULTILINE)
    assert codes == re.findall(r"^  (\d)  ", MORE, flags=re.MULTILINE) == [*"012345"]


def _signed_in(monkeypatch: pytest.MonkeyPatch, live_server: LiveServer, system: System) -> None:
    monkeypatch.setenv("SAFETYREG_URL", live_server.url)
    monkeypatch.setenv("SAFETYREG_CLIENT_ID", system.client.client_id)
    monkeypatch.setenv("SAFETYREG_CLIENT_SECRET", system.secret)
