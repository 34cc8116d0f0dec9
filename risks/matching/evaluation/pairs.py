"""Reading a file of pairs: one hazard on each line, as two organisations wrote it."""

from __future__ import annotations

import csv
from pathlib import Path

from risks.matching.texts import RiskText

HERE = Path(__file__).parent
GIVEN = HERE / "given_pairs.tsv"  # what the register was asked to be measured on
OWN = HERE / "own_pairs.tsv"  # written for this project; the vocabulary has grown by what they showed
HELD_OUT = HERE / "held_out_pairs.tsv"  # written last: no word was ever added because of them, and none must be


def read(path: Path) -> list[tuple[RiskText, RiskText]]:
    """Both sides of each pair, from tab-separated columns id, org_a, title_a, text_a, org_b, title_b, text_b.

    Raises KeyError if a column is missing, OSError if there is no such file.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (RiskText(row["title_a"], row["text_a"]), RiskText(row["title_b"], row["text_b"]))
            for row in csv.DictReader(file, delimiter="\t")
        ]
