"""What a column of a file can hold, and which column of which system holds what.

The headings of the Datix-like and Radar-like files are this register's own invention: plausible, documented in
docs/importing.md, and not taken from either product. An organisation names its own in the source that it keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from risks import lfpse, scoring
from risks.models import Treatment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Target:
    """One thing that a column can hold: its words, and for a code list its choices."""

    label: str
    choices: Choices = ()
    several: bool = False
    other_headings: tuple[str, ...] = ()


def _steps(steps: Iterable[scoring.Step]) -> Choices:
    return tuple((str(step.value), step.name) for step in steps)


LIKELIHOODS, CONSEQUENCES = _steps(scoring.LIKELIHOODS), _steps(scoring.CONSEQUENCES)
STATUSES: Choices = (("OPEN", "Open"), ("CLOSED", "Closed"), ("DRAFT", "Draft"))
CLOSED = "CLOSED"

TARGETS: dict[str, Target] = {
    "external_reference": Target("Your reference", other_headings=("External reference", "ID", "Risk ID", "Reference")),
    "reference": Target("Reference in this register", other_headings=("Register reference",)),
    "version": Target("Version in this register"),
    "title": Target("Title", other_headings=("Risk title", "Name")),
    "cause": Target("Cause", other_headings=("Causes",)),
    "event": Target("Event", other_headings=("Description", "Risk description")),
    "effect": Target("Effect", other_headings=("Impact", "Effects")),
    "theme": Target("Theme", lfpse.THEMES),
    "process": Target("Part of care", lfpse.PROCESSES, other_headings=("Process",)),
    "services": Target("Services", lfpse.SERVICES, several=True),
    "reach": Target("Reach", lfpse.REACH),
    "other_bodies": Target("Other bodies", other_headings=("External bodies",)),
    "population": Target("Patients who could be harmed", other_headings=("Population",)),
    "treatment": Target("Treatment", tuple(Treatment.choices)),
    "likelihood": Target("Likelihood", LIKELIHOODS, other_headings=("Current likelihood", "Likelihood (current)")),
    "consequence": Target("Consequence", CONSEQUENCES, other_headings=("Current consequence", "Consequence (current)")),
    "initial_likelihood": Target("Initial likelihood", LIKELIHOODS, other_headings=("Likelihood (initial)",)),
    "initial_consequence": Target("Initial consequence", CONSEQUENCES, other_headings=("Consequence (initial)",)),
    "target_likelihood": Target("Target likelihood", LIKELIHOODS, other_headings=("Likelihood (target)",)),
    "target_consequence": Target("Target consequence", CONSEQUENCES, other_headings=("Consequence (target)",)),
    "owner": Target("Owner (e-mail address)", other_headings=("Owner", "Owner e-mail", "Owner email")),
    "controls": Target("Controls"),
    "involved": Target("Other organisations involved", other_headings=("Involved", "ODS codes")),
    "action": Target("Action", other_headings=("Action required",)),
    "action_due_on": Target("Action due on", other_headings=("Action due date",)),
    "status": Target("Status", STATUSES),
}
CODED = tuple(name for name, target in TARGETS.items() if target.choices)

# What the columns of the two templates are called, in their order, and what each holds. Empty: it is left out.
DATIX_LIKE: dict[str, str] = {
    "ID": "external_reference",
    "Title": "title",
    "Cause": "cause",
    "Description": "event",
    "Effect / impact": "effect",
    "Risk subtype": "theme",
    "Stage of care": "process",
    "Extent": "reach",
    "External organisations (ODS)": "involved",
    "Other parties": "other_bodies",
    "Handler e-mail": "owner",
    "Controls in place": "controls",
    "Likelihood (initial)": "initial_likelihood",
    "Consequence (initial)": "initial_consequence",
    "Likelihood (current)": "likelihood",
    "Consequence (current)": "consequence",
    "Rating (current)": "",
    "Likelihood (target)": "target_likelihood",
    "Consequence (target)": "target_consequence",
    "Action required": "action",
    "Action due": "action_due_on",
    "Approval status": "status",
    "Opened": "",
}
RADAR_LIKE: dict[str, str] = {
    "Risk number": "external_reference",
    "Risk name": "title",
    "Because of": "cause",
    "There is a risk that": "event",
    "Leading to": "effect",
    "LFPSE theme": "theme",
    "LFPSE process": "process",
    "LFPSE services": "services",
    "Reach": "reach",
    "Partner organisations": "involved",
    "Patients affected": "population",
    "Response": "treatment",
    "Risk lead": "owner",
    "Existing controls": "controls",
    "Probability": "likelihood",
    "Severity": "consequence",
    "Target probability": "target_likelihood",
    "Target severity": "target_consequence",
    "State": "status",
    "Last reviewed": "",
}


def remembered_key(heading: str) -> str:
    """A heading as a source remembers it: small letters, single spaces."""
    return " ".join(heading.split()).casefold()


def _known() -> dict[str, str]:
    found = {remembered_key(target.label): name for name, target in TARGETS.items()}
    for name, target in TARGETS.items():
        for heading in target.other_headings:
            found.setdefault(remembered_key(heading), name)
    for template in (DATIX_LIKE, RADAR_LIKE):
        for heading, name in template.items():
            found.setdefault(remembered_key(heading), name)
    return found


KNOWN_HEADINGS = _known()


def matched(headings: Sequence[str], remembered: Mapping[str, str]) -> dict[int, str]:
    """By the position of each column that is read, what it holds: as the source remembers it, or as its heading says.

    What two columns could hold is taken from the one that is remembered, or else the first.
    """
    found: dict[int, str] = {}
    keys = [remembered_key(heading) for heading in headings]
    for position, key in enumerate(keys):
        if remembered.get(key) in TARGETS:
            found[position] = remembered[key]
    for position, key in enumerate(keys):
        name = "" if key in remembered else KNOWN_HEADINGS.get(key, "")
        if name and name not in found.values():
            found[position] = name
    return dict(sorted(found.items()))
