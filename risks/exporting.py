"""The columns of risks, of what was asked about them, and of pairs of them, as files.

Those that an import reads have its headings.

An organisation that reads a risk in part gets empty cells for what it does not read.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from risks import linked, pairs
from risks.importing.columns import CONSEQUENCES, LIKELIHOODS, TARGETS
from risks.importing.merging import stamp
from safetyreg.exporting import Column, Export

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.actors import Actor
    from risks.linked import Side
    from risks.models import Risk


def _whole(heading: str, value: Callable[[Risk], Any]) -> Column:
    """Of those risks that the reader reads in full."""
    return Column(heading, lambda risk: value(risk) if risk.is_read_in_full else None)


def _coded(name: str) -> Callable[[Risk], str]:
    words = dict(TARGETS[name].choices)
    return lambda risk: _code(getattr(risk, name), words)


def _code(value: Any, words: dict[str, str]) -> str:
    """4 - Likely, as an import reads it too."""
    key = "" if value is None else str(value)
    return f"{key} - {words[key]}" if key in words else key


def _label(name: str) -> str:
    return TARGETS[name].label


def risks_for(actor: Actor) -> Export:
    """Addresses of people are for their own organisation, and so is the state that a row sent back is compared with."""

    def ours(heading: str, value: Callable[[Risk], Any]) -> Column:
        return Column(heading, lambda risk: value(risk) if risk.organisation_id == actor.organisation_id else None)

    services = dict(TARGETS["services"].choices)
    columns = (
        Column(_label("reference"), lambda risk: risk.reference),
        ours(_label("version"), stamp),
        Column("Organisation", lambda risk: risk.organisation.name),
        Column("ODS code", lambda risk: risk.organisation.ods_code),
        Column(_label("status"), lambda risk: risk.get_status_display()),
        *(Column(_label(name), attrgetter(name)) for name in ("title", "cause", "event", "effect")),
        Column(_label("likelihood"), lambda risk: _code(risk.likelihood, dict(LIKELIHOODS))),
        Column(_label("consequence"), lambda risk: _code(risk.consequence, dict(CONSEQUENCES))),
        Column("Score", lambda risk: risk.score),
        Column("Band", lambda risk: risk.band.label if risk.band else None),
        *(_whole(_label(name), _coded(name)) for name in ("theme", "process", "reach")),
        _whole(_label("services"), lambda risk: [_code(one, services) for one in risk.services]),
        _whole(_label("other_bodies"), lambda risk: risk.other_bodies),
        _whole(_label("population"), lambda risk: risk.population),
        _whole(_label("treatment"), lambda risk: risk.get_treatment_display()),
        _whole(_label("external_reference"), lambda risk: risk.external_reference),
        ours(_label("owner"), lambda risk: risk.owner.email),
        _whole("Owner's name", lambda risk: risk.owner.name),
        _whole("Escalated", attrgetter("is_escalated")),
        _whole("Review due", attrgetter("review_due_at")),
        Column("Logged", lambda risk: risk.logged_at),
        _whole("Last changed", lambda risk: risk.updated_at),
        _whole("Closed", lambda risk: risk.closed_at),
        _whole("Why it was closed", lambda risk: risk.get_closure_reason_display()),
    )
    return Export("risks", "risk", columns)


def links_for(actor: Actor) -> Export:
    """Of a side that the reader does not see, what the register tells them of it: the organisation, at least."""

    def side(end: str) -> tuple[Column, ...]:
        def told(link: Any) -> Side:
            sides = ((link.from_risk_id, link.is_from_seen), (link.to_risk_id, link.is_to_seen))
            return linked.told(link, getattr(link, end), actor, {pk for pk, is_seen in sides if is_seen})

        words = {"from_risk": "From", "to_risk": "To"}[end]
        return (
            Column(f"{words} risk", lambda link: told(link).reference),
            Column(f"{words} title", lambda link: told(link).title),
            Column(f"{words} organisation", lambda link: told(link).organisation.name),
        )

    columns = (
        *side("from_risk"),
        Column("Kind", lambda link: link.get_kind_display()),
        *side("to_risk"),
        Column("Status", lambda link: link.get_status_display()),
        Column("Reason", lambda link: link.reason),
        Column("Proposed by", lambda link: link.proposed_by.name),
        Column("Proposed", lambda link: link.created_at),
        Column("Agreed", lambda link: link.accepted_at),
        Column("Ended", lambda link: link.ended_at),
        Column("Ended by", lambda link: link.ended_for.name if link.ended_for else None),
        Column("Why it ended", lambda link: link.ended_why),
    )
    return Export("links", "link", columns)


POSITIONS = Export(
    "positions",
    "question",
    (
        Column("Risk", lambda one: one.risk.reference),
        Column("Asked by", lambda one: one.risk.organisation.name),
        Column("Asked of", lambda one: one.organisation.name),
        Column("Question", lambda one: one.question),
        Column("Asked", lambda one: one.asked_at),
        Column("Due", lambda one: one.due_at),
        Column("Overdue", lambda one: one.is_overdue),
        Column("Position", lambda one: one.get_position_display()),
        Column("Why not affected", lambda one: one.words),
        Column("Answered", lambda one: one.answered_at),
    ),
)


def _both(part: str) -> tuple[Column, ...]:
    """What is said of each of the two risks of a pair."""
    return (
        Column(f"{part} risk", lambda pair: getattr(pair, part.lower()).reference),
        Column(f"{part} organisation", lambda pair: getattr(pair, part.lower()).organisation.name),
        Column(f"{part} title", lambda pair: getattr(pair, part.lower()).title),
    )


PAIRS = Export(
    "likely-pairs",
    "likely pair",
    (
        *_both("First"),
        *_both("Second"),
        Column("Likeness", lambda pair: f"{pair.likeness:.2f}"),
        Column("Why", lambda pair: pairs.reason_for(pair.first, pair.second)),
    ),
)
DISMISSED = Export(
    "dismissed-pairs",
    "dismissed pair",
    (
        *_both("First"),
        *_both("Second"),
        Column("Dismissed by", lambda pair: pair.created_by.name),
        Column("Dismissed at", lambda pair: pair.created_at),
    ),
)
