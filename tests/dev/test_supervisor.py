"""No program outlives the supervisor that started it, however that ends."""

import fcntl
import signal
import subprocess
import sys

import pytest

from dev.programs import Program, wait_for, works
from dev.steps import ROOT, StepFailed
from dev.supervisor import Supervisor

# A program that holds a lock for as long as it lives, and a supervisor that runs it and one that ignores SIGTERM.
HOLD = "import fcntl, sys, time; lock = open(sys.argv[1], 'a'); fcntl.flock(lock, fcntl.LOCK_EX); time.sleep(600)"
SUPERVISE = f"""
import sys
from pathlib import Path
from dev.programs import Program
from dev.supervisor import Stopped, stopping_everything
folder = Path(sys.argv[1])
try:
    with stopping_everything() as supervisor:
        for name in ("first", "second"):
            command = [sys.executable, "-c", {HOLD!r}, str(folder / name)]
            supervisor.start(Program(name, command, folder / "log"))
        supervisor.watch()
except Stopped:
    print("stopped in order")
"""


@pytest.fixture
def supervisor(tmp_path):
    """A supervisor in a process of its own, with two programs running."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        wait_for(lambda: _held(tmp_path / "first") and _held(tmp_path / "second"), seconds=20, what="Starting")
        yield process
        process.kill()


def _held(file):
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _wait_until_all_ended(folder):
    wait_for(lambda: not _held(folder / "first") and not _held(folder / "second"), seconds=20, what="Ending")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_every_program(supervisor, tmp_path, number):
    supervisor.send_signal(number)
    assert supervisor.stdout.read() == "stopped in order\n"
    _wait_until_all_ended(tmp_path)


@pytest.mark.skipif(not works("setpriv", "--pdeathsig", "TERM", "--", "true"), reason="needs Linux and setpriv")
def test_programs_end_when_the_supervisor_is_killed(supervisor, tmp_path):
    supervisor.kill()
    _wait_until_all_ended(tmp_path)


def test_a_program_that_ignores_the_signal_is_ended(tmp_path):
    ready = tmp_path / "ready"
    deaf = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(ready)!r}, 'w'); time.sleep(600)"
    program = Program("deaf", [sys.executable, "-c", deaf], tmp_path / "log")
    program.start()
    wait_for(ready.exists, seconds=20, what="Starting")
    program.stop(seconds=0.1)
    assert not program.running


def test_a_program_that_ended_is_started_again(tmp_path, capsys):
    starts = tmp_path / "starts"
    supervisor = Supervisor()
    supervisor.start(Program("worker", ["sh", "-c", f"echo started >> {starts}; sleep 0.1"], tmp_path / "log"))
    supervisor.watch(until=lambda: starts.exists() and len(starts.read_text().splitlines()) == 2)
    supervisor.stop()
    assert "worker ended and is started again" in capsys.readouterr().out


def test_a_program_that_keeps_ending_is_given_up_with_the_name_of_its_log(tmp_path):
    supervisor = Supervisor()
    supervisor.start(Program("worker", ["false"], tmp_path / "worker.log"))
    with pytest.raises(StepFailed, match="worker keeps ending") as failure:
        supervisor.watch()
    assert "worker.log" in failure.value.advice
