"""A worker of its own process that makes reports as Celery beat asks it to, and is killed (SIGKILL) at a moment that
the first argument names.

`beginning`: the monthly report is begun, and that is not committed. `counting`, `drawing` and `writing`: in the middle
of that step. `telling`: the report is ready and told of, and neither is committed. `told`: all is committed, and the
worker has not said that it is done. `waiting`: it says that it draws, and goes on when it is told to.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any


def die(*_anything: Any, **_more: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def main(moment: str) -> None:
    import django

    django.setup()

    from django.utils import timezone  # isort: skip

    from overview import tasks  # isort: skip
    from overview.figures import snapshots  # isort: skip
    from overview.reports import pdf, scheduling, services, workbook  # isort: skip
    from tests.factories import NOW  # isort: skip

    timezone.now = lambda: NOW
    place, name = {
        "beginning": (scheduling, "record"),
        "counting": (snapshots, "_one_moment"),
        "drawing": (pdf, "drawn"),
        "writing": (workbook, "written"),
        "telling": (services, "_tell"),
        "told": (services, "work"),
        "waiting": (pdf, "drawn"),
    }[moment]
    done = getattr(place, name)

    def afterwards(*given: Any, **named: Any) -> Any:
        die(done(*given, **named))

    def when_told_to(*given: Any, **named: Any) -> Any:
        sys.stdout.write("drawing\n")
        sys.stdout.flush()
        sys.stdin.readline()
        return done(*given, **named)

    is_after = moment in ("beginning", "telling", "told")
    setattr(place, name, when_told_to if moment == "waiting" else afterwards if is_after else die)
    tasks.make_reports()


if __name__ == "__main__":
    main(sys.argv[1])
