"""Systems at the API: what they do is theirs in the register, written down, and no more often than they may."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client as Browser

from accounts import services
from accounts.models import ClientRequest, Membership, Role
from notifications.models import Notification
from risks.models import Risk
from tests import clients
from tests.api.conftest import Caller, refused
from tests.factories import NOW, PASSWORD, MembershipFactory
from tests.ladder import FIELDS
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from typing import Any

    from accounts.actors import Actor
    from accounts.models import User
    from tests.api.conftest import Clock
    from tests.clients import System
    from tests.ladder import Ladder


def log(feed: System, **more: Any) -> Any:
    return feed.post("risks/", **{**FIELDS, **more})


def test_whoever_is_responsible_owns_what_a_system_logs_and_is_told(feed: System, nurse: User) -> None:
    logged = log(feed)
    assert logged.status_code == 201, logged.content
    risk = Risk.objects.get(reference=logged.json()["reference"])
    assert risk.owner == nurse
    assert risk.logged_by == feed.client.membership.user
    told = Notification.objects.get(reference=risk.reference)
    assert told.recipient == nurse


def test_a_system_may_name_another_owner_but_never_itself(feed: System, ladder: Ladder) -> None:
    other = ladder.actor(ladder.provider, Role.REPORTER)
    assert log(feed, owner=str(other.user.pk)).json()["owner"]["id"] == str(other.user.pk)
    errors = log(feed, owner=str(feed.client.membership.user_id))
    assert errors.status_code == 400
    assert "owner" in errors.content.decode()


def test_without_anybody_responsible_a_system_logs_nothing_until_another_is_named(
    feed: System, administrator: Actor, nurse: User, ladder: Ladder
) -> None:
    """Which the pages do not let happen; but a role can be lowered by hand."""
    Membership.objects.filter(user=nurse).update(ended_at=NOW)
    assert log(feed).status_code == 400
    assert not Risk.objects.exists()
    other = ladder.actor(ladder.provider, Role.REPORTER).user
    assert log(feed, owner=str(other.pk)).status_code == 201
    services.change_client(client=feed.client, scopes=clients.EVERY_SCOPE, responsible=other, by=administrator, now=NOW)
    assert log(feed).status_code == 201


def test_what_a_system_takes_on_is_handled_by_whoever_is_responsible(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.icb).user
    system = clients.of(ladder.icb, responsible=lead).get_token()
    provider = Caller(ladder.actor(ladder.provider))
    risk = ladder.risk(provider.actor)
    hop = provider.do(f"risks/{risk.reference}/escalate/", reason="Why", ask="What", immediate=False)
    accepted = system.post(f"escalations/{hop['id']}/accept/", plan="We meet")
    assert accepted.status_code == 200, accepted.content
    assert accepted.json()["handler"]["id"] == str(lead.pk)


def test_the_history_names_the_system_in_words(feed: System, ladder: Ladder) -> None:
    reference = log(feed).json()["reference"]
    reader = ladder.actor(ladder.provider, Role.VIEWER)
    name = f"Datix feed (a system of {ladder.provider.name})"
    assert f"{name} logged the risk" in words(visitor(reader).get(f"/risks/{reference}/"))
    events = Caller(reader).list(f"risks/{reference}/history/")
    assert [event["by"]["name"] for event in events] == [name]


def test_a_system_is_nobody_to_choose_to_tell_or_to_find_among_people(
    feed: System, ladder: Ladder, administrator: Actor
) -> None:
    lead = Caller(ladder.actor(ladder.provider))
    assert "Datix" not in str(lead.list("members/"))
    for path in ("/risks/log/", "/people/"):
        by = administrator if path == "/people/" else lead.actor
        assert "Datix" not in words(visitor(by).get(path))
    risk = ladder.risk(lead.actor)
    assert refused(lead.post(f"risks/{risk.reference}/hand-over/", to=str(feed.client.membership.user_id)), 400)
    person = visitor(administrator).get(f"/people/{feed.client.membership_id}/")
    assert person.status_code == 404
    assert not Notification.objects.filter(recipient=feed.client.membership.user).exists()


def test_a_body_whose_only_safety_lead_is_a_system_has_its_duty_address_told(ladder: Ladder) -> None:
    type(ladder.icb).objects.filter(pk=ladder.icb.pk).update(duty_email="duty@test.example")
    reporter = MembershipFactory(organisation=ladder.icb, role=Role.REPORTER).user
    clients.of(ladder.icb, responsible=reporter)
    provider = Caller(ladder.actor(ladder.provider))
    risk = ladder.risk(provider.actor)
    provider.do(f"risks/{risk.reference}/escalate/", reason="Why", ask="What", immediate=False)
    assert Notification.objects.filter(address="duty@test.example").exists()


def test_a_system_signs_in_on_no_page(feed: System) -> None:
    user = feed.client.membership.user
    sent = Browser().post("/sign-in/", {"email": user.email, "password": PASSWORD})
    assert "No account has this e-mail address and password" in words(sent)
    browser = Browser()
    browser.force_login(user)  # as if a session had come about
    assert browser.get("/risks/").status_code == 302
    user.set_password(PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        user.save()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clients/", {"name": "Another", "role": "SAFETY_LEAD", "scopes": ["read"]}),
        ("me/act-for/", {"membership": "x"}),
    ],
)
def test_a_system_manages_neither_systems_nor_for_whom_it_acts(feed: System, path: str, body: dict[str, Any]) -> None:
    problem = refused(feed.post(path, **body), 403)
    assert problem["detail"] == "No access token allows this: it is for people who have signed in"


@pytest.mark.parametrize(
    "more", [{"logged_by": "x"}, {"organisation": "x"}, {"client": "x"}, {"status": "CLOSED"}, {"scopes": ["read"]}]
)
def test_a_system_sets_nothing_that_cannot_be_set(feed: System, more: dict[str, Any]) -> None:
    assert refused(log(feed, **more), 400)
    assert not Risk.objects.exists()


def test_a_session_still_works_and_still_needs_its_csrf_token(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(lead.user)
    assert browser.get("/api/v1/me/").json()["kind"] == "person"
    refusal = browser.post("/api/v1/risks/", FIELDS, content_type="application/json")
    assert refused(refusal, 403)["detail"].startswith("Send the CSRF token")
    browser.get("/risks/log/")
    token = browser.cookies["csrftoken"].value
    logged = browser.post("/api/v1/risks/", FIELDS, content_type="application/json", headers={"X-CSRFToken": token})
    assert logged.status_code == 201


def test_a_token_needs_no_csrf_token(feed: System) -> None:
    feed.http = Browser(enforce_csrf_checks=True)
    assert log(feed).status_code == 201
    assert feed.ask_for_token().status_code == 200


def test_all_that_a_system_asks_for_is_written_down_also_what_is_refused(feed: System, administrator: Actor) -> None:
    before = ClientRequest.objects.count()
    answers = [
        feed.get("risks/?search=secret+words"),
        log(feed),
        feed.get("risks/PSR-999999/"),
        feed.post("clients/"),
    ]
    services.revoke_client(client=feed.client, by=administrator, now=NOW)
    answers += [feed.ask_for_token()]
    written = list(ClientRequest.objects.order_by("pk"))[before:]
    assert [(row.method, row.path, row.status) for row in written] == [
        ("GET", "/api/v1/risks/", 200),
        ("POST", "/api/v1/risks/", 201),
        ("GET", "/api/v1/risks/PSR-999999/", 404),
        ("POST", "/api/v1/clients/", 403),
        ("POST", "/api/oauth/token/", 401),
    ]
    assert [row.reference for row in written] == [answer["X-Request-ID"] for answer in answers]
    assert {(row.client_id, row.at) for row in written} == {(feed.client.pk, NOW)}


def test_what_people_read_is_not_written_down_there(ladder: Ladder) -> None:
    Caller(ladder.actor(ladder.provider)).read("me/")
    assert not ClientRequest.objects.exists()


def test_what_was_asked_for_is_not_changed_nor_removed_before_its_time(
    feed: System, settings: Any, clock: Clock
) -> None:
    feed.get("me/")
    asked = ClientRequest.objects.all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        today = cursor.fetchone()[0]
    asked_at = {days: _ask_again(feed, today - timedelta(days=days)) for days in (1, 29, 31, 100)}
    for change in (lambda: asked.update(status=200), lambda: asked.filter(pk=asked_at[29]).delete()):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    settings.API_LOG_DAYS = 90
    services.clear_client_requests(now=today)
    assert not asked.filter(pk=asked_at[100]).exists()
    assert asked.filter(pk=asked_at[31]).exists()
    settings.API_LOG_DAYS = 1  # less than the database lets go
    services.clear_client_requests(now=today)
    services.clear_client_requests(now=today)
    assert {pk for pk in asked_at.values() if asked.filter(pk=pk).exists()} == {asked_at[1], asked_at[29]}


def _ask_again(feed: System, at: Any) -> int:
    """A row as if it had been written then."""
    row = ClientRequest(client=feed.client, at=at, method="GET", path="/api/v1/me/", status=200, reference="K7QF-29MX")
    row.save()
    return row.pk


def test_a_system_may_keep_what_it_read_to_ask_whether_it_has_changed(feed: System) -> None:
    answered = feed.get("risks/")
    assert answered["Cache-Control"] == "private, no-cache"  # a browser keeps nothing: test_kept_private.py
