"""Links between risks, as each side and whoever proposes them sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from risks import services as risks
from risks.models import LinkStatus, Risk, RiskLink
from tests.factories import NOW, OrganisationFactory
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
REASON = "Both wait for the same signature"
OURS, THEIRS = "Letters wait for a signature", "Doses are changed unseen"


@dataclass
class Scene:
    ladder: Ladder
    lead: Actor
    neighbour: Actor
    icb: Actor
    ours: Risk
    theirs: Risk

    def link(self, by: Actor, kind: str = "CONTRIBUTES_TO") -> RiskLink:
        return risks.propose_link(risk=self.ours, to=self.theirs.reference, kind=kind, reason=REASON, by=by, now=NOW)

    def propose(self, by: Actor, risk: Risk | None = None, **typed: Any) -> HttpResponse:
        given = {"kind": "CONTRIBUTES_TO", "reason": REASON, **typed}
        return visitor(by).post(f"{(risk or self.ours).path}link/", given, follow=True)


@pytest.fixture
def scene(ladder: Ladder) -> Scene:
    """The provider is named on the neighbour's risk, so that it sees that one; not the other way round."""
    lead, neighbour = ladder.actor(ladder.provider, name="Amina Yusuf"), ladder.actor(ladder.neighbour)
    ours = ladder.risk(lead, title=OURS)
    theirs = ladder.risk(neighbour, title=THEIRS, involved=[ladder.provider])
    return Scene(ladder, lead, neighbour, ladder.actor(ladder.icb), ours, theirs)


def page_of(link: RiskLink, actor: Actor) -> str:
    response = visitor(actor).get(link.path)
    assert response.status_code == 200
    return words(response)


def raw(path: str, actor: Actor) -> str:
    return visitor(actor).get(path).content.decode()


# Proposing


def test_open_risks_that_can_be_seen_are_suggested_and_understood(scene: Scene) -> None:
    hidden = scene.ladder.risk(scene.neighbour, title="Nobody else sees it", reach="1")
    page = raw(f"{scene.ours.path}link/", scene.lead)
    label = f"{scene.theirs.reference} {THEIRS} (Test Neighbour Hospital)"
    assert label in page
    assert hidden.reference not in page
    assert scene.ours.reference not in page.split("<datalist")[1].split("</datalist>")[0]
    answer = scene.propose(scene.lead, to=label)
    assert "Test Neighbour Hospital has been asked to accept the link" in words(answer)
    assert RiskLink.objects.get().status == LinkStatus.PROPOSED


def test_the_address_may_say_what_is_meant(scene: Scene) -> None:
    page = raw(f"{scene.ours.path}link/?to={scene.theirs.reference}&kind=CAUSES", scene.lead)
    assert f'value="{scene.theirs.reference}"' in page
    assert 'value="CAUSES" checked' in page.replace("\n", " ")
    assert 'value="ODD" checked' not in raw(f"{scene.ours.path}link/?kind=ODD", scene.lead)


def test_two_risks_of_our_own_are_linked_at_once(scene: Scene) -> None:
    second = scene.ladder.risk(scene.lead, title="Another")
    answer = scene.propose(scene.lead, to=second.reference)
    assert "The two risks are linked: both are yours" in words(answer)
    assert f"{scene.ours.reference} contributes to {second.reference}." in words(answer)


def test_what_cannot_be_linked_gets_one_answer_and_keeps_the_words(scene: Scene) -> None:
    hidden = scene.ladder.risk(scene.neighbour, title="Nobody else sees it", reach="1")
    scene.link(scene.lead)
    answers = set()
    for to in (hidden.reference, "PSR-999999", scene.ours.reference, scene.theirs.reference, "words"):
        refused = scene.propose(scene.lead, to=to)
        assert refused.status_code == 422
        assert REASON in refused.content.decode()
        answers.add(words(refused).split("There is a problem")[1].split(scene.ours.reference)[0])
    assert len(answers) == 1
    assert "There is no open risk with this reference that you can see" in answers.pop()


def test_a_declined_link_is_proposed_again_only_with_a_new_reason(scene: Scene) -> None:
    risks.decline_link(link=scene.link(scene.lead), why="Not the same", by=scene.neighbour, now=NOW)
    again = scene.propose(scene.lead, to=scene.theirs.reference)
    assert again.status_code == 422
    assert "This was declined on 3 November 2026. Propose it again only with a new reason" in words(again)
    assert scene.propose(scene.lead, to=scene.theirs.reference, reason="Another reason").status_code == 200


def test_a_reason_that_may_identify_a_patient_is_asked_about(scene: Scene) -> None:
    refused = scene.propose(scene.lead, to=scene.theirs.reference, reason="Ring 0191 498 0123")
    assert refused.status_code == 409
    assert "Check that this identifies no patient" in words(refused)


def test_an_icb_is_told_that_both_owners_must_accept(scene: Scene) -> None:
    page = words(visitor(scene.icb).get(f"{scene.ours.path}link/"))
    assert "both owners must accept: until then each reads the name of the other organisation and your reason" in page
    answer = scene.propose(scene.icb, to=scene.theirs.reference)
    assert "Test Neighbour Hospital and Test Royal Hospital have been asked to accept the link" in words(answer)


def test_who_may_propose(scene: Scene) -> None:
    ladder = scene.ladder
    expected = {
        scene.lead: 200,
        scene.icb: 200,
        ladder.actor(ladder.provider, Role.REPORTER): 403,
        ladder.actor(ladder.neighbour): 404,
        ladder.actor(ladder.other_icb): 404,
    }
    found = {actor: visitor(actor).get(f"{scene.ours.path}link/").status_code for actor in expected}
    assert found == expected
    assert visitor(scene.lead).get(f"{scene.theirs.path}link/").status_code == 403


# Reading and answering


def test_whoever_is_asked_reads_title_reason_and_clock_and_nothing_more(scene: Scene) -> None:
    link = scene.link(scene.lead)
    page = page_of(link, scene.neighbour)
    assert f"The risk of Test Royal Hospital contributes to {scene.theirs.reference}." in page
    assert OURS in page
    assert f"Amina Yusuf, Test Royal Hospital, Tuesday 3 November 2026, 10am {REASON}" in page
    assert "Accept or decline the link, owed by Test Neighbour Hospital Due in 10 working days" in page
    for path in (link.path, f"{link.path}accept/", f"{link.path}decline/", scene.theirs.path, "/"):
        shown = raw(path, scene.neighbour)
        assert scene.ours.reference not in shown, path
        assert "Letters wait for sign-off" not in shown.replace(scene.theirs.cause, ""), path


def test_between_two_others_each_reads_the_name_and_the_reason_only(scene: Scene) -> None:
    scene.theirs.involvements.all()
    risks.stop_involving(involvement=scene.theirs.involvements.get(), by=scene.neighbour, now=NOW)
    link = scene.link(scene.icb)
    for actor, own, other in ((scene.lead, scene.ours, scene.theirs), (scene.neighbour, scene.theirs, scene.ours)):
        for path in (link.path, f"{link.path}accept/", f"{link.path}decline/", own.path, "/"):
            shown = raw(path, actor)
            assert other.reference not in shown, path
            assert other.title not in shown, path
        assert REASON in page_of(link, actor)
        assert other.organisation.name in page_of(link, actor)
    risks.accept_link(link=link, by=scene.lead, now=NOW)
    assert "Accepted Test Royal Hospital" in page_of(link, scene.neighbour)
    assert scene.theirs.title not in raw(link.path, scene.lead)


def test_who_may_open_each_page(scene: Scene) -> None:
    ladder, link = scene.ladder, scene.link(scene.lead)
    reporter = ladder.actor(ladder.neighbour, Role.REPORTER)
    outside = [ladder.actor(ladder.other_icb), ladder.actor(ladder.national), scene.icb]
    expected = {
        "": {scene.lead: 200, scene.neighbour: 200, reporter: 200},
        "accept/": {scene.lead: 403, scene.neighbour: 200, reporter: 403},
        "decline/": {scene.lead: 403, scene.neighbour: 200, reporter: 403},
        "withdraw/": {scene.lead: 200, scene.neighbour: 200, reporter: 403},
    }
    for page, wanted in expected.items():
        wanted |= dict.fromkeys(outside, 404)
        assert {actor: visitor(actor).get(f"{link.path}{page}").status_code for actor in wanted} == wanted, page


def test_accepting_says_first_who_will_see_what_and_then_they_do(scene: Scene) -> None:
    link = scene.link(scene.lead)
    said = words(visitor(scene.neighbour).get(f"{link.path}accept/"))
    assert (
        "You will see the title, cause, event, effect, scores and controls of the risk of Test Royal Hospital" in said
    )
    assert "Neither of you sees anything of the risks linked to the other's" in said
    assert "system risk" not in said
    answer = visitor(scene.neighbour).post(f"{link.path}accept/", follow=True)
    assert "You have accepted the link. Each of you now sees the other's risk" in words(answer)
    assert f"{scene.ours.reference} {OURS}" in words(answer)
    assert visitor(scene.neighbour).get(scene.ours.path).status_code == 200


def test_whoever_feeds_a_system_risk_is_told_what_its_owner_will_see(scene: Scene) -> None:
    system = scene.ladder.risk(scene.icb, title="Letters across the system")
    (link,) = risks.gather(risk=system, contributors=[scene.ours.reference], reason=REASON, by=scene.icb, now=NOW)
    said = words(visitor(scene.lead).get(f"{link.path}accept/"))
    assert "The other risk is a system risk: Test Own ICB gathers the risks of several organisations under it" in said
    assert "your score and how it went, your controls, actions and owner" in said


def test_declining_says_why(scene: Scene) -> None:
    link = scene.link(scene.lead)
    at = f"{link.path}decline/"
    assert "Enter why you decline it" in words(visitor(scene.neighbour).post(at, {"why": " "}))
    answer = visitor(scene.neighbour).post(at, {"why": "Ours has another cause"}, follow=True)
    assert "You have declined the link" in words(answer)
    assert "Ours has another cause" in page_of(link, scene.lead)
    assert OURS not in raw(link.path, scene.neighbour)


def test_withdrawing_ends_what_the_link_showed_at_the_next_request(scene: Scene) -> None:
    link = scene.link(scene.lead)
    risks.accept_link(link=link, by=scene.neighbour, now=NOW)
    assert visitor(scene.neighbour).get(scene.ours.path).status_code == 200
    answer = visitor(scene.lead).post(f"{link.path}withdraw/", {"why": "Solved"}, follow=True)
    assert "The link has been withdrawn" in words(answer)
    assert visitor(scene.neighbour).get(scene.ours.path).status_code == 404
    for path in (link.path, scene.theirs.path):
        assert OURS not in raw(path, scene.neighbour)
        assert scene.ours.reference not in raw(path, scene.neighbour)


@pytest.mark.parametrize("page", ["accept/", "decline/", "withdraw/"])
def test_the_wrong_moment_says_what_became_of_it(scene: Scene, page: str) -> None:
    link = scene.link(scene.lead)
    risks.decline_link(link=link, why="Not ours", by=scene.neighbour, now=NOW)
    answer = visitor(scene.neighbour).get(f"{link.path}{page}")
    assert answer.status_code == 409
    assert "This link was declined on 3 November 2026" in words(answer)
    assert OURS not in answer.content.decode()


# On the risk's page


def section(actor: Actor, risk: Risk) -> str:
    page = visitor(actor).get(risk.path)
    assert page.status_code == 200
    return words(page).partition("Linked risks")[2].partition("Who can see it")[0]


def test_the_risks_page_says_how_they_relate_from_its_own_side(scene: Scene) -> None:
    link = scene.link(scene.lead)
    assert "Proposed Contributes to" in section(scene.lead, scene.ours)
    assert f"Proposed Receives from “{OURS}” Test Royal Hospital" in section(scene.neighbour, scene.theirs)
    assert "Answer this proposal" in section(scene.neighbour, scene.theirs)
    assert "Answer this proposal" not in section(scene.lead, scene.ours)
    risks.accept_link(link=link, by=scene.neighbour, now=NOW)
    assert f"Contributes to {scene.theirs.reference} {THEIRS}" in section(scene.lead, scene.ours)
    assert f"Receives from {scene.ours.reference} {OURS}" in section(scene.neighbour, scene.theirs)
    risks.withdraw_link(link=link, why="Solved", by=scene.lead, now=NOW)
    assert "1 link declined or withdrawn" in section(scene.neighbour, scene.theirs)
    assert OURS not in section(scene.neighbour, scene.theirs)


def test_a_chain_of_links_shows_no_neighbours_neighbour(scene: Scene) -> None:
    """Ours is linked with theirs, theirs with a third: we read nothing of the third, nor that there is one."""
    far = OrganisationFactory(name="Far Hospital", parent=scene.ladder.other_icb)
    third_lead = scene.ladder.actor(far)
    third = scene.ladder.risk(third_lead, title="The third risk", involved=[scene.ladder.neighbour])
    risks.accept_link(link=scene.link(scene.lead), by=scene.neighbour, now=NOW)
    onward = risks.propose_link(
        risk=scene.theirs, to=third.reference, kind="CAUSES", reason=REASON, by=scene.neighbour, now=NOW
    )
    risks.accept_link(link=onward, by=third_lead, now=NOW)
    shown = raw(scene.theirs.path, scene.lead)
    for hidden in (third.title, third.reference, str(onward.pk), "Far Hospital"):
        assert hidden not in shown
    assert str(onward.pk) in raw(scene.theirs.path, scene.neighbour)
    assert visitor(scene.lead).get(onward.path).status_code == 404


def test_the_page_asks_the_database_as_often_for_many_links_as_for_one(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def grow(count: int) -> None:
        for number in range(count):
            theirs = scene.ladder.risk(scene.neighbour, title=f"{number}", involved=[scene.ladder.provider])
            link = risks.propose_link(
                risk=scene.ours, to=theirs.reference, kind="RELATED", reason=REASON, by=scene.lead, now=NOW
            )
            if number % 3 == 1:
                risks.accept_link(link=link, by=scene.neighbour, now=NOW)
            if number % 3 == 2:
                risks.decline_link(link=link, why="No", by=scene.neighbour, now=NOW)

    grow(3)
    client = visitor(scene.lead)
    client.get(scene.ours.path)
    with CaptureQueriesContext(connection) as for_few:
        client.get(scene.ours.path)
    grow(24)
    with django_assert_num_queries(len(for_few)):
        client.get(scene.ours.path)
