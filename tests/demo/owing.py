"""What the relations of the demonstration's risks make organisations owe, written down apart from the register's code.

A position, an answer to a proposed link and an introduction are each due within ten working days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.demo.rules import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from demo.belonging import Other
    from demo.stories import DemoRisk

WORKING_DAYS = 10


@dataclass(frozen=True)
class Owed:
    """One thing owed from `since` days ago; `until` days ago it was done or owed no more, if it was."""

    kind: str
    by: str
    since: int
    until: int | None
    meant_late: bool

    @property
    def is_over(self) -> bool:
        return self.until is None and Clock(WORKING_DAYS, self.since).is_surely_over(0)

    @property
    def is_running(self) -> bool:
        return self.until is None and Clock(WORKING_DAYS, self.since).is_surely_running(0)


def owed_on(
    risk: DemoRisk, risks: Mapping[str, DemoRisk], parents: Mapping[str, str], providers: Mapping[str, set[str]]
) -> list[Owed]:
    """Everything owed because of one risk. `providers` gives an ICB's open ones."""
    if risk.draft:
        return []
    return [*_positions(risk, risks, providers), *_answers_to_links(risk, risks), *_introductions(risk, parents)]


def _positions(risk: DemoRisk, risks: Mapping[str, DemoRisk], providers: Mapping[str, set[str]]) -> Iterator[Owed]:
    asked = dict.fromkeys(risk.involves, risk.logged_days_ago)
    for question in sorted(risk.questions, key=lambda question: -question.days_ago):
        many = providers[question.all_providers_of] - asked.keys() if question.all_providers_of else set()
        asked |= dict.fromkeys([*question.organisations, *many], question.days_ago)
    answered = {position.by: position.days_ago or risks[position.logs].logged_days_ago for position in risk.positions}
    for by, since in asked.items():
        yield Owed("POSITION", by, since, answered.get(by), by in risk.late)


def links_of(risk: DemoRisk) -> Iterator[tuple[int, str, str, Other]]:
    """Each link proposed from a risk: when, by whom (or an empty text for the ICB that introduces), kind, to what."""
    for link in risk.links:
        yield link.days_ago, link.proposed_by or risk.organisation, link.kind, link.to
    for gathering in risk.gathers:
        for other in gathering.contributors:
            yield gathering.days_ago, risk.organisation, "CONTRIBUTES_TO", other
    for introduction in risk.introductions:
        if made := introduction.made:
            for other in made.to:
                yield made.days_ago, "", made.kind, other


def status(risk: DemoRisk, by: str, other: Other, risks: Mapping[str, DemoRisk]) -> str:
    """Where a proposed link stands now."""
    verbs = [step.verb for step in other.steps]
    if "withdraw" in verbs:
        return "WITHDRAWN"
    if "decline" in verbs:
        return "DECLINED"
    return "PROPOSED" if _owners(risk, by, other, risks) - {step.by for step in other.steps} else "ACCEPTED"


def _owners(risk: DemoRisk, by: str, other: Other, risks: Mapping[str, DemoRisk]) -> set[str]:
    """Those who have to accept."""
    return {risk.organisation, risks[other.risk].organisation} - {by}


def _answers_to_links(risk: DemoRisk, risks: Mapping[str, DemoRisk]) -> Iterator[Owed]:
    for since, by, _kind, other in links_of(risk):
        ended = [step.days_ago for step in other.steps if step.verb != "accept"]
        for owner in sorted(_owners(risk, by, other, risks)):
            own = [step.days_ago for step in other.steps if step.by == owner]
            yield Owed("LINK", owner, since, max([*own, *ended], default=None), owner in other.late)


def _introductions(risk: DemoRisk, parents: Mapping[str, str]) -> Iterator[Owed]:
    for one in risk.introductions:
        yield Owed("INTRODUCE", parents[risk.organisation], one.days_ago, one.ended_days_ago, one.late)


def meant_late(risks: Iterable[DemoRisk]) -> list[str]:
    """The kinds of the clocks that the content means to be over."""
    kinds = []
    for risk in risks:
        kinds += ["POSITION"] * len(risk.late)
        kinds += ["LINK" for *_, other in links_of(risk) for _owner in other.late]
        kinds += ["INTRODUCE" for introduction in risk.introductions if introduction.late]
    return kinds
