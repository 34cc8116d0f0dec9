"""Messages of webhooks: which are genuine, and what becomes of them. The register's own code signs and sends them."""

from __future__ import annotations

import base64
import http.client
import json
import time
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from notifications.webhooks import sending, services, signing
from notifications.webhooks.types import EventType
from safetyreg_client import Event, NotGenuine, Receiver, Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import SettingsWrapper

    from tests.ladder import Ladder

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
OTHER = "whsec_" + base64.b64encode(b"another one of thirty-two bytes!").decode()
SAID = {"type": "risk.shared", "timestamp": "2026-11-03T10:00:00+00:00", "data": {"id": "7", "link": "/risks/7/"}}
CHALLENGE = {"type": "endpoint.challenge", "timestamp": "2026-11-03T10:00:00+00:00", "data": {"challenge": "k3J"}}


def signed(
    said: Any = SAID, *secrets: str, at: datetime | None = None, id: str = "evt_1"
) -> tuple[dict[str, str], bytes]:
    body = json.dumps(said).encode()
    at = at or datetime.now(UTC)
    return signing.headers(message_id=id, body=body, secrets=secrets or (SECRET,), now=at), body


def test_what_the_register_signs_is_genuine_and_read() -> None:
    event = Verifier(SECRET).event(*signed())
    assert (event.id, event.type, event.subject, event.link, event.api) == (
        "evt_1",
        "risk.shared",
        "7",
        "/risks/7/",
        "",
    )
    assert event.happened_at == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert not event.is_own
    headers, body = signed({**SAID, "more": 1, "data": {**SAID["data"], "more": 2}})
    assert Verifier(SECRET).event({name.title(): value for name, value in headers.items()}, body).subject == "7"


def test_what_the_public_library_signs_is_genuine() -> None:
    body, now = json.dumps(SAID), datetime.now(UTC)
    signature = Webhook(SECRET).sign("evt_2", now, body)
    headers = {"webhook-id": "evt_2", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    assert Verifier(SECRET).event(headers, body.encode()).id == "evt_2"


@pytest.mark.parametrize(
    ("known", "signed_with"),
    [
        ((OTHER,), (SECRET, OTHER)),
        ((SECRET,), (SECRET, OTHER)),
        ((SECRET, OTHER), (OTHER,)),
        ((SECRET, OTHER), (SECRET,)),
    ],
)
def test_while_the_secret_is_changed_one_that_fits_is_enough(
    known: tuple[str, ...], signed_with: tuple[str, ...]
) -> None:
    assert Verifier(*known).event(*signed(SAID, *signed_with)).type == "risk.shared"


def test_what_is_not_signed_by_it_or_was_changed_is_not_genuine() -> None:
    verifier = Verifier(SECRET)
    headers, body = signed()
    false = [
        ({**headers, "webhook-signature": signed(SAID, OTHER)[0]["webhook-signature"]}, body),
        ({**headers, "webhook-signature": ""}, body),
        ({**headers, "webhook-signature": "v1, v1,??? v1,é v2,AAAA " + "v1,QUFBQQ=="}, body),
        ({**headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,")}, body),
        ({**headers, "webhook-id": "evt_9"}, body),
        ({**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body),
        ({**headers, "webhook-timestamp": "soon"}, body),
        ({**headers, "webhook-timestamp": "-1"}, body),
        ({**headers, "webhook-timestamp": "9" * 400}, body),
        (headers, body + b" "),
        ({name: value for name, value in headers.items() if name != "webhook-id"}, body),
        signed([]),
        signed({"type": "risk.shared"}),
    ]
    for wrong in false:
        with pytest.raises(NotGenuine):
            verifier.event(*wrong)
    assert verifier.event(headers, body)


@pytest.mark.parametrize(("seconds", "is_taken"), [(-301, False), (-299, True), (299, True), (301, False)])
def test_what_is_five_minutes_old_is_not_taken(seconds: int, is_taken: bool) -> None:
    now = datetime(2026, 11, 3, 10, tzinfo=UTC)
    headers, body = signed(at=now + timedelta(seconds=seconds))
    if is_taken:
        assert Verifier(SECRET).event(headers, body, now=now.timestamp())
    else:
        with pytest.raises(NotGenuine, match="too old, or a clock is wrong"):
            Verifier(SECRET).event(headers, body, now=now.timestamp())


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_*** no base64 ***"])
def test_what_is_no_secret_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(ValueError, match=r"^This is no secret of a webhook$"):
        Verifier(secret)
    with pytest.raises(ValueError, match="Name the secret"):
        Verifier()


class Listening:
    """A receiver that serves, with what it took."""

    def __init__(self, *secrets: str) -> None:
        self.taken: list[Event] = []
        self.fails = False
        self.receiver = Receiver(Verifier(*secrets), self.take, port=0)
        self.receiver.handle_error = lambda *_anything: None  # type: ignore[method-assign]
        Thread(target=self.receiver.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def port(self) -> int:
        return self.receiver.server_port

    def take(self, event: Event) -> None:
        if self.fails:
            raise RuntimeError("The disk is full")
        self.taken.append(event)

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found


@pytest.fixture
def listening() -> Iterator[Listening]:
    listening = Listening(SECRET)
    yield listening
    listening.receiver.shutdown()
    listening.receiver.server_close()


def test_it_takes_an_event_once_and_answers_a_challenge(listening: Listening) -> None:
    assert listening.post(*signed()) == (200, b"")
    assert listening.post(*signed()) == (200, b"")
    assert [event.id for event in listening.taken] == ["evt_1"]
    assert listening.post(*signed(CHALLENGE, id="evt_2")) == (200, b'{"challenge": "k3J"}')
    assert len(listening.taken) == 1


def test_what_is_not_genuine_or_too_large_is_refused(listening: Listening) -> None:
    assert listening.post({}, b"{}")[0] == 400
    assert listening.post(*signed(SAID, OTHER))[0] == 400
    assert listening.post({"Content-Length": "1000000"}, b"")[0] == 413
    assert listening.post({"Content-Length": "-1"}, b"")[0] == 411
    assert listening.taken == []


def test_what_could_not_be_taken_is_taken_when_it_comes_again(listening: Listening) -> None:
    listening.fails = True
    assert listening.post(*signed())[0] == 500
    listening.fails = False
    assert listening.post(*signed())[0] == 200
    assert len(listening.taken) == 1


@pytest.mark.django_db
def test_it_is_told_by_the_register_itself_also_after_a_new_secret(ladder: Ladder, settings: SettingsWrapper) -> None:
    lead = ladder.actor(ladder.provider)
    listening = Listening(SECRET)
    settings.WEBHOOK_ALLOW_PRIVATE = settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_PORTS = [listening.port]
    now = datetime.now(UTC)
    endpoint = services.add_webhook(
        url=f"http://127.0.0.1:{listening.port}/", description="Feed", event_types=EventType.values, by=lead, now=now
    )
    listening.receiver._verifier = Verifier(services.show_secret(endpoint=endpoint, by=lead, now=now))
    sending.send_due(now=now)
    endpoint.refresh_from_db()
    assert endpoint.is_active
    services.rotate_secret(endpoint=endpoint, by=lead, now=now)
    services.ping_webhook(endpoint=endpoint, by=lead, now=now)
    sending.send_due(now=datetime.now(UTC))
    assert [event.type for event in listening.taken] == ["endpoint.ping"]
    assert time.time() - listening.taken[0].happened_at.timestamp() < 60
    listening.receiver.shutdown()
    listening.receiver.server_close()
