"""The pages of look-alikes: while a risk is written, on its page, and the work list of a body above the providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from risks import indexing
from risks.models import Introduction, PairDismissal, Risk, RiskLink
from tests.factories import NOW, OrganisationFactory
from tests.ladder import FIELDS
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb)


@pytest.fixture
def pair(ladder: Ladder, lead: Actor) -> tuple[Risk, Risk]:
    """Two risks of two providers that say much the same."""
    found = ladder.risk(lead), ladder.risk(ladder.actor(ladder.neighbour), title="Discharge letters come late")
    indexing.index(now=NOW)
    return found


def address(pair: tuple[Risk, Risk], what: str = "") -> str:
    return f"/look-alikes/{pair[0].reference}/{pair[1].reference}/{what}"


def test_the_work_list_shows_both_risks_and_why(pair: tuple[Risk, Risk], icb: Actor) -> None:
    page = words(visitor(icb).get("/look-alikes/"))
    assert "1 likely pair" in page
    for risk in pair:
        assert f"{risk.reference} {risk.title}" in page
        assert risk.organisation.name in page
    assert "Both concern" in page


def test_an_empty_work_list_says_so(icb: Actor) -> None:
    assert "Nothing to bring together" in words(visitor(icb).get("/look-alikes/"))


def test_a_provider_and_a_viewer_have_no_work_list(ladder: Ladder, lead: Actor, pair: tuple[Risk, Risk]) -> None:
    for actor in (lead, ladder.actor(ladder.icb, Role.VIEWER)):
        assert visitor(actor).get("/look-alikes/").status_code == 403
        assert "Look-alikes" not in visitor(actor).get("/").content.decode()


def test_two_risks_are_compared_side_by_side(pair: tuple[Risk, Risk], icb: Actor) -> None:
    page = words(visitor(icb).get(address(pair)))
    for risk in pair:
        assert risk.title in page
    assert page.count(FIELDS["cause"]) == 2
    for words_of_it in ("Propose the link", "Log a new system risk with these two", "Dismiss the pair"):
        assert words_of_it in page


def test_a_pair_that_is_not_seen_is_not_there(ladder: Ladder, pair: tuple[Risk, Risk], icb: Actor) -> None:
    other = visitor(ladder.actor(ladder.other_icb))
    missing = visitor(icb)
    assert other.get(address(pair)).status_code == 404
    assert missing.get(f"/look-alikes/{pair[0].reference}/PSR-999999/").status_code == 404
    assert missing.get(f"/look-alikes/{pair[0].reference}/{pair[0].reference}/").status_code == 404
    for what in ("link/", "gather/", "dismiss/", "restore/"):
        assert other.post(address(pair, what)).status_code == 404


def test_a_pair_is_linked_in_one_step_in_either_direction(pair: tuple[Risk, Risk], icb: Actor) -> None:
    client = visitor(icb)
    sent = client.post(address(pair, "link/"), {"kind": "CAUSES", "turned": "on", "reason": "One letter, two sides"})
    assert sent.status_code == 303
    link = RiskLink.objects.get()
    assert (link.from_risk, link.to_risk, link.kind) == (pair[1], pair[0], "CAUSES")
    page = words(client.get("/look-alikes/"))
    assert "It stands once the owners have accepted it" in page
    assert "Nothing to bring together" in page
    assert "linked already" in words(client.get(address(pair)))


def test_what_is_typed_is_kept_when_a_link_is_refused(pair: tuple[Risk, Risk], icb: Actor) -> None:
    answer = visitor(icb).post(address(pair, "link/"), {"reason": "One letter, two sides"})
    assert answer.status_code == 422
    assert "Select how they belong together" in words(answer)
    assert "One letter, two sides" in answer.content.decode()


def test_a_pair_is_gathered_under_a_system_risk(ladder: Ladder, pair: tuple[Risk, Risk], icb: Actor) -> None:
    assert "has no open risk of its own yet" in words(visitor(icb).get(address(pair)))
    system = ladder.risk(icb, title="Letters are late across the system")
    assert system.title in visitor(icb).get(address(pair)).content.decode()
    sent = visitor(icb).post(address(pair, "gather/"), {"system_risk": system.pk, "reason": "One system, one problem"})
    assert sent.status_code == 303
    gathered = RiskLink.objects.filter(to_risk=system, kind="CONTRIBUTES_TO", status="PROPOSED")
    assert {link.from_risk for link in gathered} == set(pair)
    elsewhere = ladder.risk(ladder.actor(ladder.other_icb), title="Somebody else's")
    answer = visitor(icb).post(address(pair, "gather/"), {"system_risk": elsewhere.pk, "reason": "Why not"})
    assert "Choose an open risk of your own" in words(answer)


def test_a_pair_is_dismissed_remembered_and_put_back(pair: tuple[Risk, Risk], icb: Actor, ladder: Ladder) -> None:
    client = visitor(icb)
    assert client.post(address(pair, "dismiss/"), {"reason": "Letters of another kind"}).status_code == 303
    assert PairDismissal.objects.get().created_by == icb.user
    page = words(client.get("/look-alikes/"))
    assert "1 pair dismissed" in page
    indexing.index(now=NOW)
    assert "Nothing to bring together" in words(client.get("/look-alikes/"))
    assert "Letters of another kind" in words(client.get("/look-alikes/dismissed/"))
    colleague = visitor(ladder.actor(ladder.region))
    assert "No pair has been dismissed" in words(colleague.get("/look-alikes/dismissed/"))
    assert client.post(address(pair, "restore/")).status_code == 303
    assert "1 likely pair" in words(client.get("/look-alikes/"))
    assert client.get(address(pair, "restore/")).status_code == 409


def test_what_is_like_a_risk_stands_on_its_page(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    page = words(visitor(lead).get(risk.path))
    assert "These are being worked out from what the risk says now" in page
    indexing.index(now=NOW)
    assert "No other risk that you can see says much the same" in words(visitor(lead).get(risk.path))
    like = ladder.risk(lead, title="Letters reach the practices late")
    indexing.index(now=NOW)
    page = words(visitor(lead).get(risk.path))
    assert f"{like.reference} {like.title} Both concern" in page


def test_the_unseen_are_told_of_from_three_on_and_introduced_by_the_icb(
    ladder: Ladder, lead: Actor, icb: Actor
) -> None:
    risk = ladder.risk(lead)
    others = [ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.icb))) for _ in range(2)]
    indexing.index(now=NOW)
    page = words(visitor(lead).get(risk.path))
    assert "that you cannot see" not in page
    assert "to introduce us" not in page
    others.append(ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.icb))))
    indexing.index(now=NOW)
    told = "There are similar risks in 3 other organisations of this system that you cannot see"
    page = visitor(lead).get(risk.path)
    assert told in words(page)
    assert not any(other.reference in page.content.decode() for other in others)
    reporter = words(visitor(ladder.actor(ladder.provider, Role.REPORTER)).get(risk.path))
    assert told in reporter
    assert "to introduce us" not in reporter
    assert told not in words(visitor(icb).get(risk.path))
    assert visitor(lead).post(f"{risk.path}introduction/", {"reason": "We need to meet"}).status_code == 303
    introduction = Introduction.objects.get()
    assert "asks to be introduced" in words(visitor(icb).get("/look-alikes/"))
    form = words(visitor(icb).get(f"{introduction.path}introduce/"))
    for other in others:
        assert f"{other.reference} {other.title}" in form


def test_look_alikes_are_shown_while_a_risk_is_written(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    hidden = ladder.risk(ladder.actor(ladder.neighbour))
    indexing.index(now=NOW)
    found = visitor(lead).post("/risks/look-alikes/", {"title": FIELDS["title"], "cause": "Letters\0wait"})
    assert risk.reference in found.content.decode()
    assert hidden.reference not in found.content.decode()
    assert "that you cannot see" not in found.content.decode()
    nothing = visitor(lead).post("/risks/look-alikes/", {"title": "Lifts fail"})
    assert "No risk that you can see" in nothing.content.decode()
    assert Risk.objects.count() == 2


def test_without_script_a_button_looks_for_them_and_nothing_typed_is_lost(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    indexing.index(now=NOW)
    page = visitor(lead).post("/risks/log/", {"more": "look-alikes", "title": FIELDS["title"], "cause": "Typed so far"})
    assert page.status_code == 200
    assert f"{risk.reference} {risk.title}" in words(page)
    assert "Typed so far" in page.content.decode()
    assert Risk.objects.count() == 1


def test_a_viewer_cannot_ask_for_look_alikes_of_a_text(ladder: Ladder) -> None:
    viewer = visitor(ladder.actor(ladder.provider, Role.VIEWER))
    assert viewer.post("/risks/look-alikes/", {"title": "Letters"}).status_code == 403


def test_the_work_list_costs_the_same_for_one_pair_as_for_many(ladder: Ladder, lead: Actor, icb: Actor) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert visitor(icb).get("/look-alikes/").status_code == 200
        return len(asked)

    ladder.risk(lead)
    for number in (1, 9):
        for _ in range(number):
            ladder.risk(ladder.actor(OrganisationFactory(parent=ladder.icb)))
        indexing.index(now=NOW)
        if number == 1:
            queries()
            one = queries()
    assert queries() == one


def test_asking_is_refused_where_there_is_nobody_to_be_introduced_to(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    indexing.index(now=NOW)
    answer = visitor(lead).post(f"{risk.path}introduction/", {"reason": "We need to meet"})
    assert answer.status_code == 409
    assert not Introduction.objects.exists()
