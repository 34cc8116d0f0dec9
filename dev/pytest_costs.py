"""`pytest -p dev.pytest_costs` prints the processor time that each file of tests takes, most first.

It is that of Python alone; PostgreSQL and Chromium come on top. Unlike wall time it hardly depends on what else runs.
"""

import time
from collections import Counter
from collections.abc import Generator

import pytest

MOST = 30
spent: Counter[str] = Counter()
_counted = time.process_time()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Each report, of a setup, a call or a teardown, carries what was spent since the one before."""
    global _counted
    report = yield
    now = time.process_time()
    vars(report)["processor"], _counted = now - _counted, now
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    spent[report.nodeid.partition("::")[0]] += getattr(report, "processor", 0)  # a worker that died measured nothing


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section(f"processor time: {sum(spent.values()):.0f} s")
    for file, seconds in spent.most_common(MOST):
        terminalreporter.write_line(f"{seconds:7.1f} s  {file}")
