"""Who is calling, for whom, and which organisations there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from tests.api.conftest import Caller, refused, wrong
from tests.factories import MembershipFactory, OrganisationFactory

if TYPE_CHECKING:
    from tests.api.conftest import Clock
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider, name="Amina Yusuf"))


def test_somebody_learns_who_they_are_and_for_whom_they_act(ladder: Ladder, lead: Caller) -> None:
    me = lead.read("me/")
    assert me["name"] == "Amina Yusuf"
    assert me["acting"]["organisation"]["ods_code"] == ladder.provider.ods_code
    assert me["acting"]["role"] == "SAFETY_LEAD"
    assert me["memberships"] == [me["acting"]]


def test_acting_for_another_organisation_changes_what_is_seen(ladder: Ladder, lead: Caller) -> None:
    ladder.risk(lead.actor)
    other = MembershipFactory(user=lead.actor.user, organisation=ladder.other_icb, role=Role.VIEWER)
    assert lead.read("risks/")["total"] == 1
    assert lead.do("me/act-for/", membership=str(other.pk))["acting"]["role"] == "VIEWER"
    assert lead.read("me/")["acting"]["id"] == str(other.pk)
    assert lead.read("risks/")["total"] == 0


def test_nobody_acts_under_the_membership_of_another_or_one_that_ended(
    ladder: Ladder, lead: Caller, clock: Clock
) -> None:
    ended = MembershipFactory(user=lead.actor.user, organisation=ladder.icb, ended_at=clock.now)
    theirs = ladder.actor(ladder.icb).membership
    for membership in (ended.pk, theirs.pk, "0b7e6f5e-0000-4000-8000-000000000000"):
        errors = wrong(lead.post("me/act-for/", membership=str(membership)))
        assert errors == {"membership": ["Choose one of your own memberships"]}


def test_somebody_whose_membership_ended_chooses_another(ladder: Ladder, lead: Caller, clock: Clock) -> None:
    other = MembershipFactory(user=lead.actor.user, organisation=ladder.other_icb, role=Role.VIEWER)
    lead.actor.membership.ended_at = clock.now
    lead.actor.membership.save()
    assert lead.read("me/")["acting"] is None
    refused(lead.get("risks/"), 403)
    lead.do("me/act-for/", membership=str(other.pk))
    assert lead.read("risks/")["total"] == 0


def test_the_members_listed_are_those_of_the_acting_organisation(ladder: Ladder, lead: Caller) -> None:
    ladder.actor(ladder.provider, Role.REPORTER, name="Ben Okafor")
    ladder.actor(ladder.icb, name="Not Ours")
    rows = [(row["name"], row["role"]) for row in lead.list("members/")]
    assert rows == [("Amina Yusuf", "SAFETY_LEAD"), ("Ben Okafor", "REPORTER")]
    assert set(lead.list("members/")[0]) == {"id", "name", "role"}


def test_organisations_are_found_by_words_code_level_and_parent(ladder: Ladder, lead: Caller) -> None:
    def names(**query: object) -> list[str]:
        return [row["name"] for row in lead.list("organisations/", **query)]

    assert names(search="hospital neighbour") == [ladder.neighbour.name]
    assert names(search=ladder.icb.ods_code.lower()) == [ladder.icb.name]
    assert names(ods_code=ladder.icb.ods_code) == [ladder.icb.name]
    assert names(level="REGION") == [ladder.region.name]
    assert names(parent=str(ladder.icb.pk)) == [ladder.neighbour.name, ladder.provider.name]
    assert list(wrong(lead.get("organisations/", level="COUNTY"))) == ["level"]


def test_a_closed_organisation_is_read_but_no_risk_can_name_it(ladder: Ladder, lead: Caller) -> None:
    closed = OrganisationFactory(name="Gone Trust", parent=ladder.icb, closed_on="2026-04-01")
    assert lead.read(f"organisations/{closed.pk}/")["is_open"] is False
    assert [row["name"] for row in lead.list("organisations/", is_open="false")] == ["Gone Trust"]
    reference = ladder.risk(lead.actor).reference
    errors = wrong(lead.post(f"risks/{reference}/involve/", involved=[closed.ods_code]))
    assert "closed" in errors["involved"][0]


@pytest.mark.parametrize("code", ["", "NOPE", "R1H'--", "a\x00b", "0b7e6f5e-0000-4000-8000-000000000000"])
def test_an_organisation_that_does_not_exist_is_refused_beside_its_field(
    ladder: Ladder, lead: Caller, code: str
) -> None:
    reference = ladder.risk(lead.actor).reference
    errors = wrong(lead.post(f"risks/{reference}/transfer/", to=code, reason="Theirs"))
    no_text = ["Text cannot hold a null character"]
    assert errors == {"to": no_text if "\0" in code else ["There is no organisation with this id or ODS code"]}


def test_an_organisation_without_an_id_of_one_is_not_found(lead: Caller) -> None:
    refused(lead.get("organisations/0b7e6f5e-0000-4000-8000-000000000000/"), 404)
    refused(lead.get("organisations/R1H/"), 404)


def test_many_organisations_come_page_by_page_and_never_more_than_two_hundred(lead: Caller) -> None:
    parent = lead.actor.organisation.parent
    OrganisationFactory.create_batch(210, parent=parent)
    assert list(wrong(lead.get("organisations/", page_size=5000))) == ["page_size"]
    first = lead.read("organisations/", page_size=200)
    assert (len(first["results"]), first["total"], first["total_is_exact"]) == (200, 216, True)
    second = lead.client.get(first["next"]).json()
    seen = {row["id"] for row in first["results"] + second["results"]}
    assert len(seen) == 216
