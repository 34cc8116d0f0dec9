"""Refusing content that names a risk that is not there, or lets somebody speak who was not asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from demo.shape import BadContent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from demo.belonging import Other
    from demo.stories import DemoRisk

Placed = tuple[str, "DemoRisk"]  # a risk with what an error calls its place


def check(placed: Iterable[Placed]) -> None:
    """Raises BadContent, saying where."""
    placed = list(placed)
    risks = {risk.key: risk for _where, risk in placed}
    for where, risk in placed:
        for place, key in _named(where, risk):
            _check_key(place, key, risk, risks)
        _check_positions(where, risk, risks)
        for place, other, proposers in _others(where, risk):
            _check_consents(place, other, {risk.organisation, risks[other.risk].organisation, *proposers})
    _refuse_logged_twice(placed)


def _named(where: str, risk: DemoRisk) -> Iterator[tuple[str, str]]:
    """The keys of other risks that a risk names, each with its place."""
    for number, position in enumerate(risk.positions, start=1):
        if key := position.picks or position.logs:
            yield f"{where}, positions {number}", key
    for place, other, _proposers in _others(where, risk):
        yield place, other.risk
    for number, dismissal in enumerate(risk.dismissals, start=1):
        yield f"{where}, dismissals {number}", dismissal.other


def _others(where: str, risk: DemoRisk) -> Iterator[tuple[str, Other, tuple[str, ...]]]:
    """The other risks of links, each with its place and with who, besides the owners, may speak on the link.

    Who introduces is the ICB, which the content need not name: nobody speaks for it on the link afterwards.
    """
    for number, link in enumerate(risk.links, start=1):
        yield f"{where}, links {number}", link.to, (link.proposed_by,)
    for number, gathering in enumerate(risk.gathers, start=1):
        for which, other in enumerate(gathering.contributors, start=1):
            yield f"{where}, gathers {number}, contributors {which}", other, ()
    for number, introduction in enumerate(risk.introductions, start=1):
        for which, other in enumerate(introduction.made.to if introduction.made else (), start=1):
            yield f"{where}, introductions {number}, to {which}", other, ()


def _check_key(place: str, key: str, risk: DemoRisk, risks: Mapping[str, DemoRisk]) -> None:
    if key not in risks:
        raise BadContent(f"{place}: there is no risk {key!r}")
    if key == risk.key:
        raise BadContent(f"{place}: {key!r} is the risk itself")
    if risks[key].draft or risk.draft:
        raise BadContent(f"{place}: a draft belongs with nothing yet")


def _check_positions(where: str, risk: DemoRisk, risks: Mapping[str, DemoRisk]) -> None:
    by_name = risk.asked
    all_of_an_icb = any(question.all_providers_of for question in risk.questions)
    for number, position in enumerate(risk.positions, start=1):
        place = f"{where}, positions {number}"
        if position.by not in by_name and not all_of_an_icb:
            raise BadContent(f"{place}: {position.by} was not asked")
        own = position.picks or position.logs
        if own and risks[own].organisation != position.by:
            raise BadContent(f"{place}: {own!r} is not a risk of {position.by}")
    if (stray := set(risk.late) - by_name) and not all_of_an_icb:
        raise BadContent(f"{where}, late: {sorted(stray)[0]} was not asked")


def _check_consents(place: str, other: Other, who: set[str]) -> None:
    for number, step in enumerate(other.steps, start=1):
        if step.by not in who:
            raise BadContent(f"{place}, steps {number}: the link is none of {step.by}'s")
    if stray := set(other.late) - who:
        raise BadContent(f"{place}, late: the link is none of {sorted(stray)[0]}'s")


def _refuse_logged_twice(placed: Iterable[Placed]) -> None:
    """A risk is logged once, so it answers one question by being logged."""
    logged = Counter(position.logs for _where, risk in placed for position in risk.positions if position.logs)
    for key, times in logged.items():
        if times > 1:
            raise BadContent(f"the risk {key} is logged as the answer to {times} questions")
