"""The pages on which administrators look after API clients."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services
from accounts.models import Client, ClientRequest, Membership, Role
from tests import clients
from tests.api.conftest import Caller, refused
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.test import Client as Browser

    from accounts.actors import Actor
    from tests.clients import System
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.ADMINISTRATOR, name="Yasmin Tolley")


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, name="Martin Achterberg")


@pytest.fixture
def browser(admin: Actor) -> Browser:
    return visitor(admin)


@pytest.fixture
def feed(admin: Actor, lead: Actor) -> System:
    return clients.add_system(by=admin, responsible=lead.user, now=timezone.now())


def page_of(feed: System, verb: str = "") -> str:
    return f"/clients/{feed.client.pk}/" + (f"{verb}/" if verb else "")


def asked(lead: Actor, **more: object) -> dict[str, object]:
    return {
        "name": "Datix feed", "role": "REPORTER", "scopes": ["read", "risks:write"], "responsible": str(lead.user.pk),
        "rate_limit": "",
    } | more  # fmt: skip


def test_there_is_no_client_yet_and_the_page_says_so(browser: Browser) -> None:
    page = words(browser.get("/clients/"))
    assert "No other system acts for your organisation yet." in page
    assert "Add an API client" in page


def test_a_client_is_added_its_secret_is_shown_once_and_works(browser: Browser, lead: Actor) -> None:
    shown = browser.post("/clients/add/", asked(lead))
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    client = Client.objects.get()
    secret = re.search(r"Client secret (\S{43})", words(shown))
    assert secret
    assert "Copy the secret now" in words(shown)
    system = clients.System(client, secret[1]).get_token()
    assert system.get("me/").json()["acting"]["role"] == "REPORTER"
    for path in ("/clients/", f"/clients/{client.pk}/", f"/clients/{client.pk}/requests/"):
        page = browser.get(path)
        assert page.status_code == 200
        assert secret[1] not in page.content.decode()
    assert secret[1] not in clients.everything_kept()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": ""}, "Enter a name"),
        ({"role": ""}, "Select a role"),
        ({"role": "ADMINISTRATOR"}, "Select a role"),
        ({"scopes": []}, "Select at least one thing that it may do"),
        ({"responsible": ""}, "Choose who is responsible for it"),
        ({"rate_limit": "many"}, "Enter a number, like 600"),
        ({"rate_limit": "0"}, "Enter a number of at least 1"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_is_kept(
    browser: Browser, lead: Actor, more: dict[str, object], said: str
) -> None:
    refusal = browser.post("/clients/add/", asked(lead, **{"name": "Our own name", **more}))
    assert refusal.status_code == 422
    assert said in words(refusal)
    assert more.get("name") == "" or "Our own name" in refusal.content.decode()
    assert not Client.objects.exists()


def test_the_same_name_twice_is_refused(browser: Browser, feed: System, lead: Actor) -> None:
    refusal = browser.post("/clients/add/", asked(lead))
    assert refusal.status_code == 422
    assert "Your organisation has a client with this name already" in words(refusal)


def test_clients_are_listed_with_their_state_and_found_by_it(
    browser: Browser, feed: System, admin: Actor, lead: Actor, ladder: Ladder
) -> None:
    clients.of(ladder.neighbour, name="Of another trust")
    old = clients.add_system(by=admin, responsible=lead.user, name="Old feed", now=timezone.now())
    services.revoke_client(client=old.client, by=admin, now=timezone.now())
    page = words(browser.get("/clients/"))
    assert "2 API clients" in page
    assert "Datix feed Role Safety lead Responsible Martin Achterberg Last used Not yet State In use" in page
    assert "Of another trust" not in page
    for query, found, not_found in (
        ("state=revoked", "Old feed", "Datix feed"), ("state=live", "Datix feed", "Old feed"),
        ("search=datix", "Datix feed", "Old feed"),
    ):  # fmt: skip
        page = words(browser.get(f"/clients/?{query}"))
        assert f"{found} Role" in page
        assert f"{not_found} Role" not in page


def test_one_page_shows_what_it_may_do_and_what_it_asked_for(browser: Browser, feed: System) -> None:
    page = words(browser.get(page_of(feed)))
    assert "Log risks, and change them" in page
    assert "600, as is usual here" in page
    assert "It has not asked for anything yet" in page
    feed.get_token()
    answer = feed.get("risks/PSR-999999/")
    page = words(browser.get(page_of(feed)))
    assert f"GET /api/v1/risks/PSR-999999/ Answer 404 Reference {answer['X-Request-ID']}" in page


def test_what_it_asked_for_is_paged_and_found_by_answer_method_and_words(browser: Browser, feed: System) -> None:
    feed.get_token()
    answer = feed.get("risks/PSR-999999/")
    for _ in range(60):
        feed.get("me/")
    path = page_of(feed, "requests")
    page = words(browser.get(path))
    assert "62 requests" in page
    assert "is kept for 365 days" in page
    assert page.count("/api/v1/me/") == 50
    for query in ("answer=refused", "search=PSR-999999", f"search={answer['X-Request-ID'].lower()}"):
        assert "1 request" in words(browser.get(f"{path}?{query}"))
    assert "/api/oauth/token/" in words(browser.get(f"{path}?method=POST"))
    assert browser.get(f"{path}?answer=nonsense").status_code == 422


def test_a_client_for_which_nobody_can_answer_any_more_says_so(browser: Browser, feed: System, lead: Actor) -> None:
    said = "Martin Achterberg can no longer own risks here"
    assert said not in words(browser.get(page_of(feed)))
    Membership.objects.filter(pk=lead.membership.pk).update(role=Role.VIEWER)
    assert said in words(browser.get(page_of(feed)))


def test_what_it_may_do_is_changed(browser: Browser, feed: System, ladder: Ladder) -> None:
    other = ladder.actor(ladder.provider, Role.REPORTER, name="Grace Okonjo")
    page = browser.get(page_of(feed, "change"))
    assert "Martin Achterberg" in words(page)
    browser.post(page_of(feed, "change"), {"scopes": ["read"], "responsible": str(other.user.pk), "rate_limit": "30"})
    feed.client.refresh_from_db()
    assert (feed.client.scopes, feed.client.responsible, feed.client.rate_limit) == (["read"], other.user, 30)


def test_a_new_secret_is_shown_once_and_the_old_one_works_as_long_as_was_chosen(browser: Browser, feed: System) -> None:
    refusal = browser.post(page_of(feed, "secret"), {})
    assert (refusal.status_code, "Select how long the old secret should work" in words(refusal)) == (422, True)
    shown = words(browser.post(page_of(feed, "secret"), {"overlap": "24"}))
    new = re.search(r"Client secret (\S{43})", shown)
    assert new
    assert clients.System(feed.client, new[1]).ask_for_token().status_code == 200
    assert feed.ask_for_token().status_code == 200
    assert "The secret before was made on" in words(browser.get(page_of(feed)))
    browser.post(page_of(feed, "secret"), {"overlap": "0"})
    assert feed.ask_for_token().status_code == 401


def test_a_client_is_revoked_and_stays_listed_with_what_it_did(browser: Browser, feed: System) -> None:
    feed.get_token()
    assert "This cannot be undone" in words(browser.get(page_of(feed, "revoke")))
    assert browser.post(page_of(feed, "revoke")).status_code == 303
    assert feed.get("me/").status_code == 401
    page = words(browser.get(page_of(feed)))
    assert "Revoked" in page
    assert "by Yasmin Tolley" in page
    assert "Give it a new secret" not in page
    again = browser.post(page_of(feed, "revoke"))
    assert (again.status_code, "Datix feed was revoked on" in words(again)) == (409, True)


def test_whoever_leaves_hands_over_the_clients_they_answer_for(
    browser: Browser, feed: System, lead: Actor, ladder: Ladder
) -> None:
    assert "Api clients (1): Datix feed" in words(browser.get(f"/people/{lead.membership.pk}/"))
    other = ladder.actor(ladder.provider, Role.REPORTER)
    browser.post(f"/people/{lead.membership.pk}/end/", {"hand_to": str(other.user.pk)})
    assert Membership.objects.get(pk=lead.membership.pk).ended_at
    feed.client.refresh_from_db()
    assert feed.client.responsible == other.user


@pytest.mark.parametrize("path", ["/clients/", "requests", "/api/v1/clients/"])
def test_a_list_asks_the_database_as_often_for_many_as_for_one(
    browser: Browser, feed: System, admin: Actor, lead: Actor, path: str
) -> None:
    if path == "requests":
        path = page_of(feed, "requests")
    else:
        ClientRequest.objects.create(
            client=feed.client, at=timezone.now(), method="GET", path="/", status=200, reference="K7QF-29MX"
        )

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(path).status_code == 200
        return len(found)

    feed.get_token()
    few = queries()
    for number in range(24):
        clients.add_system(by=admin, responsible=lead.user, name=f"Feed {number}", now=timezone.now())
        feed.get("me/")
    assert queries() == few


def test_administrators_do_all_of_it_over_the_api_too(admin: Actor, lead: Actor) -> None:
    caller = Caller(admin)
    added = caller.do(
        "clients/", name="Datix feed", role="REPORTER", scopes=["risks:write", "read"], responsible=str(lead.user.pk)
    )
    assert set(added) >= {"client_id", "client_secret"}
    client = Client.objects.get()
    first = clients.System(client, added["client_secret"])
    assert first.ask_for_token().status_code == 200
    path = f"clients/{client.pk}/"
    rotated = caller.do(f"{path}rotate-secret/", overlap_hours=1)
    assert clients.System(client, rotated["client_secret"]).ask_for_token().status_code == 200
    changed = caller.patch(path, scopes=["read"], responsible=str(lead.user.pk), rate_limit=5)
    assert (changed.status_code, changed.json()["rate_limit"]) == (200, 5)
    for shown in (caller.read(path), *caller.list("clients/"), changed.json()):
        assert "client_secret" not in shown
    assert caller.do(f"{path}revoke/")["revoked_at"]
    assert first.ask_for_token().status_code == 401
    assert refused(caller.post(f"{path}revoke/"), 409)


@pytest.mark.parametrize("more", [{"client_id": "mine"}, {"client_secret": "mine"}, {"revoked_at": None}, {"id": "x"}])
def test_nothing_else_of_a_client_can_be_set(admin: Actor, lead: Actor, more: dict[str, object]) -> None:
    sent = {"name": "Datix feed", "role": "REPORTER", "scopes": ["read"], "responsible": str(lead.user.pk)} | more
    assert refused(Caller(admin).post("clients/", **sent), 400)
    assert not Client.objects.exists()


def test_a_third_secret_is_not_made_before_it_is_said_which_ends(browser: Browser, feed: System, admin: Actor) -> None:
    page = f"{page_of(feed)}secret/"
    assert "ends at once" not in words(browser.get(page))
    services.rotate_secret(client=feed.client, overlap=timedelta(days=1), by=admin, now=timezone.now())
    assert "The one before, which would work until" in words(browser.get(page))


def test_a_secret_that_has_ended_is_not_shown_as_one_that_works(browser: Browser, feed: System, admin: Actor) -> None:
    now = timezone.now()
    services.rotate_secret(client=feed.client, overlap=timedelta(), by=admin, now=now)
    assert "The secret before" not in words(browser.get(page_of(feed)))
