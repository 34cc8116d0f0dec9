"""Every benchmark, one after the other, in one register: `python -m bench.measuring 20000 told.json`."""

from __future__ import annotations

import gc
import json
import logging
import sys
import time
from pathlib import Path

from bench.database import database
from bench.timing import told
from dev.steps import StepFailed, explain
from dev.supervisor import Stopped


def main(risks: int, file: Path) -> None:
    with database():
        from bench import figures, importing, look_alikes, pages, register, reports, search

        started = time.perf_counter()
        made = register.build(risks)
        print(f"A register of {risks:,} risks, made in {time.perf_counter() - started:.0f} s\n", flush=True)
        logging.getLogger("django.request").setLevel(logging.ERROR)  # a provider who asks for triage is refused
        gc.collect()
        gc.freeze()  # what building left behind is no part of what a server looks through while it answers
        for benchmark in (search, look_alikes, figures, reports, pages, importing):  # each prints what it measured
            benchmark.run(made)
    file.write_text(json.dumps(told))


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), Path(sys.argv[2]))
    except StepFailed as failure:
        explain(failure)
        sys.exit(1)
    except Stopped:
        sys.exit(130)
