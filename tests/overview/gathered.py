"""A system risk of an ICB, and the risks of others that contribute to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from risks import services as risks
from tests.factories import NOW, OrganisationFactory

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Risk, RiskLink
    from tests.ladder import Ladder

SYSTEM_TITLE = "Discharge information does not follow the patient"
WHY = "All of them wait for letters"


@dataclass
class Gathered:
    ladder: Ladder
    icb: Actor
    system: Risk
    leads: dict[str, Actor] = field(default_factory=dict)

    def lead(self, organisation: Organisation) -> Actor:
        """The one safety lead of an organisation whom the test speaks of."""
        return self.leads.setdefault(organisation.name, self.ladder.actor(organisation, name=f"Lead {len(self.leads)}"))

    def risk_of(self, organisation: Organisation, now: datetime | None = None, **fields: object) -> Risk:
        """One that crosses a boundary, so that the ICB sees it."""
        return self.ladder.risk(self.lead(organisation), now=now or NOW - timedelta(days=100), **fields)

    def ask(self, *contributors: Risk, now: datetime = NOW) -> list[RiskLink]:
        references = [risk.reference for risk in contributors]
        return risks.gather(risk=self.system, contributors=references, reason=WHY, by=self.icb, now=now)

    def accept(self, link: RiskLink, now: datetime = NOW) -> RiskLink:
        return risks.accept_link(link=link, by=self.lead(link.from_risk.organisation), now=now)

    def contributing(self, organisation: Organisation, **fields: object) -> Risk:
        """A risk whose owner has agreed that it contributes."""
        risk = self.risk_of(organisation, **fields)
        (link,) = self.ask(risk)
        self.accept(link)
        return risk

    def another_provider(self) -> Organisation:
        return OrganisationFactory(parent=self.ladder.icb)

    def link(self, risk: Risk, other: Risk, kind: str = "CAUSES") -> RiskLink:
        """Between two providers: the ICB proposes it and both accept, unless one of them is not asked."""
        link = risks.propose_link(risk=risk, to=other.reference, kind=kind, reason=WHY, by=self.icb, now=NOW)
        for owner in sorted(
            {risk.organisation, other.organisation} - {self.icb.organisation}, key=lambda one: one.name
        ):
            link = risks.accept_link(link=link, by=self.lead(owner), now=NOW)
        return link


def gathered(ladder: Ladder, now: datetime = NOW) -> Gathered:
    icb = ladder.actor(ladder.icb, name="Carol Whitfield")
    return Gathered(ladder, icb, ladder.risk(icb, now=now - timedelta(days=60), title=SYSTEM_TITLE))
