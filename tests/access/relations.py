"""Who reads what: relations.csv says how far each organisation reads each risk, fields.csv what that lets it read.

`title` is all that is read of the risk of whoever proposes a link, until that is accepted. `part` is what an involved
or linked organisation reads. `position` is that and what a system risk shows its owner of each that contributes.
exchanges.csv says who reads the words that organisations say to each other, and whether on pages or over the API.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from tests.access.cast import KINDS

HERE = Path(__file__).parent
ADMINISTRATOR = "administrator"
HOW_FAR = ("-", "title", "part", "position", "full")


@cache
def relations() -> dict[str, dict[str, str]]:
    with (HERE / "relations.csv").open(newline="") as file:
        return {line["subject"]: line for line in csv.DictReader(file)}


@cache
def fields() -> dict[str, str]:
    """How far somebody has to read a risk to read a field of it."""
    with (HERE / "fields.csv").open(newline="") as file:
        return {line["field"]: line["read by"] for line in csv.DictReader(file)}


@cache
def exchanges() -> dict[tuple[str, str], dict[str, str]]:
    with (HERE / "exchanges.csv").open(newline="") as file:
        return {(line["exchange"], line["field"]): line for line in csv.DictReader(file)}


def reads(kind: str, subject: str) -> str:
    """How far a kind of actor reads a risk: one of `HOW_FAR`."""
    _words, organisation, _role = KINDS[kind]
    return relations()[subject][organisation] if organisation and kind != ADMINISTRATOR else "-"


def sees(kind: str, subject: str) -> bool:
    """Whether there is such a risk for them, in lists and under its address: to have read its title is not enough."""
    return HOW_FAR.index(reads(kind, subject)) >= HOW_FAR.index("part")


def may_read(kind: str, subject: str, field: str) -> bool:
    return HOW_FAR.index(reads(kind, subject)) >= HOW_FAR.index(fields()[field])


def may_hear(kind: str, exchange: str, field: str, where: str = "pages API") -> bool:
    """Whether they read what was said, on "pages", over the "API", or on either."""
    _words, organisation, _role = KINDS[kind]
    if not organisation or kind == ADMINISTRATOR:
        return False
    line = exchanges()[exchange, field]
    return line[organisation] == "yes" and bool(set(where.split()) & set(line["shown on"].split()))


def knows(kind: str, subject: str) -> bool:
    """Whether they may know its reference: what they were told while they saw it goes on naming it."""
    _words, organisation, _role = KINDS[kind]
    was_told = organisation in relations()[subject]["was told"].split() and kind != ADMINISTRATOR
    return sees(kind, subject) or was_told
