"""The escalations of a risk, as its page shows them: one ladder for each chain, and what came back on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from escalations.chains import MOVES, OFF_THEIR_HANDS
from escalations.models import Escalation, Feedback, Status, Step, Verb, Verdict
from safetyreg.words import day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from accounts.actors import Actor
    from accounts.models import Organisation
    from deadlines.wording import Clock
    from risks.models import Risk

JUDGING = (Verb.CONFIRM, Verb.DISPUTE)


@dataclass(frozen=True)
class Hop:
    escalation: Escalation
    clocks: list[Clock]
    judgements: list[Step]

    @property
    def verdict(self) -> str:
        """What the one who asked says of the answer, in words; empty while there is none to judge."""
        asking = self.escalation.from_organisation.name
        if self.escalation.verdict == Verdict.HELPS:
            return f"{asking} says that the answer helps"
        if self.escalation.verdict == Verdict.DOES_NOT_HELP:
            return f"{asking} says that the answer does not help"
        return f"{asking} has yet to say whether the answer helps" if self.is_answered else ""

    @property
    def is_answered(self) -> bool:
        return self.escalation.status == Status.ANSWERED


@dataclass(frozen=True)
class Chain:
    """The hops that began with one first hop, in the order in which they were raised."""

    hops: list[Hop]
    feedback: list[Feedback]
    actor: Actor

    @property
    def first(self) -> Hop:
        return self.hops[0]

    @property
    def is_over(self) -> bool:
        return all(hop.escalation.is_over for hop in self.hops)

    @property
    def verdict(self) -> str:
        """That of the organisation that raised the risk: it counts for every hop."""
        return self.first.verdict

    @property
    def rungs(self) -> list[dict[str, Any]]:
        """For components/ladder.jinja: who raised it, and then each body asked."""
        return [self._first_rung(), *(self._rung(hop) for hop in self.hops)]

    def _first_rung(self) -> dict[str, Any]:
        raised = self.first.escalation
        owes = self._owed_by(raised.from_organisation, [self.first])
        return self._of(raised.from_organisation, owes, done=True) | {
            "notes": [f"Raised by {raised.raised_by.name} on {day(raised.raised_at)}"],
        }

    def _rung(self, hop: Hop) -> dict[str, Any]:
        asked = hop.escalation.to_organisation
        above = [other for other in self.hops if other.escalation.previous_id == hop.escalation.pk]
        owes = self._owed_by(asked, [hop, *above])
        return self._of(asked, owes, done=hop.escalation.status in OFF_THEIR_HANDS) | {
            "tag": hop.escalation,
            "href": hop.escalation.path,
            "notes": [*_notes(hop.escalation), *self._verdicts(hop)],
        }

    def _of(self, organisation: Organisation, owes: list[Clock], *, done: bool) -> dict[str, Any]:
        moves = any(clock.deadline.kind in MOVES and not clock.deadline.is_paused for clock in owes)
        return {
            "level": organisation.get_level_display(),
            "organisation": organisation.name,
            "you": organisation.pk == self.actor.organisation_id,
            "state": "here" if moves else "done" if done else "",
            "clocks": [_on_a_rung(clock) for clock in owes],
        }

    def _verdicts(self, hop: Hop) -> list[str]:
        """That of whoever asked this body, and on every hop that of the organisation that raised the risk."""
        return list(dict.fromkeys(filter(None, [hop.verdict, self.verdict])))

    @staticmethod
    def _owed_by(organisation: Organisation, hops: list[Hop]) -> list[Clock]:
        return [clock for hop in hops for clock in hop.clocks if clock.owed_by == organisation]


def of_risk(risk: Risk, actor: Actor, owed: dict[UUID, list[Clock]]) -> list[Chain]:
    """Newest chain first. `owed` gives the live clocks by what they are about."""
    escalations = _from_below(
        Escalation.objects.visible_to(actor)
        .of_risk(risk)
        .select_related("from_organisation", "to_organisation", "handler", "raised_by", "bypasses__to_organisation")
    )
    starts = _starts(escalations)
    judgements = _by_escalation(
        Step.objects.filter(escalation__in=escalations, verb__in=JUDGING).select_related("by", "organisation")
    )
    hops: dict[UUID, list[Hop]] = defaultdict(list)
    for escalation in escalations:
        hop = Hop(escalation, owed[escalation.pk], judgements[escalation.pk])
        hops[starts[escalation.pk]].append(hop)
    feedback = _feedback(escalations, starts)
    return [Chain(found, feedback[start], actor) for start, found in reversed(hops.items())]


def _from_below(found: Iterable[Escalation]) -> list[Escalation]:
    """Each after the hop that it came from: oldest first would do, but for two raised at one moment."""
    by_id = {escalation.pk: escalation for escalation in found}

    def height(escalation: Escalation) -> int:
        below = _below(escalation)
        return 1 + height(by_id[below]) if below else 0

    return sorted(by_id.values(), key=lambda escalation: (escalation.raised_at, height(escalation)))


def _below(escalation: Escalation) -> UUID | None:
    """A hop past a body belongs with the one that it went past."""
    return escalation.previous_id or escalation.bypasses_id


def _starts(escalations: list[Escalation]) -> dict[UUID, UUID]:
    """The first hop of each hop's chain."""
    starts: dict[UUID, UUID] = {}
    for escalation in escalations:
        below = _below(escalation)
        starts[escalation.pk] = starts[below] if below else escalation.pk
    return starts


def _feedback(escalations: list[Escalation], starts: dict[UUID, UUID]) -> dict[UUID, list[Feedback]]:
    """Updates and answers of each chain, newest first, each with the organisations that have read it."""
    by_id = {escalation.pk: escalation for escalation in escalations}
    given = (
        Feedback.objects.filter(escalation__in=escalations)
        .select_related("given_by", "passed_on_from__escalation__to_organisation")
        .prefetch_related("receipts__organisation")
        .order_by("-given_at", "-pk")
    )
    found: dict[UUID, list[Feedback]] = defaultdict(list)
    for feedback in given:
        feedback.escalation = by_id[feedback.escalation_id]
        found[starts[feedback.escalation_id]].append(feedback)
    return found


def _by_escalation(steps: Any) -> dict[UUID, list[Step]]:
    found: dict[UUID, list[Step]] = defaultdict(list)
    for step in steps:
        found[step.escalation_id].append(step)
    return found


def _on_a_rung(clock: Clock) -> dict[str, Any]:
    """The rung says who owes it; so this says to whom."""
    what = f"{clock.what}, owed to {clock.owed_to.name}"
    shown = {name: getattr(clock, name) for name in ("state", "words", "due_at", "explanation")}
    return shown | {"what": what}


def _notes(escalation: Escalation) -> list[str]:
    """How it came to this body, and who handles it there."""
    past = f", passing by {escalation.bypasses.to_organisation.name}" if escalation.bypasses else ""
    asked = f"Asked by {escalation.from_organisation.name} on {day(escalation.raised_at)}{past}"
    return [asked, f"Handled by {escalation.handler.name}" if escalation.handler else "Nobody handles it yet"]
