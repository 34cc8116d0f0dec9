"""The ladder that most tests stand on: two providers under one ICB, another ICB, a region, the national body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.actors import Actor
from accounts.models import Level, Organisation, Role
from risks import services as risks
from tests.factories import NOW, MembershipFactory, OrganisationFactory, UserFactory

if TYPE_CHECKING:
    from datetime import datetime

    from risks.models import Risk

FIELDS: risks.RiskFields = {
    "title": "Discharge letters reach practices late",
    "cause": "Letters wait for sign-off before they are sent",
    "event": "A practice does not learn of a changed dose",
    "effect": "Patients take the wrong dose and come to harm",
    "theme": "6",
    "process": "9",
    "services": ["1"],
    "reach": "2",
    "likelihood": 4,
    "consequence": 4,
}


@dataclass
class Ladder:
    national: Organisation
    region: Organisation
    icb: Organisation
    other_icb: Organisation
    provider: Organisation
    neighbour: Organisation

    def actor(self, organisation: Organisation, role: Role = Role.SAFETY_LEAD, **user: str) -> Actor:
        """A new person with a role in an organisation, acting for it."""
        return Actor(MembershipFactory(user=UserFactory(**user), organisation=organisation, role=role))

    def risk(self, by: Actor | None = None, *, now: datetime = NOW, **fields: object) -> Risk:
        """A risk logged by a safety lead of the provider, unless somebody else is given."""
        written: risks.RiskFields = {**FIELDS, **fields}  # type: ignore[typeddict-item]
        return risks.log_risk(fields=written, by=by or self.actor(self.provider), now=now)


def build() -> Ladder:
    national = OrganisationFactory(name="Test England", level=Level.NATIONAL, kind="NATIONAL")
    region = OrganisationFactory(name="Test Region North", level=Level.REGION, kind="REGION", parent=national)
    icb = OrganisationFactory(name="Test Own ICB", level=Level.ICB, kind="ICB", parent=region)
    other_icb = OrganisationFactory(name="Test Other ICB", level=Level.ICB, kind="ICB", parent=region)
    return Ladder(
        national=national,
        region=region,
        icb=icb,
        other_icb=other_icb,
        provider=OrganisationFactory(name="Test Royal Hospital", parent=icb),
        neighbour=OrganisationFactory(name="Test Neighbour Hospital", parent=icb),
    )
