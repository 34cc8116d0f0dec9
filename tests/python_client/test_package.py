"""The package as it is installed: its wheel is built here, without a network, and holds what it should."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from flit_core import buildapi

import safetyreg_client
from safetyreg_client import transport

if TYPE_CHECKING:
    import pytest

SOURCE = Path(safetyreg_client.__file__).parents[1]
USED = re.compile(r"^(?:from|import) (\w+)", re.MULTILINE)


def test_its_wheel_holds_the_package_its_types_and_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SOURCE.parent)
    wheel = tmp_path / buildapi.build_wheel(str(tmp_path))
    with ZipFile(wheel) as found:
        names = set(found.namelist())
        info = next(name for name in names if name.endswith("/METADATA")).removesuffix("METADATA")
        metadata = message_from_bytes(found.read(f"{info}METADATA"))
        commands = found.read(f"{info}entry_points.txt").decode()
        found.extractall(tmp_path / "installed")
    written = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*") if path.suffix in (".py", ".typed")}
    assert "safetyreg_client/py.typed" in written
    assert {name for name in names if not name.startswith(info)} == written
    assert (metadata["Name"], metadata["Requires-Python"]) == ("safetyreg-client", ">=3.11")
    assert metadata["Requires-Dist"] is None
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert f"safetyreg-client/{metadata['Version']}" == transport.USER_AGENT
    assert "safetyreg=safetyreg_client.commands:main" in commands
    done = subprocess.run(
        [sys.executable, "-S", "-m", "safetyreg_client", "--help"],  # -S: without any package that is installed here
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "acknowledge" in done.stdout


def test_it_imports_nothing_but_python_itself() -> None:
    imported = {name for file in SOURCE.rglob("*.py") for name in USED.findall(file.read_text())}
    assert imported - {"safetyreg_client", "__future__"} <= sys.stdlib_module_names
