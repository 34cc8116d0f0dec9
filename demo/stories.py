"""The demonstration content: risks, the stories of their escalations, and people, as typed records.

Everything in demo/content is invented. The organisations are real; what is said of them is not.
Times are given as days or hours ago, so that the content is as fresh on any day it is loaded.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from demo import references
from demo.belonging import Dismissal, Gathering, Introduction, Link, Position, Question
from demo.shape import BadContent, build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONTENT = Path(__file__).parent / "content"
LEVELS = ("provider", "icb", "region", "national")
URGENCIES = ("immediate", "band")
LONGEST_TITLE = 120

# The words that go with each step of an escalation, by its verb.
WORDS = {
    "escalate": {"reason", "ask", "urgency"},
    "acknowledge": {"handler"},
    "request_information": {"question"},
    "give_information": {"information"},
    "accept": {"plan"},
    "update": {"text"},
    "escalate_on": {"reason", "ask"},
    "answer": {"outcome", "text"},
    "confirm": {"text"},
    "dispute": {"why"},
    "withdraw": {"why"},
    "bypass": {"reason", "ask"},
}


@dataclass(frozen=True)
class Judgement:
    """One score with its reason. Without `days_ago` it was given when the risk was logged."""

    likelihood: int
    consequence: int
    why: str
    days_ago: int | None = None

    def __post_init__(self) -> None:
        if not {self.likelihood, self.consequence} <= set(range(1, 6)):
            raise ValueError("likelihood and consequence are each from 1 to 5")

    @property
    def score(self) -> int:
        return self.likelihood * self.consequence


@dataclass(frozen=True)
class Task:
    """An action on a risk. Negative `due_in_days` is in the past; done if it says how long ago."""

    what: str
    due_in_days: int
    done_days_ago: int | None = None


@dataclass(frozen=True)
class Remark:
    """A comment, by the risk's own organisation unless `organisation` names another by its code."""

    text: str
    days_ago: int
    organisation: str = ""


@dataclass(frozen=True)
class Closure:
    """How a risk was closed: a closure reason of the register, and words."""

    days_ago: int
    reason: str
    words: str


@dataclass(frozen=True)
class Step:
    """One thing done in an escalation, by the body at a level of the chain, with the words of its verb.

    It is about the newest escalation of the chain that this body received or, for what only the body that asks can do
    (give information, confirm, dispute, withdraw, bypass), that it sent.
    """

    verb: str
    by: str
    days_ago: int = 0
    hours_ago: int = 0
    reason: str = ""
    ask: str = ""
    urgency: str = ""
    handler: str = ""
    question: str = ""
    information: str = ""
    text: str = ""
    plan: str = ""
    outcome: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        if self.verb not in WORDS:
            raise ValueError(f"unknown verb {self.verb!r}")
        if self.by not in LEVELS:
            raise ValueError(f"unknown level {self.by!r}")
        if not self.ago:
            raise ValueError("say days_ago or hours_ago")
        self._check_words()

    def _check_words(self) -> None:
        given = {name for name in set().union(*WORDS.values()) if getattr(self, name)}
        if given != WORDS[self.verb]:
            raise ValueError(f"{self.verb} takes {sorted(WORDS[self.verb])}, found {sorted(given)}")
        if self.urgency not in ("", *URGENCIES):
            raise ValueError(f"unknown urgency {self.urgency!r}")

    @property
    def ago(self) -> timedelta:
        return timedelta(days=self.days_ago, hours=self.hours_ago)

    @property
    def words(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in sorted(WORDS[self.verb])}


@dataclass(frozen=True)
class Chain:
    """An escalation from the risk's organisation upwards. `overdue` names the clocks meant to have run out."""

    steps: tuple[Step, ...]
    asked: str = ""
    why_this_body: str = ""
    overdue: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.asked) != bool(self.why_this_body):
            raise ValueError("asked and why_this_body go together")
        if not self.steps or self.steps[0].verb != "escalate":
            raise ValueError("a chain starts with escalate")

    def bodies(self, owner: str, parents: Mapping[str, str]) -> dict[str, str]:
        """Who stands at each level, from the lowest up: level to ODS code. `parents` gives each code its parent's."""
        path = [owner, self.asked or parents[owner]]
        while path[-1] in parents:
            path.append(parents[path[-1]])
        return dict(zip(LEVELS[-len(path) :], path, strict=True))


@dataclass(frozen=True)
class DemoRisk:
    """A risk with everything that has happened to it. A draft may leave out what is not yet known.

    On one and the same day it is logged before it is scored, scored before it is reviewed, and closed last.
    `involves` names who is asked for a position when it is logged, `late` whose position is meant to be overdue, and
    `lacks` what its owner has yet to give it, for others to see that it is missing.
    """

    key: str
    organisation: str
    title: str
    cause: str
    logged_days_ago: int
    event: str = ""
    effect: str = ""
    theme: str = ""
    process: str = ""
    services: tuple[str, ...] = ()
    reach: str = ""
    population: str = ""
    other_bodies: str = ""
    involves: tuple[str, ...] = ()
    initial: Judgement | None = None
    current: Judgement | None = None
    target: Judgement | None = None
    controls: tuple[str, ...] = ()
    actions: tuple[Task, ...] = ()
    comments: tuple[Remark, ...] = ()
    reviews: tuple[int, ...] = ()
    draft: bool = False
    closed: Closure | None = None
    chains: tuple[Chain, ...] = ()
    questions: tuple[Question, ...] = ()
    positions: tuple[Position, ...] = ()
    late: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    gathers: tuple[Gathering, ...] = ()
    introductions: tuple[Introduction, ...] = ()
    dismissals: tuple[Dismissal, ...] = ()
    lacks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.title) > LONGEST_TITLE:
            raise ValueError(f"the title is longer than {LONGEST_TITLE} characters")
        if stray := [name for name in self.lacks if name not in MAY_LACK or getattr(self, name)]:
            raise ValueError(f"it cannot lack {stray[0]!r}: that is there, or needed")
        if not self.draft and (unsaid := [name for name in self._needs if not getattr(self, name)]):
            raise ValueError(f"a logged risk needs {unsaid[0]!r}")

    @property
    def _needs(self) -> list[str]:
        return [name for name in LOGGED_NEEDS if name not in self.lacks]

    @property
    def asked(self) -> set[str]:
        """Those who are asked for their position by name, when it is logged or later."""
        return {*self.involves, *(code for question in self.questions for code in question.organisations)}

    def score_at(self, days_ago: float) -> Judgement | None:
        """The score that stood so many days ago."""
        if self.current and (self.current.days_ago is None or self.current.days_ago >= days_ago):
            return self.current
        return self.initial


LOGGED_NEEDS = ("event", "effect", "theme", "process", "services", "reach", "initial", "target", "controls")
MAY_LACK = ("target", "controls")


@dataclass(frozen=True)
class Post:
    """A role that a person holds in an organisation."""

    organisation: str
    role: str


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    memberships: tuple[Post, ...]


@dataclass(frozen=True)
class _RiskFile:
    risks: tuple[DemoRisk, ...]


@dataclass(frozen=True)
class _PeopleFile:
    people: tuple[Person, ...]


def read_risks(folder: Path = CONTENT / "risks") -> list[DemoRisk]:
    """Every risk of every file in the folder, longest logged first. Raises BadContent."""
    placed = [
        (f"{path.name}, risks {number}", risk)
        for path in sorted(folder.glob("*.toml"))
        for number, risk in enumerate(build(_RiskFile, _table(path), path.name).risks, start=1)
    ]
    risks = [risk for _where, risk in placed]
    _refuse_twice("risk", (risk.key for risk in risks))
    references.check(placed)
    return sorted(risks, key=lambda risk: (-risk.logged_days_ago, risk.key))


def read_people(path: Path = CONTENT / "people.toml") -> list[Person]:
    """Everybody, in the order of the file: the first person of a role is the one who acts. Raises BadContent."""
    people = list(build(_PeopleFile, _table(path), path.name).people)
    _refuse_twice("person", (person.email for person in people))
    return people


def _table(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise BadContent(f"{path.name}: {wrong}") from wrong


def _refuse_twice(what: str, keys: Iterable[str]) -> None:
    for key, times in Counter(keys).items():
        if times > 1:
            raise BadContent(f"the {what} {key} is there {times} times")
