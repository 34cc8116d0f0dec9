"""The files to start from: the columns of a Datix-like, a Radar-like and this register's own file, with one risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from risks.importing.columns import DATIX_LIKE, RADAR_LIKE, TARGETS
from safetyreg.tables.writing import csv_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

# Fictional, as is everything that a template says.
EXAMPLE = {
    "external_reference": "1042",
    "title": "Discharge letters reach practices after the first repeat prescription",
    "cause": "Letters wait for sign-off before they are sent",
    "event": "A practice repeats a medicine that the hospital has stopped",
    "effect": "Patients take a medicine that harms them",
    "theme": "6 - Information Technology or transfer of information",
    "process": "9 - Discharge or ending a type of healthcare",
    "services": "1; 17",
    "reach": "A different organisation",
    "other_bodies": "General practices in the town",
    "population": "Adults on anticoagulants",
    "treatment": "Treat",
    "controls": "A pharmacist rings the practice\nA list of unsigned letters is read each morning",
    "initial_likelihood": "4 - Likely",
    "initial_consequence": "4 - Major",
    "likelihood": "3 - Possible",
    "consequence": "4 - Major",
    "target_likelihood": "Rare (1)",
    "target_consequence": "Major (4)",
    "status": "Open",
}
LEFT_OUT = {"Rating (current)": "12", "Opened": "08/04/2026", "Last reviewed": "2026-09-01"}


@dataclass(frozen=True)
class Template:
    label: str
    columns: Mapping[str, str]

    def as_csv(self) -> bytes:
        cells = [EXAMPLE.get(name, "") if name else LEFT_OUT.get(heading, "") for heading, name in self.columns.items()]
        return b"".join(csv_lines(list(self.columns), [cells]))


OWN = {
    target.label: name for name, target in TARGETS.items() if name not in ("reference", "version")
}  # what names a risk that is in the register already is for its own export
TEMPLATES = {
    "datix-like": Template("Datix-like", DATIX_LIKE),
    "radar-like": Template("Radar-like", RADAR_LIKE),
    "register": Template("This register's own", OWN),
}
