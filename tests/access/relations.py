"""Who reads what: relations.csv says how far each organisation reads each risk, fields.csv what that lets it read."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from tests.access.cast import KINDS

HERE = Path(__file__).parent
ADMINISTRATOR = "administrator"
HOW_FAR = ("-", "part", "full")


@cache
def relations() -> dict[str, dict[str, str]]:
    with (HERE / "relations.csv").open(newline="") as file:
        return {line["subject"]: line for line in csv.DictReader(file)}


@cache
def fields() -> dict[str, str]:
    """How far somebody has to read a risk to read a field of it."""
    with (HERE / "fields.csv").open(newline="") as file:
        return {line["field"]: line["read by"] for line in csv.DictReader(file)}


def reads(kind: str, subject: str) -> str:
    """How far a kind of actor reads a risk: "-", "part" or "full"."""
    _words, organisation, _role = KINDS[kind]
    return relations()[subject][organisation] if organisation and kind != ADMINISTRATOR else "-"


def may_read(kind: str, subject: str, field: str) -> bool:
    return HOW_FAR.index(reads(kind, subject)) >= HOW_FAR.index(fields()[field])


def knows(kind: str, subject: str) -> bool:
    """Whether they may know its reference: what they were told while they saw it goes on naming it."""
    _words, organisation, _role = KINDS[kind]
    was_told = organisation in relations()[subject]["was told"].split() and kind != ADMINISTRATOR
    return reads(kind, subject) != "-" or was_told
