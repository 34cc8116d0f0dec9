"""What relates the demonstration's risks to each other, as typed records: positions, links, introductions, dismissals.

Other risks are named by their keys, organisations by their ODS codes.
"""

from __future__ import annotations

from dataclasses import dataclass

LINK_KINDS = ("SAME_HAZARD", "CONTRIBUTES_TO", "CAUSES", "RELATED")
# What an organisation may do about a link, and whether it says why.
CONSENTS = {"accept": False, "decline": True, "withdraw": True}


@dataclass(frozen=True)
class Question:
    """Organisations asked for their positions some time after the risk was logged: some by name, or all of an ICB's."""

    days_ago: int
    organisations: tuple[str, ...] = ()
    all_providers_of: str = ""
    question: str = ""

    def __post_init__(self) -> None:
        if not self.organisations and not self.all_providers_of:
            raise ValueError("say organisations or all_providers_of")


@dataclass(frozen=True)
class Position:
    """What an organisation asked has answered: why it is not affected, or a risk of its own.

    It picks one that it has logged before, or logs one as its answer, on the day on which that risk says it was logged.
    """

    by: str
    days_ago: int = 0
    not_affected: str = ""
    picks: str = ""
    logs: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        if [bool(self.not_affected), bool(self.picks), bool(self.logs)].count(True) != 1:
            raise ValueError("say one of not_affected, picks and logs")
        if bool(self.logs) == bool(self.days_ago):
            raise ValueError("say days_ago, but not with logs: the risk that is logged says when")
        if self.not_affected and self.kind:
            raise ValueError("kind goes with a risk of its own")
        if self.kind:
            _check_kind(self.kind)


@dataclass(frozen=True)
class Consent:
    """What an owner, or whoever proposed it, did about a link."""

    verb: str
    by: str
    days_ago: int
    why: str = ""

    def __post_init__(self) -> None:
        if self.verb not in CONSENTS:
            raise ValueError(f"unknown verb {self.verb!r}")
        if bool(self.why) != CONSENTS[self.verb]:
            raise ValueError(f"{self.verb} {'needs' if CONSENTS[self.verb] else 'takes no'} 'why'")


@dataclass(frozen=True)
class Other:
    """The other risk of a link, and what became of it. `late` names owners whose answer is meant to be overdue."""

    risk: str
    steps: tuple[Consent, ...] = ()
    late: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A link proposed from this risk, by its own organisation unless `proposed_by` names a body above both."""

    days_ago: int
    kind: str
    reason: str
    to: Other
    proposed_by: str = ""

    def __post_init__(self) -> None:
        _check_kind(self.kind)


@dataclass(frozen=True)
class Gathering:
    """Risks of others that this one, a system risk, gathers at one time."""

    days_ago: int
    reason: str
    contributors: tuple[Other, ...]


@dataclass(frozen=True)
class Introduced:
    """The links that the ICB proposed when it was asked to introduce."""

    days_ago: int
    kind: str
    reason: str
    to: tuple[Other, ...]

    def __post_init__(self) -> None:
        _check_kind(self.kind)


@dataclass(frozen=True)
class Declined:
    days_ago: int
    why: str


@dataclass(frozen=True)
class Introduction:
    """A request to the ICB, and how it was answered. It waits if nothing is said; `late` if it is to be overdue."""

    days_ago: int
    reason: str
    made: Introduced | None = None
    declined: Declined | None = None
    withdrawn_days_ago: int | None = None
    late: bool = False

    def __post_init__(self) -> None:
        ends = [self.made is not None, self.declined is not None, self.withdrawn_days_ago is not None, self.late]
        if ends.count(True) > 1:
            raise ValueError("say one of made, declined, withdrawn_days_ago and late")

    @property
    def ended_days_ago(self) -> int | None:
        answer = self.made or self.declined
        return answer.days_ago if answer else self.withdrawn_days_ago


@dataclass(frozen=True)
class Dismissal:
    """That a body above found that this risk and another do not belong together."""

    other: str
    by: str
    days_ago: int
    reason: str


def _check_kind(kind: str) -> None:
    if kind not in LINK_KINDS:
        raise ValueError(f"unknown kind {kind!r}")
