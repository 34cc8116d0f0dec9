"""What a reader may be told of the two risks of a link: where a leak would happen, tested directly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from risks import linked
from risks import services as risks
from risks.linked import Side
from risks.models import RiskLink
from tests.factories import NOW

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder

REASON = "Both wait for the same signature"


@dataclass
class Pair:
    """A risk of the provider and one of its neighbour, both seen by their ICB and neither by the other owner."""

    ladder: Ladder
    lead: Actor
    neighbour: Actor
    icb: Actor
    ours: Risk
    theirs: Risk

    def proposed_by_icb(self, kind: str = "CAUSES") -> RiskLink:
        return risks.propose_link(
            risk=self.ours, to=self.theirs.reference, kind=kind, reason=REASON, by=self.icb, now=NOW
        )

    def proposed_by_provider(self, kind: str = "CAUSES") -> RiskLink:
        """Which sees the neighbour's risk, since that one names it; the neighbour does not see the provider's."""
        risks.involve(risk=self.theirs, organisations=[self.ladder.provider], by=self.neighbour, now=NOW)
        return risks.propose_link(
            risk=self.ours, to=self.theirs.reference, kind=kind, reason=REASON, by=self.lead, now=NOW
        )

    def far_side(self, link: RiskLink, actor: Actor) -> Side:
        """What an owner is told of the risk that is not its own."""
        return told(link, actor)[1 if actor is self.lead else 0]


def told(link: RiskLink, actor: Actor) -> tuple[Side, Side]:
    link = RiskLink.objects.get(pk=link.pk)
    seen = linked.seen_among([link], actor)
    return linked.told(link, link.from_risk, actor, seen), linked.told(link, link.to_risk, actor, seen)


@pytest.fixture
def pair(ladder: Ladder) -> Pair:
    lead, neighbour = ladder.actor(ladder.provider), ladder.actor(ladder.neighbour)
    ours = ladder.risk(lead, title="Letters wait for a signature")
    theirs = ladder.risk(neighbour, title="Doses are changed unseen")
    return Pair(ladder, lead, neighbour, ladder.actor(ladder.icb), ours, theirs)


def test_whoever_is_asked_reads_the_title_of_the_proposers_risk_and_no_reference(pair: Pair) -> None:
    link = pair.proposed_by_provider()
    assert pair.far_side(link, pair.neighbour) == Side(
        pair.ladder.provider, is_ours=False, title="Letters wait for a signature"
    )


def test_each_owner_is_told_its_own_side_in_full(pair: Pair) -> None:
    link = pair.proposed_by_icb()
    assert told(link, pair.lead)[0] == Side(
        pair.ladder.provider, True, pair.ours.reference, "Letters wait for a signature", pair.ours.path
    )
    assert told(link, pair.neighbour)[1].reference == pair.theirs.reference


def test_between_two_others_each_is_told_the_name_of_the_other_and_nothing_else(pair: Pair) -> None:
    link = pair.proposed_by_icb()
    assert pair.far_side(link, pair.lead) == Side(pair.ladder.neighbour, is_ours=False)
    assert pair.far_side(link, pair.neighbour) == Side(pair.ladder.provider, is_ours=False)
    assert all(side.is_seen for side in told(link, pair.icb))


def test_one_consent_of_two_tells_nobody_more(pair: Pair) -> None:
    link = pair.proposed_by_icb()
    risks.accept_link(link=link, by=pair.neighbour, now=NOW)
    for actor in (pair.lead, pair.neighbour):
        far = pair.far_side(link, actor)
        assert (far.title, far.reference, far.path) == ("", "", "")


def test_once_it_is_accepted_each_is_told_the_risk_itself(pair: Pair) -> None:
    link = pair.proposed_by_icb()
    for actor in (pair.neighbour, pair.lead):
        risks.accept_link(link=link, by=actor, now=NOW)
    assert pair.far_side(link, pair.lead) == Side(
        pair.ladder.neighbour, False, pair.theirs.reference, "Doses are changed unseen", pair.theirs.path
    )
    assert pair.far_side(link, pair.neighbour).title == "Letters wait for a signature"


@pytest.mark.parametrize("end", ["decline", "withdraw"])
def test_an_ended_proposal_no_longer_tells_the_title_that_it_told(pair: Pair, end: str) -> None:
    link = pair.proposed_by_provider()
    assert pair.far_side(link, pair.neighbour).title
    if end == "decline":
        risks.decline_link(link=link, why="Not the same", by=pair.neighbour, now=NOW)
    else:
        risks.withdraw_link(link=link, why="A mistake", by=pair.lead, now=NOW)
    assert pair.far_side(link, pair.neighbour) == Side(pair.ladder.provider, is_ours=False)


def test_a_withdrawn_link_tells_what_is_seen_without_it(pair: Pair) -> None:
    link = pair.proposed_by_provider()
    risks.accept_link(link=link, by=pair.neighbour, now=NOW)
    risks.withdraw_link(link=link, why="No longer", by=pair.lead, now=NOW)
    assert pair.far_side(link, pair.neighbour) == Side(pair.ladder.provider, is_ours=False)
    assert pair.far_side(link, pair.lead).is_seen, "it is still named on that risk"


def test_the_proposer_is_told_no_more_of_a_risk_that_it_has_ceased_to_see(pair: Pair) -> None:
    link = pair.proposed_by_provider()
    asked = pair.theirs.involvements.get()
    risks.stop_involving(involvement=asked, by=pair.neighbour, now=NOW)
    assert pair.far_side(link, pair.lead) == Side(pair.ladder.neighbour, is_ours=False)


def test_the_title_of_a_proposer_is_only_for_whoever_is_asked(pair: Pair) -> None:
    """Even somebody who were handed the link would be told names alone."""
    link = pair.proposed_by_provider()
    for actor in (
        pair.ladder.actor(pair.ladder.national),
        pair.ladder.actor(pair.ladder.other_icb),
        pair.ladder.actor(pair.ladder.neighbour, Role.ADMINISTRATOR),
    ):
        assert [(side.title, side.reference, side.path) for side in told(link, actor)] == [("", "", "")] * 2


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("SAME_HAZARD", "{ours} and the risk of Test Neighbour Hospital are the same hazard"),
        ("CONTRIBUTES_TO", "{ours} contributes to the risk of Test Neighbour Hospital"),
        ("CAUSES", "{ours} causes the risk of Test Neighbour Hospital"),
        ("RELATED", "{ours} and the risk of Test Neighbour Hospital are related"),
    ],
)
def test_how_they_relate_is_said_with_what_may_be_told(pair: Pair, kind: str, said: str) -> None:
    link = pair.proposed_by_icb(kind)
    first, second = told(link, pair.lead)
    assert linked.relation(link, first, second) == said.format(ours=pair.ours.reference)
    first, second = told(link, pair.neighbour)
    assert linked.relation(link, first, second).startswith("The risk of Test Royal Hospital")


def test_of_many_links_it_is_asked_once_what_is_seen(
    pair: Pair, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    links = [pair.proposed_by_icb()]
    for number in range(3):
        another = pair.ladder.risk(pair.neighbour, title=f"Another {number}")
        links.append(
            risks.propose_link(
                risk=pair.ours, to=another.reference, kind="RELATED", reason=REASON, by=pair.icb, now=NOW
            )
        )
    with django_assert_num_queries(1):
        assert len(linked.seen_among(links, pair.lead)) == 1
