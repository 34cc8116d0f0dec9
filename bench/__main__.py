"""`make bench`: every benchmark in a register of RISKS risks and before it in one of a tenth, and how the costs grow.

Each register is measured by a process of its own. The table of both is written to var/bench.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import growth
from bench.timing import Measured
from dev.steps import ROOT

SMALLER = 10  # times as few risks
TABLE = ROOT / "var" / "bench.md"


def main() -> int:
    risks = int(os.environ.get("RISKS", "200000"))
    told = {}
    for number in (risks // SMALLER, risks):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "told.json"
            done = subprocess.run([sys.executable, "-m", "bench.measuring", str(number), str(file)], check=False)
            if done.returncode:
                return done.returncode
            told[number] = [Measured(*row) for row in json.loads(file.read_text())]
    TABLE.write_text(growth.table(told))
    print(growth.verdict(told), f"The table is in {TABLE.relative_to(ROOT)}.", sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
