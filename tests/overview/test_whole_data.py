"""A person's and an organisation's whole data: what is in it, who may ask, and who may fetch it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.models import Role
from escalations import services as escalations
from overview.models import DataPackage, Whole
from overview.whole_data import services
from risks import services as risks
from safetyreg.audit.models import AuditEvent
from tests.factories import NOW, PASSWORD, MembershipFactory

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def made(whole: str, by: Actor) -> dict[str, list[dict[str, Any]]]:
    """The rows of each file of a package, by its name."""
    package = services.ask(whole=whole, by=by, now=NOW)
    services.work(now=NOW)
    package.refresh_from_db()
    data = services.fetch(package=package, by=by, now=NOW)
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        names = [name for name in files.namelist() if name.endswith(".jsonl")]
        return {name: [json.loads(line) for line in files.read(name).splitlines()] for name in names}


def test_an_organisation_gets_its_risks_with_everything_of_them(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, involved=[ladder.neighbour], controls=["A list"])
    risks.add_comment(risk=risk, text="We saw it twice", by=lead, now=NOW)
    escalations.escalate_risk(risk=risk, reason="Too big", ask="Please act", by=lead, now=NOW)
    ladder.risk(ladder.actor(ladder.neighbour), title="Not ours", involved=[ladder.provider])
    found = made(Whole.CONTENT, lead)
    assert [one["title"] for one in found["risks.jsonl"]] == [risk.title]
    assert [(one["risk"], one["text"]) for one in found["comments.jsonl"]] == [(risk.reference, "We saw it twice")]
    assert [one["text"] for one in found["controls.jsonl"]] == ["A list"]
    assert [one["reason"] for one in found["escalations.jsonl"]] == ["Too big"]
    assert len(found["positions.jsonl"]) == 2
    assert {one["risk"] for one in found["history.jsonl"]} == {risk.reference}
    assert "deadlines.jsonl" in found


def test_its_risks_are_for_a_safety_lead_and_its_people_for_an_administrator(ladder: Ladder, lead: Actor) -> None:
    administrator = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    for whole, by in ((Whole.PEOPLE, lead), (Whole.CONTENT, administrator), (Whole.CONTENT, reporter(ladder))):
        with pytest.raises(PermissionDenied):
            services.ask(whole=whole, by=by, now=NOW)


def reporter(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.REPORTER)


def test_an_administrator_gets_the_people_and_nothing_of_a_risk(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Nothing for them")
    found = made(Whole.PEOPLE, ladder.actor(ladder.provider, Role.ADMINISTRATOR))
    assert lead.user.email in {one["email"] for one in found["people.jsonl"]}
    assert "Nothing for them" not in json.dumps(found)


def test_a_person_gets_what_the_register_holds_about_them(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    risks.add_comment(risk=risk, text="We saw it twice", by=lead, now=NOW)
    colleague = reporter(ladder)
    risks.hand_over_risk(risk=risk, to=colleague.user, by=lead, now=NOW)
    found = made(Whole.MINE, lead)
    assert found["account.jsonl"][0]["email"] == lead.user.email
    assert [one["role"] for one in found["memberships.jsonl"]] == [Role.SAFETY_LEAD]
    assert [one["words"] for one in found["comments.jsonl"]] == ["We saw it twice"]
    assert "log_risk" in {one["verb"] for one in found["what-you-did.jsonl"]}
    told = made(Whole.MINE, colleague)["told.jsonl"]
    assert [one["message"] for one in told] == [f"{risk.reference}: this risk has been given to you"]


def test_of_risks_that_they_read_no_more_a_person_gets_no_words(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead)
    risks.add_comment(risk=risk, text="We saw it twice", by=lead, now=NOW)
    lead.membership.ended_at = NOW
    lead.membership.save()
    elsewhere = type(lead)(MembershipFactory(user=lead.user, organisation=ladder.other_icb))
    found = made(Whole.MINE, elsewhere)
    assert [(one["risk"], one["words"]) for one in found["comments.jsonl"]] == [(risk.reference, None)]
    assert risk.title not in json.dumps(found)
    assert "twice" not in json.dumps(found)


def test_only_whoever_asked_fetches_it_and_only_while_it_is_kept(ladder: Ladder, lead: Actor) -> None:
    package = services.ask(whole=Whole.CONTENT, by=lead, now=NOW)
    with pytest.raises(services.NotReady):
        services.fetch(package=package, by=lead, now=NOW)
    services.work(now=NOW)
    package.refresh_from_db()
    with pytest.raises(PermissionDenied):
        services.fetch(package=package, by=ladder.actor(ladder.provider), now=NOW)
    services.work(now=NOW + services.KEPT_FOR)
    package.refresh_from_db()
    assert (package.status, package.file) == ("EXPIRED", None)


def test_one_that_was_safety_lead_when_they_asked_and_is_no_more_gets_nothing(ladder: Ladder, lead: Actor) -> None:
    package = services.ask(whole=Whole.CONTENT, by=lead, now=NOW)
    lead.membership.role = Role.VIEWER
    lead.membership.save()
    services.work(now=NOW)
    package.refresh_from_db()
    assert package.status == "FAILED"


def test_asking_twice_is_asking_once(lead: Actor) -> None:
    first, second = (services.ask(whole=Whole.MINE, by=lead, now=NOW) for _ in range(2))
    assert first == second
    assert AuditEvent.objects.filter(verb="ask_whole_data").count() == 1


def test_one_that_cannot_be_made_is_given_up(lead: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    package = services.ask(whole=Whole.MINE, by=lead, now=NOW)

    def fails(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("overview.whole_data.contents.zipped", fails)
    for _ in range(4):
        services.work(now=NOW)
    package.refresh_from_db()
    assert package.status == "FAILED"


def test_it_is_asked_for_and_downloaded_on_a_page(at_now: None, lead: Actor) -> None:
    client = Client()
    assert client.login(username=lead.user.email, password=PASSWORD)
    assert client.post("/data/", {"whole": "CONTENT"}).status_code == 303
    assert "Being made" in client.get("/data/").content.decode()
    package = DataPackage.objects.get()
    assert client.get(package.path).status_code == 409
    services.work(now=NOW + timedelta(seconds=1))
    response = client.get(package.path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert client.post("/data/", {"whole": "PEOPLE"}).status_code == 422
