"""Gathering risks under a system risk, and logging one with the first of them, as people do it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Role
from risks import services as risks
from risks.models import LinkKind, LinkStatus, Risk, RiskLink
from tests.factories import NOW
from tests.ladder import FIELDS
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
WHY = "All of them wait for letters from one system"
LOG = "/system-risks/log/"


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.icb, name="Carol Whitfield")


@pytest.fixture
def system(ladder: Ladder, icb: Actor) -> Risk:
    return ladder.risk(icb, title="Discharge information does not follow the patient")


@pytest.fixture
def first(ladder: Ladder) -> Risk:
    return ladder.risk(title="Letters reach practices late")


@pytest.fixture
def second(ladder: Ladder) -> Risk:
    return ladder.risk(ladder.actor(ladder.neighbour), title="Clinics hear late", theme="3", process="8")


@pytest.fixture
def unseen(ladder: Ladder) -> Risk:
    return ladder.risk(title="Kept at home", reach="1")


def gather(actor: Actor, system: Risk, **typed: Any) -> HttpResponse:
    return visitor(actor).post(f"{system.path}gather/", {"reason": WHY, **typed})


def log(actor: Actor, **typed: Any) -> HttpResponse:
    return visitor(actor).post(LOG, {**FIELDS, "title": "A system risk", "reason": WHY, **typed})


def boxes(response: HttpResponse, name: str = "contributors") -> list[str]:
    """What stands in the boxes of a name, left out those that are empty."""
    found = re.findall(rf'<input[^>]*name="{name}" value="([^"]*)"', response.content.decode())
    return [unescape(value) for value in found if value]


def suggested(response: HttpResponse) -> list[str]:
    listed = re.search(r'<datalist id="id_contributors.*?</datalist>', response.content.decode(), re.DOTALL)
    return [unescape(option) for option in re.findall(r'<option value="([^"]*)"', listed[0])]


def label(risk: Risk) -> str:
    return f"{risk.reference} {risk.title} ({risk.organisation.name})"


# Gathering


def test_several_are_asked_in_one_step(icb: Actor, system: Risk, first: Risk, second: Risk) -> None:
    client = visitor(icb)
    answer = client.post(f"{system.path}gather/", {"contributors": [label(first), second.reference, ""], "reason": WHY})
    assert (answer.status_code, answer["Location"]) == (303, system.path)
    links = RiskLink.objects.filter(to_risk=system)
    assert {link.from_risk for link in links} == {first, second}
    assert {(link.kind, link.status, link.reason) for link in links} == {
        (LinkKind.CONTRIBUTES_TO, LinkStatus.PROPOSED, WHY)
    }
    said = "Test Neighbour Hospital and Test Royal Hospital have been asked to let their risks contribute"
    assert said in words(client.get(system.path))


@pytest.mark.parametrize("typed", ["{number}", "psr {number}", "{reference}", "{reference} Any other words"])
def test_a_risk_is_known_by_its_reference_however_it_is_typed(
    icb: Actor, system: Risk, first: Risk, typed: str
) -> None:
    number = first.reference.removeprefix("PSR-").lstrip("0")
    assert gather(icb, system, contributors=[typed.format(number=number, reference=first.reference)]).status_code == 303
    assert RiskLink.objects.get().from_risk == first


def test_a_risk_of_the_own_organisation_contributes_at_once(icb: Actor, system: Risk, ladder: Ladder) -> None:
    own = ladder.risk(icb, title="Our own part of it")
    client = visitor(icb)
    client.post(f"{system.path}gather/", {"contributors": [own.reference], "reason": WHY})
    assert RiskLink.objects.get().is_accepted
    assert f"{own.reference}, of your own, contributes from now on" in words(client.get(system.path))


def test_the_page_says_what_happens_next(icb: Actor, system: Risk) -> None:
    page = words(visitor(icb).get(f"{system.path}gather/"))
    assert "The owner of each risk reads the title of the system risk and your reason, and accepts or declines" in page
    assert "Test Own ICB sees its position: score, trend, controls, actions, owner and last review" in page


def test_open_risks_of_others_that_the_reader_sees_are_suggested(
    icb: Actor, system: Risk, first: Risk, second: Risk, unseen: Risk, ladder: Ladder
) -> None:
    closed = ladder.risk()
    risks.close_risk(risk=closed, closure_reason="CONTROLLED", words="Gone", by=ladder.actor(ladder.provider), now=NOW)
    page = visitor(icb).get(f"{system.path}gather/")
    assert set(suggested(page)) == {label(first), label(second)}
    assert unseen.title not in page.content.decode()


def test_the_address_begins_the_list_with_what_the_reader_sees(
    icb: Actor, system: Risk, first: Risk, second: Risk, unseen: Risk
) -> None:
    named = [second.reference, unseen.reference, "PSR-999999", "nonsense\x00", first.reference]
    page = visitor(icb).get(f"{system.path}gather/", {"contributor": named})
    assert boxes(page) == [label(second), label(first)]


def test_hidden_missing_repeated_and_the_risk_itself_get_one_answer(
    icb: Actor, system: Risk, first: Risk, second: Risk, unseen: Risk
) -> None:
    gather(icb, system, contributors=[first.reference])
    said = set()
    for wrong in (unseen.reference, "PSR-999999", system.reference, first.reference, "no such words"):
        answer = gather(icb, system, contributors=[second.reference, wrong])
        assert answer.status_code == 422
        assert boxes(answer) == [second.reference, wrong]
        assert WHY in words(answer)
        said.add(re.search(rf"{wrong}: ([^<]*)", answer.content.decode())[1])
    assert len(said) == 1
    assert RiskLink.objects.count() == 1, "all are asked, or none"


def test_what_is_left_out_is_asked_for(icb: Actor, system: Risk, first: Risk) -> None:
    answer = gather(icb, system, contributors=["", ""], reason="")
    page = words(answer)
    assert answer.status_code == 422
    assert "Enter the reference of a risk" in page
    assert "Enter why these risks belong together" in page


def test_text_that_may_identify_a_patient_is_pointed_out(icb: Actor, system: Risk, first: Risk) -> None:
    answer = gather(icb, system, contributors=[first.reference], reason="Ring 0191 498 0123")
    assert answer.status_code == 409
    assert boxes(answer) == [first.reference]
    checked = gather(
        icb, system, contributors=[first.reference], reason="Ring 0191 498 0123", personal_data_checked="on"
    )
    assert checked.status_code == 303


def test_more_boxes_without_a_script_keep_what_was_typed(icb: Actor, system: Risk, first: Risk) -> None:
    answer = gather(icb, system, contributors=[first.reference, "b", "c"], more="boxes")
    assert answer.status_code == 200
    assert boxes(answer) == [first.reference, "b", "c"]
    assert label(first) in suggested(answer)
    assert not RiskLink.objects.exists()


def test_only_a_safety_lead_of_its_owner_gathers(ladder: Ladder, icb: Actor, system: Risk, first: Risk) -> None:
    gather(icb, system, contributors=[first.reference])
    risks.accept_link(link=RiskLink.objects.get(), by=ladder.actor(ladder.provider), now=NOW)
    for actor, status in (
        (ladder.actor(ladder.icb, Role.REPORTER), 403),
        (ladder.actor(ladder.provider), 403),
        (ladder.actor(ladder.neighbour), 404),
        (ladder.actor(ladder.region), 404),
    ):
        for method in ("get", "post"):
            assert getattr(visitor(actor), method)(f"{system.path}gather/").status_code == status


def test_a_provider_gathers_nothing_under_its_own_risk(ladder: Ladder, first: Risk) -> None:
    assert visitor(ladder.actor(ladder.provider)).get(f"{first.path}gather/").status_code == 403


def test_a_closed_system_risk_gathers_no_more(icb: Actor, system: Risk, first: Risk) -> None:
    risks.close_risk(risk=system, closure_reason="CONTROLLED", words="Gone", by=icb, now=NOW)
    assert visitor(icb).get(f"{system.path}gather/").status_code == 409
    assert gather(icb, system, contributors=[first.reference]).status_code == 409


# Logging a system risk


def test_a_system_risk_is_logged_with_its_first_contributors(icb: Actor, first: Risk, second: Risk) -> None:
    client = visitor(icb)
    typed = {**FIELDS, "title": "A system risk", "reason": WHY, "contributors": [first.reference, second.reference]}
    answer = client.post(LOG, typed)
    risk = Risk.objects.get(title="A system risk")
    assert answer["Location"] == risk.path
    assert (risk.organisation, risk.is_open) == (icb.organisation, True)
    assert set(risk.links_to.values_list("from_risk", flat=True)) == {first.pk, second.pk}
    page = words(client.get(risk.path))
    assert f"{risk.reference} has been logged" in page
    assert "Test Neighbour Hospital and Test Royal Hospital have been asked" in page


def test_nothing_is_logged_unless_everything_can_be(icb: Actor, first: Risk, unseen: Risk) -> None:
    before = Risk.objects.count()
    answer = log(icb, contributors=[first.reference, unseen.reference])
    assert answer.status_code == 422
    assert boxes(answer) == [first.reference, unseen.reference]
    assert 'value="A system risk"' in answer.content.decode()
    assert log(icb, contributors=[first.reference], cause="").status_code == 422
    assert log(icb, contributors=[]).status_code == 422
    assert log(icb, contributors=[first.reference], reason=" ").status_code == 422
    assert (Risk.objects.count(), RiskLink.objects.count()) == (before, 0)


def test_the_first_contributor_lends_its_theme_and_part_of_care_but_no_words(icb: Actor, second: Risk) -> None:
    page = visitor(icb).get(LOG, {"contributor": second.reference}).content.decode()
    assert re.search(r'<option value="3" selected', page)
    assert re.search(r'<option value="8" selected', page)
    assert boxes(visitor(icb).get(LOG, {"contributor": second.reference})) == [label(second)]
    for words_of in (second.cause, second.event, second.effect):
        assert words_of not in page


def test_what_is_read_in_part_lends_nothing(ladder: Ladder, second: Risk) -> None:
    """A region that is named on the risk reads its words; theme and part of care are for full readers."""
    region = ladder.actor(ladder.region)
    risks.involve(risk=second, organisations=[ladder.region], by=ladder.actor(ladder.neighbour), now=NOW)
    page = visitor(region).get(LOG, {"contributor": second.reference})
    assert boxes(page) == [label(second)]
    assert not re.search(r'<option value="[38]" selected', page.content.decode())


def test_every_find_is_shown_before_it_is_waved_through(icb: Actor, first: Risk) -> None:
    found = {"cause": "Ring 0191 498 0123", "reason": "Born 3/4/1950"}
    answer = log(icb, contributors=[first.reference], **found)
    assert answer.status_code == 409
    assert words(answer).count("Check that this identifies no patient:") == 4, "two, each in the summary and at its box"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, Role.ADMINISTRATOR])
def test_only_safety_leads_above_the_providers_log_one(ladder: Ladder, role: Role) -> None:
    assert visitor(ladder.actor(ladder.icb, role)).get(LOG).status_code == 403
    assert visitor(ladder.actor(ladder.provider)).get(LOG).status_code == 403


def test_the_list_offers_each_body_the_one_way_to_log(ladder: Ladder, icb: Actor) -> None:
    page = words(visitor(icb).get("/risks/"))
    assert "Log a system risk" in page
    assert "Log a risk" not in page
    provider = words(visitor(ladder.actor(ladder.provider)).get("/risks/"))
    assert "Log a system risk" not in provider
    reporter = words(visitor(ladder.actor(ladder.icb, Role.REPORTER)).get("/risks/"))
    assert "Log a risk" in reporter


def test_both_pages_say_how_they_belong_together(ladder: Ladder, icb: Actor) -> None:
    assert "To log it without contributors, or to keep a draft, log a risk" in words(visitor(icb).get(LOG))
    usual = "A risk that Test Own ICB owns is a system risk"
    assert usual in words(visitor(icb).get("/risks/log/"))
    assert "is a system risk" not in words(visitor(ladder.actor(ladder.provider)).get("/risks/log/"))
