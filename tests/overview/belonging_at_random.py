"""The part of a random walk in which risks come to belong together: asking, linking, gathering and introducing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from risks import indexing
from risks import services as risks
from risks.models import Introduction, Involvement, LinkKind, PairDismissal, Risk, RiskLink
from tests.ladder import FIELDS
from tests.overview.at_random import AtRandom

if TYPE_CHECKING:
    from accounts.actors import Actor

REASONS = ("Both wait for letters", "One hazard, seen from two sides", "They share a cause", "It was found in a review")


class Belonging(AtRandom):
    """Steps that relate risks to each other."""

    # Positions

    def involve(self) -> None:
        risk, named = self.risk(), self.chance.sample(self.organisations, self.chance.randint(1, 2))
        self.do(risks.involve, risk=risk, organisations=named, question="Yours too?", by=self.lead_on(risk))

    def involve_all(self) -> None:
        """Half of the time what an ICB may do, the rest of the time whatever comes to mind."""
        risk, icb = self.risk(), self.body("ICB")
        if self.chance.random() < 0.7:
            risk = self.any(self.open_risks().filter(organisation=icb)) or risk
        self.do(risks.involve, {"all_providers_of": icb}, risk=risk, by=self.lead_on(risk))

    def stop_involving(self) -> None:
        if involvement := self.any(Involvement.objects.order_by("created_at", "organisation__name")):
            self.do(risks.stop_involving, involvement=involvement, by=self.lead_on(involvement.risk))

    def answer(self) -> None:
        waiting = Involvement.objects.unanswered().order_by("asked_at", "organisation__name")
        everything = Involvement.objects.order_by("created_at", "organisation__name")
        involvement = self.any(waiting) or self.any(everything)
        if involvement is None:
            return
        by = self.lead(involvement.organisation)
        kind = self.chance.choice(["", "", *LinkKind.values])
        own = self.any(self.open_risks().filter(organisation=involvement.organisation))
        ways: list[tuple[Any, dict[str, Any]]] = [
            (risks.answer_not_affected, {"words": "We send no letters"}),
            (risks.answer_with_own_risk, {"own_risk": own.reference if own else "", "kind": kind}),
            (risks.answer_with_own_risk, {"own_risk": own.reference if own else "", "kind": kind}),
            (risks.log_own_risk, {"fields": FIELDS, "kind": kind}),
        ]
        self.do(*self.chance.choice(ways), involvement=involvement, by=by)

    # Links

    def propose_link(self) -> None:
        """From a risk of one's own to one that is seen."""
        risk = self.risk()
        self._propose(risk, self.lead_on(risk))

    def propose_between(self) -> None:
        """A body above the providers, between two that it sees."""
        by = self.lead(self.body("ICB", "REGION"))
        if risk := self.any(self.seen_by(by)):
            self._propose(risk, by)

    def _propose(self, risk: Risk, by: Actor) -> None:
        to = self.any(self.seen_by(by).exclude(pk=risk.pk)) or self.any(self.open_risks())
        given = {"kind": self.chance.choice(LinkKind.values), "reason": self.chance.choice(REASONS)}
        self.do(risks.propose_link, risk=risk, to=to.reference if to else "", by=by, **given)

    def gather(self) -> None:
        body = self.body("ICB", "REGION", "NATIONAL")
        by = self.lead(body)
        if risk := self.any(self.open_risks().filter(organisation=body)):
            given = {"contributors": self._references(by), "reason": self.chance.choice(REASONS)}
            self.do(risks.gather, risk=risk, by=by, **given)

    def log_system_risk(self) -> None:
        by = self.lead(self.body("ICB"))
        given = {"contributors": self._references(by), "reason": self.chance.choice(REASONS)}
        self.do(risks.log_system_risk, fields=FIELDS, by=by, **given)

    def _references(self, by: Actor) -> list[str]:
        seen = list(self.seen_by(by).exclude(organisation=by.organisation))
        return [one.reference for one in self.chance.sample(seen, min(len(seen), self.chance.randint(1, 3)))]

    def go_on_with_a_link(self) -> None:
        """Mostly one that waits; now and then one that stands or has ended."""
        waiting = RiskLink.objects.filter(status="PROPOSED").order_by("created_at")
        among = waiting if self.chance.random() < 0.8 else RiskLink.objects.order_by("created_at")
        link = self.any(among.select_related("from_risk__organisation", "to_risk__organisation", "proposed_by"))
        if link is None:
            return
        asked = [consent.organisation for consent in link.consents.order_by("organisation__name")]
        sides = [link.from_risk.organisation, link.to_risk.organisation, link.proposed_by]
        if self.chance.random() < 0.7:
            for organisation in asked:
                self.do(risks.accept_link, link=link, by=self.lead(organisation))
        elif self.chance.random() < 0.5:
            by = self.lead(self.chance.choice(asked or sides))
            self.do(risks.decline_link, link=link, why="Ours is another matter", by=by)
        else:
            self.do(risks.withdraw_link, link=link, why="It ended", by=self.lead(self.chance.choice(sides)))

    # Introductions and likely pairs

    def ask_introduction(self) -> None:
        """All that is logged says much the same, so others are like it once they have been compared."""
        indexing.index(now=self.now)
        risk = self.any(self.open_risks().filter(organisation__level="PROVIDER")) or self.risk()
        self.do(risks.ask_introduction, risk=risk, reason="Only us?", by=self.lead_on(risk))

    def answer_introduction(self) -> None:
        waiting = Introduction.objects.open().select_related("icb", "organisation", "risk").order_by("created_at")
        introduction = self.any(waiting)
        if introduction is None:
            return self.ask_introduction()
        by = self.lead(introduction.icb)
        others = self._references(by)
        made = {"to": others, "kind": "RELATED", "reason": self.chance.choice(REASONS), "by": by}
        ways: list[tuple[Any, dict[str, Any]]] = [
            (risks.introduce, made),
            (risks.introduce, made),
            (risks.decline_introduction, {"why": "Nobody else has it", "by": by}),
            (risks.withdraw_introduction, {"by": self.lead(introduction.organisation)}),
        ]
        return self.do(*self.chance.choice(ways), introduction=introduction)

    def dismiss(self) -> None:
        by = self.lead(self.body("ICB"))
        seen = list(self.seen_by(by))
        if len(seen) > 1:
            one, other = self.chance.sample(seen, 2)
            self.do(risks.dismiss_pair, risk=one, other=other, reason="Not alike", by=by)

    def restore(self) -> None:
        dismissed = PairDismissal.objects.select_related("first", "second", "organisation").order_by("created_at")
        if pair := self.any(dismissed):
            self.do(risks.restore_pair, risk=pair.first, other=pair.second, by=self.lead(pair.organisation))

    # Choosing

    def body(self, *levels: str) -> Any:
        return self.chance.choice([one for one in self.organisations if one.level in levels])

    def open_risks(self) -> Any:
        return Risk.objects.filter(status="OPEN").order_by("drafted_at")

    def seen_by(self, actor: Actor) -> Any:
        """The newest that the actor sees, so that walks come back to the same ones."""
        newest = Risk.objects.visible_to(actor).filter(status="OPEN").order_by("-logged_at")[:8]
        return Risk.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).order_by("drafted_at")
