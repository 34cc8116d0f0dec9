"""Reading policy.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.access.cast import KINDS

FILE = Path(__file__).parent / "policy.csv"


@dataclass(frozen=True)
class Row:
    route: str
    methods: tuple[str, ...]
    subjects: tuple[str, ...]
    answers: dict[str, str]
    note: str


@cache
def rows() -> tuple[Row, ...]:
    with FILE.open(newline="") as file:
        return tuple(
            Row(
                route=line["route"],
                methods=tuple(line["method"].split()),
                subjects=tuple(line["subject"].split()),
                answers={kind: line[kind] for kind in KINDS},
                note=line["note"],
            )
            for line in csv.DictReader(file)
        )


def by_route() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows():
        found.setdefault(row.route, []).append(row)
    return found
