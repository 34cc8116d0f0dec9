"""Look-alikes: among what a reader sees, by the words of risks, with a reason, and kept in line with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from risks import indexing, look_alikes
from risks import services as risks
from risks.matching import likeness
from risks.matching.texts import RiskText
from risks.models import LikelyPair, Risk, RiskVector
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

WARFARIN = {
    "title": "Warfarin doses changed in hospital are not known to the practice",
    "cause": "Discharge letters leave out changes of anticoagulants",
    "event": "A practice goes on prescribing the old dose of warfarin",
    "effect": "Patients bleed or clot at home",
}
SURGERY = {
    "title": "Anticoagulant changes at discharge reach the surgery late",
    "cause": "Letters about a new dose of warfarin come weeks after the patient went home",
    "event": "The surgery repeats the earlier prescription",
    "effect": "Patients take too much of a blood thinner and bleed",
}
LIFTS = {
    "title": "Lifts in the tower block fail",
    "cause": "Parts are no longer made",
    "event": "Theatre patients wait on a corridor between floors",
    "effect": "Operations start late and patients deteriorate",
}


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def logged(ladder: Ladder, by: Actor, words: dict[str, str], **fields: object) -> Risk:
    return ladder.risk(by, **words, **fields)


def alike(risk: Risk, actor: Actor) -> list[Risk] | None:
    risk.refresh_from_db()
    found = look_alikes.of_risk(risk, actor)
    return None if found is None else [one.risk for one in found]


def test_the_nearest_risk_is_found_with_a_reason_in_words(ladder: Ladder, lead: Actor) -> None:
    warfarin, surgery = logged(ladder, lead, WARFARIN), logged(ladder, lead, SURGERY)
    logged(ladder, lead, LIFTS)
    assert indexing.index(now=NOW) == 3
    warfarin.refresh_from_db()
    (found,) = look_alikes.of_risk(warfarin, lead) or []
    assert found.risk == surgery
    assert found.reason.startswith("Both concern anticoagulants")


def test_nothing_is_said_until_it_has_been_worked_out_from_the_words_as_they_stand(ladder: Ladder, lead: Actor) -> None:
    risk = logged(ladder, lead, WARFARIN)
    assert alike(risk, lead) is None
    indexing.index(now=NOW)
    assert alike(risk, lead) == []
    risk.refresh_from_db()
    risks.edit_risk(risk=risk, fields={"title": "Warfarin"}, version=risk.version, by=lead, now=NOW)
    assert alike(risk, lead) is None
    assert indexing.index(now=NOW) == 1
    assert indexing.index(now=NOW) == 0
    assert alike(risk, lead) == []


def test_only_what_the_reader_sees_is_shown(ladder: Ladder, lead: Actor) -> None:
    theirs = ladder.actor(ladder.neighbour)
    own = logged(ladder, lead, WARFARIN)
    hidden, shared = logged(ladder, theirs, SURGERY), logged(ladder, theirs, SURGERY, involved=[ladder.provider])
    indexing.index(now=NOW)
    assert alike(own, lead) == [shared]
    assert set(alike(own, ladder.actor(ladder.icb)) or []) == {hidden, shared}
    assert look_alikes.of_text(RiskText(**WARFARIN), ladder.actor(ladder.provider, Role.ADMINISTRATOR)) == []


def test_a_draft_is_nobodys_look_alike(ladder: Ladder, lead: Actor) -> None:
    risks.save_draft(fields={**FIELDS, **SURGERY}, by=lead, now=NOW)
    risk = logged(ladder, lead, WARFARIN)
    assert indexing.index(now=NOW) == 1
    assert alike(risk, lead) == []


def test_what_is_being_written_is_compared_without_being_kept(ladder: Ladder, lead: Actor) -> None:
    surgery = logged(ladder, lead, SURGERY)
    logged(ladder, lead, LIFTS)
    indexing.index(now=NOW)
    found = look_alikes.of_text(RiskText(title="Changed warfarin dose not told to the GP surgery"), lead)
    assert [one.risk for one in found] == [surgery]
    assert look_alikes.of_text(RiskText(), lead) == []
    assert look_alikes.of_text(RiskText(title="?! ..."), lead) == []
    assert RiskVector.objects.count() == 2


def test_how_many_unseen_organisations_hold_the_like_is_told_from_three_on(ladder: Ladder, lead: Actor) -> None:
    risk = logged(ladder, lead, WARFARIN)
    for number in (1, 2, 3, 4):
        other = ladder.actor(OrganisationFactory(parent=ladder.icb))
        logged(ladder, other, SURGERY)
        logged(ladder, other, SURGERY)  # counted once
        indexing.index(now=NOW)
        risk.refresh_from_db()
        told = look_alikes.unseen_organisations(risk, ladder.icb)
        assert told == (number if number >= look_alikes.FEWEST_TOLD else 0)


def test_what_the_icb_does_not_see_what_is_seen_already_and_what_is_closed_is_not_counted(
    ladder: Ladder, lead: Actor
) -> None:
    risk = logged(ladder, lead, WARFARIN)
    others = [ladder.actor(OrganisationFactory(parent=ladder.icb)) for _ in range(6)]
    found = [logged(ladder, other, SURGERY) for other in others[:3]]
    logged(ladder, others[3], SURGERY, reach="1")  # within its organisation: the ICB does not see it
    logged(ladder, others[4], SURGERY, involved=[ladder.provider])
    logged(ladder, ladder.actor(OrganisationFactory(parent=ladder.other_icb)), SURGERY)
    indexing.index(now=NOW)
    risk.refresh_from_db()
    assert look_alikes.unseen_organisations(risk, ladder.icb) == 3
    risks.close_risk(risk=found[0], closure_reason="CONTROLLED", words="", by=others[0], now=NOW)
    assert look_alikes.unseen_organisations(risk, ladder.icb) == 0


def test_likely_pairs_are_of_open_risks_of_different_organisations_that_a_body_above_sees(
    ladder: Ladder, lead: Actor
) -> None:
    theirs = ladder.actor(ladder.neighbour)
    first, second = logged(ladder, lead, WARFARIN), logged(ladder, theirs, {**WARFARIN, "title": "Warfarin doses"})
    logged(ladder, lead, WARFARIN)  # of the same organisation as the first, but a pair with the second
    logged(ladder, theirs, WARFARIN, reach="1")
    indexing.index(now=NOW)
    pairs = {frozenset((pair.first_id, pair.second_id)) for pair in LikelyPair.objects.all()}
    assert frozenset((first.pk, second.pk)) in pairs
    assert len(pairs) == 2
    assert min(LikelyPair.objects.values_list("likeness", flat=True)) >= likeness.PAIR


def test_a_body_that_comes_to_see_a_risk_later_finds_its_pairs(ladder: Ladder, lead: Actor) -> None:
    hidden = logged(ladder, lead, WARFARIN, reach="1")
    logged(ladder, ladder.actor(ladder.neighbour), WARFARIN)
    indexing.index(now=NOW)
    assert not LikelyPair.objects.exists()
    hidden.refresh_from_db()
    risks.edit_risk(risk=hidden, fields={"reach": "2"}, version=hidden.version, by=lead, now=NOW)
    assert indexing.index(now=NOW) == 1
    assert LikelyPair.objects.count() == 1


def test_what_another_release_made_is_made_anew(ladder: Ladder, lead: Actor) -> None:
    risk = logged(ladder, lead, WARFARIN)
    indexing.index(now=NOW)
    RiskVector.objects.update(model="older", topics=[])
    assert indexing.forget_other_makes() == 1
    assert indexing.index(now=NOW) == 1
    made = RiskVector.objects.get(risk=risk)
    assert made.model == likeness.MODEL
    assert "anticoagulants" in made.topics


def test_a_risk_that_cannot_be_done_holds_nobody_up(
    ladder: Ladder, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = logged(ladder, lead, WARFARIN), logged(ladder, lead, SURGERY)
    keep = indexing._keep

    def keep_but_one(read: Risk, vector: object, now: object) -> None:
        if read == bad:
            raise RuntimeError
        keep(read, vector, now)

    monkeypatch.setattr(indexing, "_keep", keep_but_one)
    assert indexing.index(now=NOW) == 1
    assert RiskVector.objects.get().risk == good
    monkeypatch.undo()
    assert indexing.index(now=NOW) == 1


def test_the_index_finds_for_a_reader_of_many_what_comparing_each_finds(
    ladder: Ladder, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = logged(ladder, lead, WARFARIN)
    for words in (SURGERY, LIFTS, SURGERY, LIFTS):
        logged(ladder, ladder.actor(ladder.neighbour), words)
    seen = logged(ladder, lead, SURGERY)
    indexing.index(now=NOW)
    assert alike(risk, lead) == [seen]
    monkeypatch.setattr(look_alikes, "FEW", 0)
    assert alike(risk, lead) == [seen]


def test_words_that_did_not_change_are_not_encoded_again(
    ladder: Ladder, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged(ladder, lead, WARFARIN)
    indexing.index(now=NOW)
    Risk.objects.update(indexed_as="")  # as when another body comes to see it
    encoded: list[RiskText] = []
    encode = likeness.vectors

    def counting(texts: list[RiskText]) -> object:
        encoded.extend(texts)
        return encode(texts)

    monkeypatch.setattr(likeness, "vectors", counting)
    assert indexing.index(now=NOW) == 1
    assert encoded == []
    assert indexing.index(now=NOW) == 0
