"""What is sent again, for how long is waited, and where a token never goes. No register answers here."""

from __future__ import annotations

import contextlib
import io
import json
import socket
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

import pytest

from safetyreg_client import Failed, NotUnderstood, Register, SettingsMissing, TooMany, Unanswered
from safetyreg_client.models import Risk
from safetyreg_client.parsing import parse
from safetyreg_client.session import LONGEST_WAIT, TRIES, encoded
from safetyreg_client.transport import NoAnswer, Reply, StandardTransport, base

if TYPE_CHECKING:
    from collections.abc import Mapping

ME = {
    "kind": "client", "id": "1", "name": "Feed", "email": None, "client": {"id": "1", "name": "Feed"},
    "scopes": ["read"],
    "expires_at": "2026-11-03T10:00:00Z", "acting": None, "memberships": [], "grown_later": True,
}  # fmt: skip
TOKEN = Reply(200, {}, b'{"access_token": "t", "expires_in": 900}')


def json_reply(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


@dataclass
class Scripted:
    """Answers what a test says, one after the other; tokens it gives by itself."""

    answers: deque[Reply | None]
    sent: list[tuple[str, str, dict[str, str], bytes | None]] = field(default_factory=list)

    def send(
        self, verb: str, url: str, headers: Mapping[str, str], body: bytes | None, into: IO[bytes] | None = None
    ) -> Reply:
        if url.endswith("/api/oauth/token/"):
            return TOKEN
        self.sent.append((verb, url, dict(headers), body))
        answer = self.answers.popleft()
        if answer is None:
            raise NoAnswer("it broke off")
        if into:
            into.write(answer.body)
        return answer


def scripted(*answers: Reply | None) -> tuple[Register, Scripted, list[float]]:
    waited: list[float] = []
    transport = Scripted(deque(answers))
    register = Register("https://register.example", "id", "secret", transport=transport, sleep=waited.append)
    return register, transport, waited


def test_failures_and_silences_are_tried_again_with_the_same_key_and_growing_waits() -> None:
    scores = {"kind": "CURRENT", "likelihood": 1, "consequence": 1}
    score = {
        **scores, "id": "1", "score": 1, "band": "LOW", "rationale": "", "created_at": "2026-11-03T10:00:00Z",
        "created_by": {"id": "2", "name": "Nia"},
    }  # fmt: skip
    register, transport, waited = scripted(
        None, json_reply({}, 503), Reply(502, {}, b"<html>"), json_reply({}, 409, retry_after="1"), json_reply(score)
    )
    assert register.risks.score("PSR-000001", kind="CURRENT", likelihood=1, consequence=1).band == "LOW"
    assert len({headers["Idempotency-Key"] for _, _, headers, _ in transport.sent}) == 1
    assert len({body for *_, body in transport.sent}) == 1
    assert waited[0] < waited[1] < waited[2]
    assert waited[3] == 1
    assert sum(waited) < 10


def test_after_the_last_try_it_says_so_and_names_the_key() -> None:
    register, transport, _ = scripted(*[None] * TRIES)
    with pytest.raises(Unanswered) as lost:
        register.risks.comment("PSR-000001", text="Said")
    assert lost.value.key == transport.sent[0][2]["Idempotency-Key"]
    register, _, _ = scripted(*[Reply(500, {"x-request-id": "K7QF-29MX"}, b"")] * TRIES)
    with pytest.raises(Failed) as failed:
        register.risks.comment("PSR-000001", text="Said", idempotency_key="mine")
    assert (failed.value.key, failed.value.reference, failed.value.status) == ("mine", "K7QF-29MX", 500)


def test_two_things_have_two_keys() -> None:
    register, transport, _ = scripted(*[json_reply({}, 400)] * 2)
    for _ in range(2):
        with pytest.raises(Exception, match="Refused"):
            register.risks.comment("PSR-000001", text="Said")
    assert len({headers["Idempotency-Key"] for _, _, headers, _ in transport.sent}) == 2


def test_an_edit_is_not_sent_again_unless_nothing_was_done() -> None:
    register, transport, _ = scripted(None)
    with pytest.raises(Unanswered):
        register.risks.edit("PSR-000001", version=1, title="New")
    register, transport, waited = scripted(json_reply({}, 429, retry_after="7"), None)
    with pytest.raises(Unanswered):
        register.risks.edit("PSR-000001", version=1, title="New")
    assert (len(transport.sent), waited) == (2, [7])


def test_nobody_waits_longer_than_is_sensible() -> None:
    register, _, waited = scripted(json_reply({}, 429, retry_after=str(int(LONGEST_WAIT) + 1)))
    with pytest.raises(TooMany) as often:
        register.me()
    assert (often.value.retry_after, waited) == (91, [])


def test_a_page_of_another_machine_is_asked_for_at_the_register() -> None:
    """The token would go along."""
    register, transport, _ = scripted(
        json_reply({"results": [], "next": "https://elsewhere.example/api/v1/members/?cursor=abc&page_size=100"}),
        json_reply({"results": [], "next": None}),
    )
    assert list(register.members()) == []
    assert transport.sent[1][1] == "https://register.example/api/v1/members/?cursor=abc&page_size=100"


def test_what_is_not_the_register_is_not_taken_for_it() -> None:
    for body in (b"<html>Sign in to the wireless network</html>", b"[]", b'{"kind": 1}'):
        register, _, _ = scripted(Reply(200, {}, body))
        with pytest.raises(NotUnderstood):
            register.me()
    register, _, _ = scripted(json_reply(ME))
    assert register.me().name == "Feed"


def test_a_reference_is_part_of_an_address_and_nothing_else() -> None:
    register, transport, _ = scripted(json_reply({}, 404))
    with pytest.raises(Exception, match="Refused"):
        register.risks.get("../me/?x=1#")
    assert transport.sent[0][1] == "https://register.example/api/v1/risks/..%2Fme%2F%3Fx%3D1%23/"


def test_what_came_before_an_export_broke_off_is_not_kept(tmp_path: Any) -> None:
    register, _, _ = scripted(Reply(503, {}, b"half"), Reply(200, {}, b"whole"))
    assert register.export_risks(tmp_path / "risks.csv").read_bytes() == b"whole"


@pytest.mark.parametrize("url", ["http://register.example", "register.example", "https://", "https://a:b@x", "ftp://x"])
def test_a_secret_goes_to_no_address_that_others_can_read_along(url: str) -> None:
    with pytest.raises(SettingsMissing):
        Register(url, "id", "secret")
    assert base("https://register.example/") == "https://register.example"
    assert base("http://127.0.0.1:8000") == "http://127.0.0.1:8000"


def test_filters_are_written_as_the_register_reads_them() -> None:
    at = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
    assert encoded({"status": ["OPEN", "CLOSED"], "ours": True, "updated_since": at, "search": None}) == (
        "status=OPEN&status=CLOSED&ours=true&updated_since=2026-11-03T09%3A30%3A00%2B00%3A00"
    )


def test_what_is_missing_in_an_answer_is_not_made_up() -> None:
    with pytest.raises(NotUnderstood, match="'id'"):
        parse(Risk, {"reference": "PSR-000001"})


class Wire:
    """Answers one connection with the bytes that a test gives, or with silence."""

    def __init__(self, answer: bytes | None) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.asked = b""
        self.open: list[socket.socket] = []
        self.thread = Thread(target=self._serve, args=[answer], daemon=True)
        self.thread.start()

    def _serve(self, answer: bytes | None) -> None:
        connection, _ = self.socket.accept()
        self.asked = connection.recv(65536)
        if answer is None:
            self.open.append(connection)  # and says nothing
            return
        connection.sendall(answer)
        connection.close()

    def close(self) -> None:
        self.thread.join()
        for connection in (*self.open, self.socket):
            connection.close()


@pytest.mark.parametrize(
    "answer", [None, b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it", b"this is no HTTP\r\n\r\n"]
)
def test_what_breaks_off_is_no_answer(answer: bytes | None) -> None:
    wire = Wire(answer)
    with contextlib.closing(wire), pytest.raises(NoAnswer):
        StandardTransport(timeout=0.2).send("GET", f"{wire.url}/", {}, None)


def test_half_a_file_is_no_file() -> None:
    wire = Wire(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
    with contextlib.closing(wire), pytest.raises(NoAnswer):
        StandardTransport(timeout=5).send("GET", f"{wire.url}/", {}, None, io.BytesIO())


def test_a_redirect_is_not_followed_and_this_machine_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    wire = Wire(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")
    reply = StandardTransport(timeout=5).send("GET", f"{wire.url}/here", {"Authorization": "Bearer t"}, None)
    assert (reply.status, reply.headers["location"]) == (302, "http://127.0.0.1:9/")
    assert wire.asked.startswith(b"GET /here HTTP/1.1\r\n")
    wire.close()
