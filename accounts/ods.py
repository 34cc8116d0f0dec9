"""The project's own table of NHS organisations, as in `reference/`: what the Organisation Data Service says of them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from accounts.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = Path(__file__).parent / "reference"
FROM_THE_TOP = (Level.NATIONAL, Level.REGION, Level.ICB, Level.PROVIDER)


@dataclass(frozen=True)
class OrganisationRow:
    """One organisation. `parent` is the ODS code of the organisation above, empty for the national body."""

    ods_code: str
    name: str
    level: Level
    kind: str
    parent: str
    opened_on: date | None
    closed_on: date | None


@dataclass(frozen=True)
class SuccessionRow:
    """One body taking over from another, by ODS code. `scope` is empty where it took over everything."""

    predecessor: str
    successor: str
    legal_on: date
    scope: str


def rows() -> list[OrganisationRow]:
    """Every organisation, from the top down: a parent comes before its children."""
    organisations = [
        OrganisationRow(
            ods_code=line["ods_code"],
            name=line["name"],
            level=Level(line["level"]),
            kind=line["kind"],
            parent=line["parent"],
            opened_on=_date(line["opened_on"]),
            closed_on=_date(line["closed_on"]),
        )
        for line in _lines("organisations.csv")
    ]
    return sorted(organisations, key=lambda row: FROM_THE_TOP.index(row.level))


def successions() -> list[SuccessionRow]:
    return [
        SuccessionRow(
            predecessor=line["predecessor"],
            successor=line["successor"],
            legal_on=date.fromisoformat(line["legal_on"]),
            scope=line["scope"],
        )
        for line in _lines("successions.csv")
    ]


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
