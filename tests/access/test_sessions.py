"""Rights are those of the moment: what ends ends at the next request, and nothing is left over from another role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts import services as accounts
from accounts.models import Role
from risks import services as risks
from tests.access.answers import REFERENCES, answer, text
from tests.access.cast import choose, join
from tests.access.relations import relations, sees
from tests.access.story import mark
from tests.factories import NOW, MembershipFactory

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Membership
    from tests.access.world import World

API = "/api/v1/"


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    choose(client, actor.membership)
    return client


def local(world: World) -> str:
    return world.story.subjects["local"].risk.reference


def test_an_ended_membership_has_no_rights_at_the_next_request(world: World) -> None:
    client, leaver = signed_in(world.cast.actors["lead"]), world.cast.actors["lead"]
    page = f"/risks/{local(world)}/"
    assert answer(client.get(page)) == "ok"
    accounts.end_membership(membership=leaver.membership, by=world.cast.actors["administrator"], now=NOW)
    for path in (page, f"{page}score/", "/", "/risks/", f"{API}risks/", f"{API}risks/{local(world)}/"):
        assert answer(client.get(path)) == "choose"
    assert answer(client.post(f"{page}comment/", {"text": "I was here"})) == "choose"
    assert answer(client.post(f"{API}risks/{local(world)}/review/", {}, content_type="application/json")) == "choose"


def test_a_deactivated_person_is_signed_out_at_the_next_request(world: World) -> None:
    leaver = world.cast.actors["viewer"]
    client = signed_in(leaver)
    assert answer(client.get("/risks/")) == "ok"
    accounts.deactivate(membership=leaver.membership, by=world.cast.actors["administrator"], now=NOW)
    for path in ("/risks/", f"/risks/{local(world)}/", "/acting/", f"{API}me/", f"{API}risks/"):
        assert answer(client.get(path)) == "sign-in"


def test_a_role_that_was_lowered_is_lowered_at_the_next_request(world: World) -> None:
    lead = world.cast.actors["lead"]
    client = signed_in(lead)
    page = f"/risks/{local(world)}/score/"
    assert answer(client.get(page)) == "ok"
    accounts.set_role(membership=lead.membership, role=Role.VIEWER, by=world.cast.actors["administrator"], now=NOW)
    assert answer(client.get(page)) == "403"
    assert answer(client.get(f"/risks/{local(world)}/")) == "ok"


def test_nobody_quietly_acts_for_another_organisation_when_a_membership_ends(world: World) -> None:
    lead = world.cast.actors["lead"]
    other = also(world, lead, "neighbour", Role.VIEWER)
    client = signed_in(lead)
    accounts.end_membership(membership=lead.membership, by=world.cast.actors["administrator"], now=NOW)
    assert answer(client.get("/risks/")) == "choose"
    assert client.get(f"{API}me/").json()["acting"] is None
    client.post("/acting/", {"membership": str(other.pk)})
    assert client.get(f"{API}me/").json()["acting"]["id"] == str(other.pk)
    assert listed(client) == seen(world, "neighbour")


def also(world: World, actor: Actor, organisation: str, role: Role) -> Membership:
    """A second membership of the same person."""
    return MembershipFactory(user=actor.user, organisation=world.cast.organisations[organisation], role=role)


def listed(client: Client) -> set[str]:
    """The risks in both lists, which must agree."""
    over_the_api = {risk["reference"] for risk in client.get(f"{API}risks/").json()["results"]}
    assert set(REFERENCES.findall(text(client.get("/risks/")))) == over_the_api
    return over_the_api


def seen(world: World, kind: str) -> set[str]:
    return {world.story.subjects[name].risk.reference for name in relations() if sees(kind, name)}


def test_switching_changes_everything_at_once_and_rights_never_add_up(world: World) -> None:
    lead = world.cast.actors["lead"]
    other = also(world, lead, "neighbour", Role.REPORTER)
    client = signed_in(lead)
    assert listed(client) == seen(world, "lead")
    told = client.get(f"{API}notifications/").json()["total"]
    assert told

    client.post("/acting/", {"membership": str(other.pk)})
    assert listed(client) == seen(world, "neighbour")
    assert client.get(f"{API}notifications/").json()["total"] == 0
    offered = world.story.subjects["offered"]
    assert answer(client.get(f"/risks/{local(world)}/")) == "404"
    assert answer(client.get(f"/risks/{local(world)}/score/")) == "404"
    assert answer(client.get(f"/risks/{offered.risk.reference}/")) == "ok"
    # A safety lead there, but a reporter here: neither role works on what the other organisation owns.
    for path in ("score/", f"transfer/{offered.parts['transfer']}/accept/"):
        assert answer(client.get(f"/risks/{offered.risk.reference}/{path}")) == "403"
    assert world.cast.users["owner_deputy"].email not in text(client.get("/risks/log/"))

    client.post(f"{API}me/act-for/", {"membership": str(lead.membership.pk)}, content_type="application/json")
    assert listed(client) == seen(world, "lead")
    assert client.get(f"{API}notifications/").json()["total"] == told


def test_an_administrator_reads_no_risk_also_when_a_safety_lead_under_another_membership(world: World) -> None:
    lead = world.cast.actors["lead"]
    client = signed_in(lead)
    choose(client, also(world, lead, "owner", Role.ADMINISTRATOR))
    assert client.get(f"{API}risks/").json()["total"] == 0
    assert answer(client.get("/risks/")) == "403"
    assert answer(client.get(f"/risks/{local(world)}/")) == "404"
    assert answer(client.get("/people/")) == "ok"


@pytest.mark.parametrize("chosen", ["neighbour", "nonsense"])
def test_a_session_that_names_somebody_elses_membership_acts_for_nobody(chosen: str, world: World) -> None:
    client = signed_in(world.cast.actors["lead"])
    session = client.session
    session["acting_membership"] = (
        str(world.cast.actors["neighbour"].membership.pk) if chosen == "neighbour" else chosen
    )
    session.save()
    assert answer(client.get("/risks/")) == "choose"


def test_a_share_that_is_revoked_ends_at_the_next_request(world: World) -> None:
    client = signed_in(world.cast.actors["involved"])
    risk = world.story.subjects["crossing"].risk
    assert answer(client.get(f"/risks/{risk.reference}/")) == "ok"
    named = risk.involvements.get(organisation=world.cast.organisations["involved"])
    risks.stop_involving(involvement=named, by=world.cast.actors["lead"], now=NOW)
    for path in (f"/risks/{risk.reference}/", f"{API}risks/{risk.reference}/", f"{API}risks/{risk.reference}/scores/"):
        assert answer(client.get(path)) == "404"
    assert risk.reference not in listed(client)


def test_a_link_that_is_withdrawn_ends_at_the_next_request(world: World) -> None:
    client = signed_in(world.cast.actors["lead"])
    theirs, linked = (world.story.subjects[name].risk.reference for name in ("theirs", "linked"))
    seen = (f"/risks/{theirs}/", f"/risks/{theirs}/map/", f"{API}risks/{theirs}/", f"{API}risks/{theirs}/controls/")
    for path in seen:
        assert answer(client.get(path)) == "ok"
    link = world.story.links["linked"]
    risks.withdraw_link(link=link, why="No longer", by=world.cast.actors["neighbour"], now=NOW)
    for path in seen:
        assert answer(client.get(path)) == "404"
    assert theirs not in listed(client)
    for path in (f"/risks/{linked}/", f"/risks/{linked}/map/", f"{API}risks/{linked}/map/", f"{API}links/{link.pk}/"):
        page = client.get(path)
        assert answer(page) == "ok"
        assert theirs not in text(page)
        assert mark("theirs", "title") not in text(page)


def test_an_organisation_that_is_not_affected_sees_the_risk_no_more_at_the_next_request(world: World) -> None:
    client = signed_in(world.cast.actors["involved"])
    risk, question = world.story.subjects["crossing"].risk, world.story.questions["crossing"]
    assert mark("crossing", "title") in text(client.get(f"/involvements/{question.pk}/"))
    risks.answer_not_affected(involvement=question, words="Not us", by=world.cast.actors["involved"], now=NOW)
    for path in (f"/risks/{risk.reference}/", f"{API}risks/{risk.reference}/", f"/risks/{risk.reference}/map/"):
        assert answer(client.get(path)) == "404"
    for path in (f"/involvements/{question.pk}/", f"{API}involvements/{question.pk}/", "/involvements/"):
        page = client.get(path)
        assert answer(page) == "ok"
        assert risk.reference in text(page)
        assert mark("crossing", "title") not in text(page)


def test_nobody_acts_for_an_organisation_that_has_closed(world: World) -> None:
    lead = world.cast.actors["lead"]
    client = signed_in(lead)
    type(lead.organisation).objects.filter(pk=lead.organisation_id).update(closed_on=NOW.date())
    for path in (f"/risks/{local(world)}/score/", "/risks/log/", f"/risks/{local(world)}/escalate/", "/organisation/"):
        assert answer(client.get(path)) == "403"
        assert answer(client.post(path, {"text": "x"})) == "403"


def test_what_was_told_in_one_organisation_is_not_shown_in_another(world: World) -> None:
    newcomer = join(world.cast.organisations["other_icb"], Role.SAFETY_LEAD, "Test Newcomer")
    told = world.others["told"]["pk"]
    client = signed_in(newcomer)
    assert answer(client.post(f"/notifications/{told}/open/")) == "404"
    assert client.get(f"{API}notifications/").json()["total"] == 0
