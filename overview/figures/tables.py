"""What a figure is: a raw table, made for one body at one moment, with words and links added when it is shown.

Values are kept raw (codes, ids and numbers), because a table is kept for minutes in a snapshot and for years in a
report: names of organisations and titles of risks are looked up among what the reader may see at the moment of reading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from accounts.models import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from overview.figures.scope import Scope

Row = list[Any]


class Holds(Enum):
    """What the values of a column are, and so how they are put into words (`overview.figures.showing`)."""

    ORGANISATION = "organisation"  # the id, as text
    RISK = "risk"  # the id, as text; a row about a risk that the reader does not see is not shown
    RISKS = "risks"  # ids, as text: shown as how many there are, and leading to those of them that the reader sees
    THEME = "theme"
    PROCESS = "process"
    BAND = "band"
    LIKELIHOOD = "likelihood"
    CONSEQUENCE = "consequence"
    STAGE = "stage"  # the status of an escalation
    URGENCY = "urgency"
    OUTCOME = "outcome"  # of an answer to an escalation
    CLOCK = "clock"  # the kind of a deadline
    LEVEL = "level"
    MONTH = "month"  # 2026-11
    DAY = "day"  # 2026-11-30
    WORDS = "words"  # as it is, from a fixed list of this project: never what a person typed
    NUMBER = "number"
    DAYS = "days"
    SHARE = "share"  # from 0 to 1; None where there is nothing to take a share of


COUNTS = {Holds.NUMBER, Holds.RISKS}
NUMERIC = COUNTS | {Holds.DAYS, Holds.SHARE}


@dataclass(frozen=True)
class Column:
    """`none` is what is said where there is no value."""

    key: str
    heading: str
    holds: Holds
    none: str = "none"


@dataclass(frozen=True)
class Figure:
    """One figure of the dashboard: `rows` makes its raw table. `links` give, by the key of a column, the address of the
    list behind the number in it. They are given the values of its row by the keys of the columns, with an Organisation
    or a Risk in the place of its id, and of several ids those risks that the reader sees.

    Tables outlive a release: a figure whose columns change is given another key.

    `says` is how it is counted, exactly, for the reader. `levels` are those whose dashboards have it.
    """

    key: str
    heading: str
    says: str
    columns: tuple[Column, ...]
    rows: Callable[[Scope], list[Row]]
    links: Mapping[str, Callable[[Mapping[str, Any]], str]] = field(default_factory=dict)
    levels: frozenset[str] = frozenset(Level.values)
