"""Which risks are one hazard: what ties them, who is told, and how far a group reaches."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from risks import hazards, narrowing
from risks import services as risks
from risks.models import LikelyPair
from tests.factories import NOW, OrganisationFactory

if TYPE_CHECKING:
    from accounts.models import Organisation
    from risks.models import Risk
    from tests.ladder import Ladder

KEYS = [UUID(int=number) for number in range(8)]


def test_the_list_of_a_group_can_name_all_of_its_risks() -> None:
    assert hazards.MOST_RISKS <= narrowing.MOST_NAMED


def likely(one: Risk, other: Risk, likeness: float = 0.8) -> None:
    first, second = sorted((one, other), key=lambda risk: risk.pk)
    LikelyPair.objects.create(first=first, second=second, likeness=likeness, found_at=NOW)


def link(ladder: Ladder, one: Risk, other: Risk, kind: str = "SAME_HAZARD") -> None:
    """Proposed by the ICB, and accepted by both owners."""
    given = {"to": other.reference, "kind": kind, "reason": "Alike"}
    proposed = risks.propose_link(risk=one, by=ladder.actor(ladder.icb), now=NOW, **given)
    for owner in (one.organisation, other.organisation):
        risks.accept_link(link=proposed, by=ladder.actor(owner), now=NOW)


@pytest.fixture
def three(ladder: Ladder) -> list[Risk]:
    """Of three providers of one ICB, which reads them all."""
    owners = [ladder.provider, ladder.neighbour, OrganisationFactory(parent=ladder.icb)]
    return [ladder.risk(ladder.actor(owner)) for owner in owners]


def found(body: Organisation) -> list[set[UUID]]:
    return [set(group) for group in hazards.groups(body)]


def test_what_ties_connect_is_one_group() -> None:
    chain = list(pairwise(KEYS[:4]))
    assert hazards.joined([*chain, (KEYS[6], KEYS[5])], most=9) == [KEYS[:4], KEYS[5:7]]
    assert hazards.joined(reversed(chain), most=9) == [KEYS[:4]]
    assert hazards.joined([], most=9) == []


def test_what_comes_first_stays_together_when_a_group_would_grow_too_large() -> None:
    ties = [*pairwise(KEYS[:3]), (KEYS[2], KEYS[3]), (KEYS[3], KEYS[4]), (KEYS[4], KEYS[0])]
    assert hazards.joined(ties, most=3) == [KEYS[:3], KEYS[3:5]]
    assert hazards.joined(ties, most=5) == [KEYS[:5]]


def test_links_as_the_same_hazard_and_likely_pairs_tie(ladder: Ladder, three: list[Risk]) -> None:
    link(ladder, three[0], three[1])
    assert found(ladder.icb) == [{three[0].pk, three[1].pk}]
    likely(three[1], three[2])
    assert found(ladder.icb) == [{risk.pk for risk in three}]


def test_other_links_proposals_and_what_was_closed_do_not(ladder: Ladder, three: list[Risk]) -> None:
    link(ladder, three[0], three[1], kind="CAUSES")
    asked = {"to": three[2].reference, "kind": "SAME_HAZARD", "reason": "Alike"}
    risks.propose_link(risk=three[1], by=ladder.actor(ladder.icb), now=NOW, **asked)
    assert found(ladder.icb) == []
    likely(three[0], three[1])
    assert found(ladder.icb) == [{three[0].pk, three[1].pk}]
    owner = ladder.actor(three[0].organisation)
    risks.close_risk(risk=three[0], closure_reason="CONTROLLED", words="", by=owner, now=NOW)
    assert found(ladder.icb) == []


def test_a_pair_that_a_body_dismissed_ties_nothing_for_that_body(ladder: Ladder, three: list[Risk]) -> None:
    likely(three[0], three[1])
    icb = ladder.actor(ladder.icb)
    risks.dismiss_pair(risk=three[1], other=three[0], reason="", by=icb, now=NOW)
    assert found(ladder.icb) == []
    risks.restore_pair(risk=three[0], other=three[1], by=icb, now=NOW)
    assert found(ladder.icb) == [{three[0].pk, three[1].pk}]


def test_what_a_body_does_not_read_in_full_is_no_step_on_the_way(ladder: Ladder, three: list[Risk]) -> None:
    """The owner of the first risk sees the second, by their link, in part; the third not at all."""
    link(ladder, three[0], three[1])
    likely(three[1], three[2])
    assert found(ladder.provider) == found(ladder.region) == []
    three[1].shares.filter(organisation=ladder.icb).update(revoked_at=NOW)
    assert found(ladder.icb) == []


def test_of_very_many_ties_links_and_the_most_alike_are_looked_at(
    ladder: Ladder, three: list[Risk], monkeypatch: pytest.MonkeyPatch
) -> None:
    likely(three[0], three[1], likeness=0.7)
    likely(three[1], three[2], likeness=0.9)
    monkeypatch.setattr(hazards, "MOST_TIES", 1)
    assert found(ladder.icb) == [{three[1].pk, three[2].pk}]
