"""Starting the register on one machine: what is refused, and in which words."""

import os
import socket
import subprocess
import sys

import pytest
import yaml

from dev import run
from dev.steps import ROOT, StepFailed


def test_a_port_in_use_is_named_and_another_one_suggested():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with pytest.raises(StepFailed, match=f"Port {port} cannot be used: Address already in use") as refusal:
            run.chosen_port(port)
    assert "make run PORT=" in refusal.value.advice


@pytest.mark.parametrize("text", ["http", "0", "-1", "65536", "80.5", ""])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(StepFailed, match="is no port"):
        run.chosen_port(text)


def test_a_second_run_is_refused_and_told_where_the_first_one_is(tmp_path):
    with run.only_one_run(tmp_path / "lock") as note:
        note("http://127.0.0.1:8000/")
        with pytest.raises(
            StepFailed, match=r"already running from this folder, at http://127\.0\.0\.1:8000/"
        ) as refusal:
            _run_again(tmp_path)
    assert f"`kill {os.getpid()}`" in refusal.value.advice


def test_a_run_after_the_first_has_ended_is_not_refused(tmp_path):
    _run_again(tmp_path)
    _run_again(tmp_path)


def _run_again(folder):
    with run.only_one_run(folder / "lock"):
        pass


def test_the_secret_key_is_made_once_and_for_the_owner_only(tmp_path):
    file = tmp_path / "secret-key"
    key = run.secret_key(file)
    assert len(key) >= 50
    assert run.secret_key(file) == key
    assert file.stat().st_mode & 0o077 == 0


def test_the_containers_run_the_same_commands():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert {part: services[part]["command"] for part in run.PARTS} == run.PARTS


def test_the_register_refuses_to_start_without_a_secret_key():
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": ""},
        capture_output=True,
        check=False,
        text=True,
    )
    assert started.returncode
    assert "Set SECRET_KEY in the environment" in started.stderr
