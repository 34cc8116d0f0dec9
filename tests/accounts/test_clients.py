"""Tokens and secrets of API clients: how they are got, how they end, and that nothing keeps them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from oauth2_provider.models import get_access_token_model

from accounts import services
from accounts.changes import ties_of
from tests import clients
from tests.factories import NOW

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.accounts.conftest import Clock
    from tests.clients import System
    from tests.ladder import Ladder

LATER = timedelta(minutes=15)

pytestmark = pytest.mark.usefixtures("clock")


def test_a_client_gets_a_token_for_its_id_and_secret_and_calls_the_api_with_it(feed: System, ladder: Ladder) -> None:
    answered = feed.ask_for_token().json()
    assert answered["token_type"] == "Bearer"
    assert answered["expires_in"] == 900
    assert set(answered["scope"].split()) == set(clients.EVERY_SCOPE)
    assert "refresh_token" not in answered
    feed.token = answered["access_token"]
    me = feed.get("me/").json()
    assert me["kind"] == "client"
    assert me["client"] == {"id": str(feed.client.pk), "name": "Datix feed"}
    assert me["name"] == f"Datix feed (a system of {ladder.provider.name})"
    assert me["email"] is None
    assert me["acting"]["organisation"]["ods_code"] == ladder.provider.ods_code
    assert me["acting"]["role"] == "SAFETY_LEAD"
    assert sorted(me["scopes"]) == sorted(clients.EVERY_SCOPE)
    assert me["expires_at"] == "2026-11-03T10:15:00Z"


def test_the_secret_may_be_sent_in_the_form_too(feed: System) -> None:
    form = {
        "grant_type": "client_credentials", "client_id": feed.client.client_id, "client_secret": feed.secret,
        "scope": "read",
    }  # fmt: skip
    answered = feed.http.post("/api/oauth/token/", form)
    assert answered.status_code == 200
    assert answered.json()["scope"] == "read"
    assert "no-store" in answered["Cache-Control"]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password", "username": "a", "password": "b"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"}, 400, None),
        ({"grant_type": ""}, 400, None),
        ({"scope": "read administer"}, 400, "invalid_scope"),
    ],
)
def test_what_cannot_be_given_is_refused_as_rfc_6749_says(
    feed: System, form: dict[str, str], status: int, error: str | None
) -> None:
    answered = feed.ask_for_token(**form)
    assert answered.status_code == status
    assert answered["Content-Type"] == "application/json"
    assert error is None or answered.json()["error"] == error
    assert "access_token" not in answered.json()


@pytest.mark.parametrize("sent", ["secret", "client_id", "nothing", "nonsense", "\x00"])
def test_a_wrong_secret_or_id_gets_no_token(feed: System, sent: str) -> None:
    if sent == "secret":
        feed.secret += "x"
    elif sent == "client_id":
        feed.client.client_id += "x"
    elif sent == "\x00":
        feed.client.client_id += "\x00"
    headers = {"nothing": {}, "nonsense": {"Authorization": "Basic %%%"}}.get(sent, {"Authorization": feed.basic})
    answered = feed.http.post("/api/oauth/token/", {"grant_type": "client_credentials"}, headers=headers)
    assert answered.status_code == 401
    assert answered.json()["error"] == "invalid_client"
    assert answered["WWW-Authenticate"].startswith("Basic")


def test_guessing_a_secret_is_slowed_for_a_while(feed: System, clock: Clock) -> None:
    right, feed.secret = feed.secret, "wrong"
    assert [feed.ask_for_token().status_code for _ in range(11)] == [401] * 10 + [429]
    feed.secret = right
    refused = feed.ask_for_token()
    assert refused.status_code == 429
    assert refused["Retry-After"] == "900"
    clock.now += LATER + timedelta(seconds=1)
    assert feed.ask_for_token().status_code == 200


def test_a_token_ends_by_itself_after_a_quarter_of_an_hour(feed: System, clock: Clock) -> None:
    feed.get_token()
    clock.now += LATER - timedelta(seconds=1)
    assert feed.get("risks/").status_code == 200
    clock.now += timedelta(seconds=1)
    refused = feed.get("risks/")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == 'Bearer realm="safetyreg", error="invalid_token"'
    assert refused["Content-Type"] == "application/problem+json"


def test_a_client_gives_a_token_back_but_not_that_of_another(feed: System, administrator: Actor) -> None:
    other = clients.add_system(by=administrator, name="Radar feed").get_token()
    feed.get_token()
    for by, of, then in ((other, feed, 200), (feed, feed, 401)):
        answered = by.http.post("/api/oauth/revoke/", {"token": of.token}, headers={"Authorization": by.basic})
        assert answered.status_code == 200
        assert feed.get("me/").status_code == then
    assert other.get("me/").status_code == 200


def test_no_column_of_any_table_holds_a_token_or_a_secret(feed: System, administrator: Actor) -> None:
    """Nor a part of one that is long enough to be of use."""
    feed.get_token()
    feed.get("risks/")
    rotated = services.rotate_secret(client=feed.client, overlap=timedelta(days=1), by=administrator, now=NOW)
    kept = clients.everything_kept()
    assert str(feed.client.client_id) in kept
    for secret in (feed.token, feed.secret, rotated.secret):
        assert secret not in kept
        assert secret[:10] not in kept
        assert secret not in repr(rotated)


def test_after_a_rotation_both_secrets_work_until_the_old_one_ends(
    feed: System, administrator: Actor, clock: Clock
) -> None:
    feed.get_token()
    issued = services.rotate_secret(client=feed.client, overlap=timedelta(hours=1), by=administrator, now=clock.now)
    new = clients.System(issued.client, issued.secret)
    assert [one.ask_for_token().status_code for one in (feed, new)] == [200, 200]
    assert feed.get("me/").status_code == 200
    clock.now += timedelta(hours=1)
    assert [one.ask_for_token().status_code for one in (feed, new)] == [401, 200]


def test_there_are_never_more_than_two_secrets(feed: System, administrator: Actor, clock: Clock) -> None:
    systems = [feed]
    for _ in range(2):
        clock.now += timedelta(minutes=1)
        issued = services.rotate_secret(client=feed.client, overlap=timedelta(days=7), by=administrator, now=clock.now)
        systems.append(clients.System(issued.client, issued.secret))
    assert [one.ask_for_token().status_code for one in systems] == [401, 200, 200]
    clock.now += timedelta(days=7)
    assert [one.ask_for_token().status_code for one in systems] == [401, 401, 200]


def test_a_rotation_without_overlap_ends_the_old_secret_and_its_tokens_at_once(
    feed: System, administrator: Actor
) -> None:
    feed.get_token()
    services.rotate_secret(client=feed.client, overlap=timedelta(), by=administrator, now=NOW)
    assert feed.get("me/").status_code == 401
    assert feed.ask_for_token().status_code == 401


def test_of_a_secret_that_ends_while_a_token_is_asked_for_no_token_is_left(
    feed: System, administrator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secret was right when it was looked at, and has ended before the token is written."""

    def rotated_meanwhile(*_args: object) -> None:
        services.rotate_secret(client=feed.client, overlap=timedelta(), by=administrator, now=NOW)

    monkeypatch.setattr("accounts.limits.count", rotated_meanwhile)
    refused = feed.ask_for_token()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert not get_access_token_model().objects.exists()


def test_an_organisation_with_a_client_in_use_does_not_close(feed: System, administrator: Actor) -> None:
    assert "1 API client" in ties_of(administrator.organisation)
    services.revoke_client(client=feed.client, by=administrator, now=NOW)
    assert "1 API client" not in ties_of(administrator.organisation)


def test_a_revoked_client_is_refused_at_its_next_request(feed: System, administrator: Actor) -> None:
    feed.get_token()
    assert feed.get("risks/").status_code == 200
    services.revoke_client(client=feed.client, by=administrator, now=NOW)
    assert feed.get("risks/").status_code == 401
    assert feed.ask_for_token().status_code == 401
    with pytest.raises(services.ClientRevoked):
        services.rotate_secret(client=feed.client, overlap=timedelta(), by=administrator, now=NOW)
    with pytest.raises(services.ClientRevoked):
        services.revoke_client(client=feed.client, by=administrator, now=NOW)


def test_a_scope_that_is_taken_away_is_gone_from_tokens_that_were_given(feed: System, administrator: Actor) -> None:
    feed.get_token()
    services.change_client(
        client=feed.client, scopes=["read"], responsible=feed.client.responsible, by=administrator, now=NOW
    )
    refused = feed.post("risks/", title="x")
    assert refused.status_code == 403
    assert refused["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="risks:write"'
    assert feed.get("risks/").status_code == 200


def test_a_token_for_fewer_scopes_allows_no_more(feed: System) -> None:
    feed.get_token(scope="risks:write")
    assert feed.get("risks/").status_code == 403
    assert feed.post("risks/", title="x").status_code == 400
