"""What the ids and codes in a report's lists stand for, in words, as far as a reader may still read it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Membership, Organisation, Role
from escalations.models import Escalation, Feedback
from overview.figures.showing import WORDS
from overview.figures.tables import Holds
from risks.models import Action, LinkKind, Risk, RiskLink
from safetyreg.words import day, when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.db.models import QuerySet

Row = list[Any]
NOTHING = "none"
UNSEEN = "a risk that is not read in full"


@dataclass(frozen=True)
class Kind:
    """What the values of a column are. `among`: a key of AMONG, where they are ids; `is_number`: where they count;
    `is_long`: where they are sentences, which need room.
    """

    words: Callable[[Any], str]
    among: str = ""
    is_number: bool = False
    is_long: bool = False
    of_none: str = NOTHING


def anybody_at(organisation: Organisation) -> Actor:
    """Whoever reads risks for a body, and nobody in particular: what a report shows does not depend on who asks."""
    return Actor(Membership(organisation=organisation, role=Role.VIEWER))


def _positions(reader: Actor) -> QuerySet[RiskLink]:
    """As `overview.positions` shows them: all to the owner of the system risk, to others those of risks they see."""
    read, seen = Risk.objects.read_in_full_by(reader), Risk.objects.visible_to(reader)
    links = RiskLink.objects.visible_to(reader).accepted().filter(kind=LinkKind.CONTRIBUTES_TO, to_risk__in=read)
    shown = links.filter(Q(to_risk__organisation=reader.organisation) | Q(from_risk__in=seen))
    return shown.select_related("from_risk__organisation")


# What a report names, each with the sentence that lets a reader read it.
AMONG: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    "risks": lambda reader: Risk.objects.read_in_full_by(reader).select_related("organisation"),
    "actions": lambda reader: Action.objects.read_in_full_by(reader).select_related("owner", "organisation"),
    "escalations": lambda reader: Escalation.objects.visible_to(reader),
    "feedback": lambda reader: Feedback.objects.visible_to(reader).select_related("escalation"),
    "positions": _positions,
    "bodies": lambda reader: Organisation.objects.all(),
}


def _coded(holds: Holds) -> Kind:
    return Kind(lambda value: WORDS[holds].get(value, str(value)))


RISK = Kind(lambda risk: f"{risk.reference}: {risk.title}", "risks", is_long=True, of_none=UNSEEN)
OWNER = Kind(lambda risk: risk.organisation.name, "risks")
BODY = Kind(lambda body: body.name, "bodies")
ACTION = Kind(lambda action: action.text, "actions", is_long=True)
ACTION_OWNER = Kind(lambda action: f"{action.owner.name}, {action.organisation.name}", "actions")
ASKED = Kind(lambda escalation: escalation.ask, "escalations", is_long=True)
ANSWER = Kind(lambda feedback: f"{feedback.get_outcome_display()}: {feedback.text}", "feedback", is_long=True)
VERDICT = Kind(lambda feedback: feedback.escalation.get_verdict_display() or "not said yet", "feedback")
POSITION = Kind(lambda link: f"{link.from_risk.reference}: {link.from_risk.title}", "positions", is_long=True)
POSITION_OF = Kind(lambda link: link.from_risk.organisation.name, "positions")
MOMENT = Kind(lambda value: when(datetime.fromisoformat(value)))
DAY = Kind(lambda value: day(date.fromisoformat(value)))
NUMBER = Kind(lambda value: f"{value:,}", is_number=True)
WORDED = Kind(str)  # words of this project
BAND, STAGE, URGENCY, CLOCK, THEME = map(_coded, (Holds.BAND, Holds.STAGE, Holds.URGENCY, Holds.CLOCK, Holds.THEME))


@dataclass(frozen=True)
class Value:
    """A cell in words, and as a number where it is one."""

    text: str
    number: float | None = None


class Found:
    """All that some lists name and a reader may read. Asks once for each kind of thing."""

    def __init__(self, reader: Actor, wanted: Mapping[str, set[str]]) -> None:
        self._things = {
            among: {str(key): one for key, one in AMONG[among](reader).in_bulk(keys).items()}
            for among, keys in wanted.items()
            if keys
        }

    def rows(self, kinds: Sequence[Kind], rows: Iterable[Row]) -> list[tuple[Row, list[Value]]]:
        """Each row that may be read whole, as it was kept and in words."""
        return [(row, values) for row in rows if (values := self._values(kinds, row)) is not None]

    def _values(self, kinds: Sequence[Kind], row: Row) -> list[Value] | None:
        values = []
        for kind, raw in zip(kinds, row, strict=True):
            thing = self._things.get(kind.among, {}).get(raw) if kind.among else raw
            if thing is None and raw is not None:
                return None
            text = kind.of_none if raw is None else kind.words(thing)
            values.append(Value(text, raw if kind.is_number else None))
        return values


def named(kinds: Sequence[Kind], rows: Iterable[Row]) -> dict[str, set[str]]:
    """The ids that rows name, by what they are ids of."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for kind, raw in zip(kinds, row, strict=True):
            if kind.among and raw is not None:
                wanted[kind.among].add(raw)
    return wanted


def may_still_read(reader: Actor, names: Mapping[str, list[str]]) -> bool:
    """Whether everything that was named may be read at this moment."""
    return all(AMONG[among](reader).filter(pk__in=keys).count() == len(keys) for among, keys in names.items())
