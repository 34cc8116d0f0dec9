"""`make bench`: every benchmark, one after the other, in one register of RISKS risks."""

import os
import sys
import time

from bench.database import database
from dev.steps import StepFailed, explain
from dev.supervisor import Stopped


def main() -> int:
    risks = int(os.environ.get("RISKS", "200000"))
    with database():
        from bench import figures, importing, look_alikes, pages, register, reports, search

        started = time.perf_counter()
        made = register.build(risks)
        print(f"A register of {risks:,} risks, made in {time.perf_counter() - started:.0f} s\n", flush=True)
        for benchmark in (search, look_alikes, figures, reports, pages, importing):  # each prints what it measured
            benchmark.run(made)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StepFailed as failure:
        explain(failure)
        sys.exit(1)
    except Stopped:
        sys.exit(130)
