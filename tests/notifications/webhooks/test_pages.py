"""The pages on which webhooks are looked after, and the same over the API."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.webhooks import sending, services
from risks import services as risks
from safetyreg.audit.models import AuditEvent
from safetyreg.idempotency.models import StoredAnswer
from tests.notifications.webhooks.receiver import Receiver, reply
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse
    from django.test import Client

    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder

WRITTEN = {
    "url": "https://system.example/hooks", "description": "Our risk system",
    "event_types": ["feedback.answered", "deadline.breached"],
}  # fmt: skip


@pytest.fixture
def administrator(ladder: Ladder) -> Client:
    return visitor(ladder.actor(ladder.provider, Role.ADMINISTRATOR, name="Ada Admin"))


@pytest.fixture
def risk(ladder: Ladder, lead: Actor, endpoint: WebhookEndpoint, now: datetime) -> Risk:
    return ladder.risk(lead, now=now)


def send(client: Client, path: str, body: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
    return client.post(f"/api/v1/webhooks/{path}", body or {}, content_type="application/json", headers=headers)


def test_without_any_the_list_says_so(administrator: Client) -> None:
    page = administrator.get("/webhooks/")
    assert "No system of yours is told anything yet" in words(page)
    assert "Webhooks" in page.content.decode()


def test_an_administrator_adds_one_and_sees_its_secret_once(administrator: Client) -> None:
    answer = administrator.post("/webhooks/add/", WRITTEN)
    endpoint = WebhookEndpoint.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, endpoint.path)
    page = words(administrator.get(endpoint.path))
    assert "Not confirmed yet" in page
    assert "Not shown yet" in page
    assert "2 kinds of event" in page
    assert "endpoint.challenge" in page
    shown = administrator.post(f"{endpoint.path}secret/")
    assert re.search(r"whsec_[\w+/]{43}=", words(shown))
    assert "no-store" in shown["Cache-Control"]
    again = administrator.post(f"{endpoint.path}secret/")
    assert again.status_code == 409
    assert "whsec_" not in again.content.decode()
    assert list(AuditEvent.objects.values_list("verb", flat=True).order_by("written_at")) == [
        "add_webhook", "show_webhook_secret",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ({"url": "http://system.example/"}, "Enter an address that starts with https://"),
        ({"url": "https://10.0.0.1/"}, "Enter an address that can be reached from the internet"),
        ({"description": ""}, "Enter a description"),
        ({"event_types": []}, "Select what it is told"),
        ({"event_types": ["risk.invented"]}, "is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_is_kept(
    left_out: dict[str, Any], said: str, administrator: Client
) -> None:
    page = administrator.post("/webhooks/add/", {**WRITTEN, **left_out})
    assert page.status_code == 422
    assert said in words(page)
    kept = left_out.get("url", WRITTEN["url"])
    assert f'value="{kept}"' in page.content.decode()
    refused = send(administrator, "", {**WRITTEN, **left_out})
    assert refused.status_code == 400
    assert not WebhookEndpoint.objects.exists()


def test_the_log_shows_every_message_and_each_try(
    administrator: Client, risk: Risk, lead: Actor, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    receiver.answer = reply(503)
    risks.add_comment(risk=risk, text="Zebra", by=lead, now=now)
    sending.send_due(now=now)
    page = administrator.get(endpoint.path)
    assert "risk.commented" in words(page)
    assert "It answered 503" in words(page)
    assert "Next try" in words(page)
    assert "Zebra" not in page.content.decode()
    row = WebhookDelivery.objects.get(event__type="risk.commented")
    one = words(administrator.get(f"{endpoint.path}deliveries/{row.pk}/"))
    assert row.event.message_id in one
    assert risk.title not in one
    assert "It answered 503" in one
    narrowed = words(administrator.get(f"{endpoint.path}?state=DELIVERED"))
    assert "endpoint.challenge" in narrowed
    assert "risk.commented" not in narrowed
    endpoint.deliveries.all().give_up("Trouble", now)
    assert administrator.post(f"{endpoint.path}replay/", {"since": "86400"}).status_code == 303
    assert WebhookDelivery.objects.waiting().count() == 1


def test_the_pages_do_what_they_say(
    administrator: Client, endpoint: WebhookEndpoint, receiver: Receiver, now: datetime
) -> None:
    def state() -> str:
        endpoint.refresh_from_db()
        return endpoint.state

    for verb in ("ping", "secret/new", "disable", "challenge"):
        assert administrator.get(f"{endpoint.path}{verb}/").status_code == 200
        assert administrator.post(f"{endpoint.path}{verb}/").status_code == 303, verb
    assert state() == "PENDING"
    assert endpoint.secrets.count() == 2
    assert administrator.post(f"{endpoint.path}ping/").status_code == 409
    assert administrator.post(f"{endpoint.path}change/", {**WRITTEN, "url": receiver.url}).status_code == 303
    endpoint.refresh_from_db()
    assert endpoint.event_types == ["deadline.breached", "feedback.answered"]


def test_the_same_over_the_api(administrator: Client) -> None:
    added = send(administrator, "", WRITTEN)
    assert added.status_code == 201
    assert added.json()["state"] == "PENDING"
    assert "whsec_" not in added.content.decode()
    pk = added.json()["id"]
    assert send(administrator, f"{pk}/show-secret/").json()["secret"].startswith("whsec_")
    assert send(administrator, f"{pk}/show-secret/").status_code == 409
    assert send(administrator, f"{pk}/ping/").status_code == 409
    changed = administrator.patch(
        f"/api/v1/webhooks/{pk}/", {"description": "Another"}, content_type="application/json"
    )
    assert changed.json()["description"] == "Another"
    [message] = administrator.get(f"/api/v1/webhooks/{pk}/deliveries/").json()["results"]
    assert (message["type"], message["state"], message["attempts"]) == ("endpoint.challenge", "WAITING", [])
    assert send(administrator, f"{pk}/disable/").json()["state"] == "DISABLED"


def test_a_secret_is_not_kept_for_a_request_that_is_sent_again(administrator: Client) -> None:
    pk = send(administrator, "", WRITTEN).json()["id"]
    first = send(administrator, f"{pk}/show-secret/", None, **{"Idempotency-Key": "once"})
    again = send(administrator, f"{pk}/show-secret/", None, **{"Idempotency-Key": "once"})
    secret = first.json()["secret"]
    assert (again.status_code, again["Idempotency-Replayed"]) == (409, "true")
    assert secret not in again.content.decode()
    assert secret.encode() not in bytes(StoredAnswer.objects.get().body)


def test_there_are_no_more_than_twenty(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 1)
    assert administrator.post("/webhooks/add/", WRITTEN).status_code == 303
    refused = administrator.post("/webhooks/add/", WRITTEN)
    assert refused.status_code == 409
    assert "as many as there can be" in words(refused)


@pytest.mark.usefixtures("receiver")
@pytest.mark.parametrize("of", ["list", "log", "api-log", "api-list"])
def test_each_list_asks_as_much_for_many_as_for_one(
    of: str, administrator: Client, lead: Actor, endpoint: WebhookEndpoint, now: datetime
) -> None:
    where = {
        "list": "/webhooks/", "log": endpoint.path, "api-list": "/api/v1/webhooks/",
        "api-log": f"/api/v1/webhooks/{endpoint.pk}/deliveries/",
    }[of]  # fmt: skip

    def queries() -> int:
        administrator.get(where)
        with CaptureQueriesContext(connection) as asked:
            assert administrator.get(where).status_code == 200
        return len(asked)

    few = queries()
    for number in range(12):
        services.ping_webhook(endpoint=endpoint, by=lead, now=now + timedelta(seconds=number))
        services.add_webhook(**WRITTEN, by=lead, now=now)
    sending.send_due(now=now + timedelta(minutes=1))
    assert queries() == few


def test_a_safety_lead_finds_them_from_the_organisation(ladder: Ladder) -> None:
    lead = visitor(ladder.actor(ladder.provider))
    assert "/webhooks/" in lead.get("/organisation/").content.decode()
    assert lead.get("/webhooks/").status_code == 200


def test_the_sealing_key_is_changed_by_a_command(endpoint: WebhookEndpoint, settings: Any) -> None:
    settings.WEBHOOK_SECRET_KEYS = ["new key", settings.SECRET_KEY]
    said = StringIO()
    call_command("reseal_webhook_secrets", stdout=said)
    assert said.getvalue() == "1 secret sealed\n"
    settings.WEBHOOK_SECRET_KEYS = ["neither"]
    with pytest.raises(CommandError, match="not in WEBHOOK_SECRET_KEYS"):
        call_command("reseal_webhook_secrets")
