"""Triage as a page: deciding where one looks, without a script, and coming back to the same place."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from escalations.models import Status
from risks.models import RiskLink
from tests.escalations.stage import fresh
from tests.ladder import Ladder
from tests.overview.triage.waiting import Waiting, another, breach, everything, key_of, likely
from tests.risks.belonging import BORN, involve
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def waiting(ladder: Ladder) -> Waiting:
    return everything(ladder)


@pytest.fixture
def icb(waiting: Waiting) -> Client:
    return visitor(waiting.icb)


def key(waiting: Waiting) -> str:
    return f"escalation-{waiting.escalation.pk}"


def state(client: Client, waiting: Waiting, do: str = "accept") -> str:
    """What the open form carries of the state that was read."""
    page = client.get(f"/triage/?do={do}&item={key(waiting)}").content.decode()
    return page.partition(f'name="state-{key(waiting)}" value="')[2].partition('"')[0]


def test_the_list_says_what_waits_and_why(icb: Client) -> None:
    said = words(icb.get("/triage/"))
    assert "things to decide" in said
    assert "Why it is here: Test Own ICB has yet to acknowledge it" in said
    assert "Nobody handles it yet" in said
    assert "Risks that may belong together" in said


def test_a_form_opens_in_its_place_and_filters_are_kept(icb: Client, waiting: Waiting) -> None:
    opened = icb.get(f"/triage/?kind=ESCALATION&do=accept&item={key(waiting)}")
    page = opened.content.decode()
    assert 'action="/triage/?kind=ESCALATION#' + key(waiting) in page
    assert "What your organisation will do" in page
    body = {"do": "accept", "item": key(waiting), f"state-{key(waiting)}": state(icb, waiting), "plan": "We will meet"}
    done = icb.post("/triage/?kind=ESCALATION", body)
    assert (done.status_code, done["Location"]) == (303, "/triage/?kind=ESCALATION")
    assert fresh(waiting.escalation).status == Status.ACCEPTED
    assert f"Done (accept): {waiting.escalation.risk.reference}" in words(icb.get("/triage/"))


def test_what_is_wrong_stands_beside_what_caused_it_and_nothing_typed_is_lost(icb: Client, waiting: Waiting) -> None:
    wrong = icb.post("/triage/", {"do": "answer", "item": key(waiting), "text": "Send letters unsigned"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "Select the outcome" in page
    assert "Send letters unsigned" in page
    assert 'href="#answer_outcome"' in page
    asked = {"do": "answer", "item": key(waiting), "outcome": "ADVICE", "text": BORN}
    found = icb.post("/triage/", asked)
    assert found.status_code == 409
    assert "I have checked: this does not identify a patient" in words(found)
    assert icb.post("/triage/", asked | {"personal_data_checked": "on"}).status_code == 303


def test_what_a_colleague_took_is_shown_and_can_then_be_meant(icb: Client, waiting: Waiting) -> None:
    read = state(icb, waiting)
    waiting.stage.do("accept", waiting.escalation, by=waiting.colleague)
    body = {"do": "answer", "item": key(waiting), "outcome": "ADVICE", "text": "Send them"}
    late = icb.post("/triage/", body | {f"state-{key(waiting)}": read})
    assert late.status_code == 409
    said = words(late)
    assert "Grace Colleague of Test Own ICB accepted it on" in said
    assert "Send them" in said
    assert fresh(waiting.escalation).status == Status.ACCEPTED
    again = icb.post("/triage/", body | {f"state-{key(waiting)}": state(icb, waiting)})
    assert again.status_code == 303


def test_several_at_once(icb: Client, waiting: Waiting) -> None:
    other = waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider, title="Another"))
    both = [key(waiting), f"escalation-{other.pk}"]
    chosen = "&".join(f"item={one}" for one in both)
    opened = words(icb.get(f"/triage/?{chosen}&item=new-{waiting.pair[0].pk}&do=acknowledge"))
    assert "Acknowledge: 2 things at once" in opened
    assert "1 thing that you chose cannot be dealt with in this way" in opened
    done = icb.post("/triage/", {"do": "acknowledge", "item": both, "handler": str(waiting.colleague.user.pk)})
    assert done.status_code == 303
    assert fresh(other).handler == waiting.colleague.user
    waiting.stage.do("accept", waiting.escalation)
    waiting.stage.do("answer", waiting.escalation)
    mixed = icb.post("/triage/", {"do": "accept", "item": both, "plan": "We meet"})
    assert mixed.status_code == 409
    said = words(mixed)
    assert "Not everything could be done" in said
    assert "We meet" in said
    assert fresh(other).status == Status.ACCEPTED


def test_what_follows_and_whom_to_ring_stand_beside_the_form(icb: Client, waiting: Waiting) -> None:
    region = waiting.stage.ladder.region
    region.duty_phone = "0113 496 0000"
    region.save()
    one = words(icb.get(f"/triage/?do=escalate-on&item={key(waiting)}"))
    assert "Ring them as well, now: 0113 496 0000" in one
    assert "This also acknowledges the escalation and names you as its handler" in one
    assert "Extreme. Test Region North must acknowledge it within" in one
    several = words(icb.get(f"/triage/?do=escalate-on&item={key(waiting)}&item={key_of(another(waiting))}"))
    assert "Ring them as well, now: 0113 496 0000" in several
    assert "Each by that of its own risk" in several
    assert "Each is done by itself, with clocks of its own" in several


def test_of_several_those_that_a_colleague_took_are_named_with_who_did(icb: Client, waiting: Waiting) -> None:
    others = [another(waiting), another(waiting)]
    waiting.stage.do("accept", others[0], by=waiting.colleague)
    chosen = "&".join(f"item={key_of(hop)}" for hop in (waiting.escalation, *others))
    opened = words(icb.get(f"/triage/?do=accept&{chosen}"))
    assert "Accept: 2 things at once" in opened
    assert "1 thing that you chose cannot be dealt with in this way now, and stays as it is" in opened
    assert "Grace Colleague of Test Own ICB accepted it on" in opened


def test_while_a_form_is_open_nothing_is_ticked_and_cancel_goes_back_to_what_was(icb: Client, waiting: Waiting) -> None:
    both = [key(waiting), key_of(another(waiting))]
    chosen = "&".join(f"item={one}" for one in both)
    opened = icb.get(f"/triage/?kind=ESCALATION&do=accept&{chosen}").content.decode()
    assert 'id="tick-' not in opened
    assert "all that are ticked" not in opened
    back = unescape(opened.rpartition('">Cancel')[0].rpartition('href="')[2])
    listed = icb.get(f"/triage/{back}").content.decode()
    assert len(re.findall(r'name="item"[^>]* checked>', listed)) == 2
    assert not re.search(r'name="item"[^>]* checked>', icb.get("/triage/?kind=ESCALATION").content.decode())


def test_what_can_be_done_at_once_is_what_the_list_has_something_for(icb: Client, waiting: Waiting) -> None:
    at_once = words(icb.get("/triage/?kind=POSITION")).partition("all that are ticked")[2]
    assert "We are not affected" in at_once
    assert "Escalate on" not in at_once
    assert "all that are ticked" not in words(icb.get("/triage/?kind=LINK"))
    assert "Put everything new away" in words(icb.get("/triage/?kind=NEW"))


def test_the_list_and_its_counts_are_read_in_one_go(icb: Client, waiting: Waiting) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert icb.get("/triage/").status_code == 200
    assert len([query for query in asked if "WITH items AS" in query["sql"]]) == 1


def test_nothing_chosen_says_what_to_do(icb: Client) -> None:
    assert icb.get("/triage/?do=acknowledge").status_code == 303
    assert "Tick something that this can be done to" in words(icb.get("/triage/"))
    assert "Choose something in the list" in words(icb.post("/triage/", {"do": "acknowledge"}))
    assert icb.post("/triage/", {"do": "no-such-thing"}).status_code == 404


def test_where_colleagues_took_all_that_was_chosen_each_is_named_with_who_did(icb: Client, waiting: Waiting) -> None:
    other = waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider, title="Another"))
    for hop in (waiting.escalation, other):
        waiting.stage.do("accept", hop, by=waiting.colleague)
    assert icb.get(f"/triage/?do=accept&item={key(waiting)}&item=escalation-{other.pk}").status_code == 303
    said = words(icb.get("/triage/"))
    assert f"{other.risk.reference}: Grace Colleague of Test Own ICB accepted it on" in said
    assert "There is nothing left to do this to (accept)" in said
    assert f"{waiting.escalation.risk.reference}: Grace Colleague of Test Own ICB accepted it on" in said


def test_a_pair_is_gathered_under_a_system_risk(icb: Client, waiting: Waiting) -> None:
    page = icb.get("/triage/?kind=PAIR").content.decode()
    one = page.partition('id="pair-')[2].partition('"')[0]
    body = {"do": "gather", "item": f"pair-{one}", "system_risk": str(waiting.system.pk), "reason": "All wait"}
    assert icb.post("/triage/?kind=PAIR", body).status_code == 303
    assert RiskLink.objects.filter(to_risk=waiting.system, kind="CONTRIBUTES_TO", reason="All wait").count() == 2


def test_a_viewer_reads_and_is_offered_nothing(waiting: Waiting, ladder: Ladder) -> None:
    viewer = visitor(ladder.actor(ladder.icb, Role.VIEWER))
    page = viewer.get("/triage/?do=accept&item=" + key(waiting)).content.decode()
    assert waiting.escalation.risk.title in page
    assert 'name="do"' not in page
    assert viewer.post("/triage/", {"do": "acknowledge", "item": key(waiting)}).status_code == 403


def test_providers_and_administrators_have_no_triage(waiting: Waiting, ladder: Ladder) -> None:
    for actor in (waiting.provider, ladder.actor(ladder.icb, Role.ADMINISTRATOR)):
        assert visitor(actor).get("/triage/").status_code == 403
        assert "/triage/" not in visitor(actor).get("/").content.decode()


def test_everything_new_is_put_away(icb: Client) -> None:
    opened = icb.get("/triage/put-all-away/?kind=NEW").content.decode()
    until = opened.partition('name="until" value="')[2].partition('"')[0]
    assert icb.post("/triage/put-all-away/", {"kind": "NEW", "until": until}).status_code == 303
    assert "Why it is here: You can see this risk" not in words(icb.get("/triage/"))


def test_a_region_sees_what_is_breached_in_its_icbs_but_no_title_it_may_not_read(
    waiting: Waiting, ladder: Ladder, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = breach(waiting.now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    region = visitor(ladder.actor(ladder.region))
    said = words(region.get("/triage/breached/"))
    assert "Test Own ICB" in said
    assert "Acknowledge the escalation" in said
    assert waiting.escalation.risk.title not in said
    assert waiting.escalation.risk.reference not in said
    assert "Breached below us (" in words(region.get("/triage/"))
    file = b"".join(region.get("/triage/breached/?download=csv").streaming_content).decode()
    assert "Acknowledge the escalation" in file
    assert waiting.escalation.risk.reference not in file


def test_the_page_costs_as_much_with_many_as_with_few(icb: Client, waiting: Waiting) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            icb.get("/triage/")
        return len(asked)

    cost()  # asks once for what is kept from then on
    few = cost()
    for number in range(8):
        waiting.stage.raised(waiting.stage.ladder.risk(waiting.provider))
        involve(waiting.stage.ladder.risk(waiting.provider), waiting.provider, waiting.stage.ladder.icb)
        likely(waiting.pair[number % 2], waiting.stage.ladder.risk(waiting.stage.lead(waiting.stage.ladder.neighbour)))
    assert cost() <= few < 60  # a page that is full of the first kinds need not ask about the last


def test_likely_pairs_are_counted_no_further_than_is_said(
    icb: Client, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "1 likely pair" in words(icb.get("/look-alikes/"))
    likely(waiting.pair[0], waiting.stage.ladder.risk(waiting.stage.lead(waiting.stage.ladder.neighbour)), 0.95)
    monkeypatch.setattr("safetyreg.lists.Capped.most", 1)
    assert "more than 1 likely pair" in words(icb.get("/look-alikes/"))
