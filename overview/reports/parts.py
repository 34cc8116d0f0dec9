"""The lists of a report: which rows each has, kept as ids, codes and numbers. Words are looked up when it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from overview.figures.of_hazards import SPAN
from overview.figures.scope import Scope
from overview.reports import parts_of_escalations as hops
from overview.reports import parts_of_risks as risks
from overview.reports.listing import cut
from overview.reports.looking_up import (
    ACTION,
    ACTION_OWNER,
    ANSWER,
    ASKED,
    BAND,
    BODY,
    CLOCK,
    DAY,
    MOMENT,
    NUMBER,
    OWNER,
    POSITION,
    POSITION_OF,
    RISK,
    STAGE,
    THEME,
    URGENCY,
    VERDICT,
    WORDED,
    anybody_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from accounts.actors import Actor
    from overview.reports.listing import Listing
    from overview.reports.looking_up import Kind, Row


@dataclass(frozen=True)
class Period(Scope):
    """A body at a moment, and since when it is told what changed."""

    since: datetime

    @cached_property
    def reader(self) -> Actor:
        return anybody_at(self.organisation)


@dataclass(frozen=True)
class Part:
    """One list: its heading and what it counts, its columns, how its rows are found, and what is said of none."""

    key: str
    heading: str
    says: str
    columns: tuple[tuple[str, Kind], ...]
    rows: Callable[[Any], Listing | Iterator[Row]]
    empty: str

    @property
    def kinds(self) -> list[Kind]:
        return [kind for _heading, kind in self.columns]


THE_RISK, ITS_OWNER, ITS_SCORE, ITS_BAND = ("Risk", RISK), ("Owner", OWNER), ("Score", NUMBER), ("Band", BAND)
FROM, TO = ("From", BODY), ("To", BODY)
OF_A_RISK = (THE_RISK, ITS_OWNER, ITS_SCORE, ITS_BAND)

SECTIONS: tuple[tuple[str, tuple[Part, ...]], ...] = (
    ("What changed", (
        Part("new", "New risks", "Logged since then and still open, the highest score first.", OF_A_RISK,
             risks.new, "No risk was logged."),
        Part("newly_read", "Risks that you have come to read", "Logged before, and shared with you since then.",
             OF_A_RISK, risks.newly_read, "None."),
        Part("moved", "Risks that moved into another band", "Open risks whose band is not what it was then.",
             (THE_RISK, ITS_OWNER, ("Score then", NUMBER), ("Band then", BAND), ("Score now", NUMBER),
              ("Band now", BAND)), risks.moved, "No risk moved into another band."),
        Part("closed", "Closed risks", "Closed since then.",
             (THE_RISK, ITS_OWNER, ("Why", WORDED), ("Closed", MOMENT)), risks.closed, "No risk was closed."),
    )),
    ("Top risks", (
        Part("top", "Open risks with the highest scores", f"The {risks.TOP} highest; equals by reference.",
             (*OF_A_RISK, ("How it moved", WORDED), ("Open escalations", NUMBER)), risks.top, "There is no open risk."),
        Part("positions", "Positions on the system risks among them",
             "Each body's own score, controls and actions: never one merged score.",
             (("System risk", RISK), ("Body", POSITION_OF), ("Its risk", POSITION), ITS_SCORE, ("Target", NUMBER),
              ("Controls", NUMBER), ("Actions to do", NUMBER), ("How it moved", WORDED), ("Missing", WORDED)),
             risks.positions_on_top, "None of them is a system risk with positions that you see."),
        Part("asked", "What is asked about them", "The open escalations of the risks above.",
             (THE_RISK, FROM, TO, ("Asked for", ASKED)), hops.asked_about_top, "Nothing is asked about them."),
    )),
    ("Escalations and answers", (
        Part("escalations", "Open escalations", "Of risks that you read in full, the most urgent and oldest first.",
             (THE_RISK, FROM, TO, ("Urgency", URGENCY), ("Stage", STAGE), ("Raised", MOMENT)),
             hops.open_ones, "No escalation is open."),
        Part("answers", "Answers", "Given since then, the newest first.",
             (THE_RISK, FROM, ("Answered by", BODY), ("Answer", ANSWER), ("Given", MOMENT), ("Does it help?", VERDICT)),
             hops.answers, "No answer was given."),
    )),
    ("Overdue", (
        Part("overdue", "What you owe, or are owed, and is late", "Clocks that run and have run out, oldest first.",
             (("What", CLOCK), ("Owed by", BODY), ("Owed to", BODY), THE_RISK, ("Due", MOMENT)),
             hops.overdue, "Nothing is overdue."),
        Part("late_below", "What the bodies that answer to you owe others, and is late",
             "The bodies and the clock, and nothing of what it is about.",
             (("What", CLOCK), ("Owed by", BODY), ("Owed to", BODY), ("Due", MOMENT)),
             hops.late_below, "Nothing is overdue."),
    )),
    ("Emerging", (
        Part("rising", "Themes with more new risks than before",
             "Risks logged since then, and in a time of the same length before that, by their LFPSE risk theme.",
             (("Theme", THEME), ("Logged since", NUMBER), ("Logged before", NUMBER)), risks.rising_themes,
             "No theme has more new risks than before."),
        Part("hazards", "Hazards new at several organisations",
             "Risks that are linked as the same hazard, or that are alike and not dismissed, held by several "
             f"organisations, more than half of them logged in the last {SPAN.days} days. How they are found stands "
             "beside the figure of them all.",
             (("Such as", RISK), ("Organisations", NUMBER), ("Risks", NUMBER),
              (f"Logged in the last {SPAN.days} days", NUMBER), ("Worst band", BAND)), risks.emerging_hazards, "None."),
    )),
    ("Actions", (
        Part("actions", "Actions overdue, or due within a month", "Of risks that you read in full, the earliest first.",
             (THE_RISK, ("Action", ACTION), ("By", ACTION_OWNER), ("Due", DAY)), risks.actions_due,
             "No action is due."),
    )),
)  # fmt: skip
PARTS = tuple(part for _heading, parts in SECTIONS for part in parts)


def listed(period: Period) -> dict[str, dict[str, Any]]:
    """Every list by its key: its first rows, and how many there are in all."""
    return {part.key: cut(part.rows(period)) for part in PARTS}
