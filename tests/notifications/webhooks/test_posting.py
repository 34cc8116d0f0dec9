"""Where messages never go, and what a hostile receiver can do to the one who sends them: next to nothing."""

from __future__ import annotations

import datetime
import socket
import ssl
import time
from ipaddress import ip_address
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.webhooks import posting, targets
from notifications.webhooks.posting import post
from tests.notifications.webhooks.receiver import Message, Receiver, reply

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

FORBIDDEN = [
    "0.0.0.0",  # noqa: S104 - nothing binds to it
    "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::8.8.8.8",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1",
    "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "151.101.0.1", "2606:4700::1111", "2a00:1450:4009:80b::200e"]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_message_goes_to_what_is_no_machine_on_the_open_internet(address: str) -> None:
    assert not targets.is_allowed(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_it_may_go_to_what_is(address: str) -> None:
    assert targets.is_allowed(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://system.example/", "//system.example/", "http://system.example/", "https://", "https:///hooks",
        "https://user@system.example/", "https://user:word@system.example/", "https://system.example:8443/",
        "https://system.example:http/", "https://system.example/#part", "https://127.0.0.1/", "https://[::1]/",
        "https://10.0.0.1/", "https://system.example/a b", "https://system.example/\n", "https://syst\u00e9m.example/",
        "https://system.example\\@10.0.0.1/", "https://system.example/" + "a" * 500, "https://[::1", "javascript:1",
    ],
)  # fmt: skip
def test_an_address_of_another_shape_is_refused(url: str) -> None:
    assert targets.problem_of(url)


@pytest.mark.parametrize(
    "url", ["https://system.example/hooks?of=us", "https://system.example", "https://8.8.8.8:443/"]
)
def test_an_address_of_the_right_shape_is_taken(url: str) -> None:
    assert targets.problem_of(url) == ""


class Names:
    """A resolver that gives another answer each time, and what was then connected to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.answers, self.asked, self.connected = list(answers), 0, []
        names = self

        class Socket:
            def __init__(self, *_anything: Any) -> None: ...

            def settimeout(self, _seconds: float) -> None: ...

            def close(self) -> None: ...

            def connect(self, place: tuple) -> None:
                names.connected.append(place[0])
                raise ConnectionRefusedError

        monkeypatch.setattr("notifications.webhooks.posting.socket.socket", Socket)
        monkeypatch.setattr("notifications.webhooks.targets.socket.getaddrinfo", self.resolve)

    def resolve(self, host: str, port: int, **_more: Any) -> list[Any]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        family = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in found]
        return [(kind, socket.SOCK_STREAM, 6, "", (address, port)) for kind, address in zip(family, found, strict=True)]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_a_name_that_leads_inside_is_not_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, [address])
    answer = post("https://rebind.example/", b"{}", {})
    assert (answer.status, names.connected) == (None, [])
    assert answer.problem == "Its name leads to an address that may not be reached"


def test_nor_is_one_that_leads_inside_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    assert post("https://rebind.example/", b"{}", {}).status is None
    assert names.connected == []


def test_a_scoped_address_is_read_without_its_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, ["fe80::1%eth0"])
    post("https://rebind.example/", b"{}", {})
    assert names.connected == []


def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """It leads to a public address when it is looked at, and to this machine whenever it is asked again."""
    names = Names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    post("https://rebind.example/", b"{}", {})
    assert (names.asked, names.connected) == (1, ["8.8.8.8"])
    post("https://rebind.example/", b"{}", {})
    assert names.connected == ["8.8.8.8"]


def test_this_machine_is_not_reached_unless_the_setting_allows_it(receiver: Receiver, settings: Any) -> None:
    assert post(receiver.url, b'{"type": "x"}', {}).status == 500 or receiver.received
    settings.WEBHOOK_ALLOW_PRIVATE = False
    receiver.received.clear()
    assert post(receiver.url, b"{}", {}).status is None
    assert post(f"http://localhost:{receiver.port}/", b"{}", {}).status is None
    assert receiver.received == []


def test_no_proxy_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    receiver.answer = reply(200)
    assert post(receiver.url, b"{}", {}).status == 200


@pytest.fixture
def released() -> Any:
    """Lets a receiver go that does not answer."""
    event = Event()
    yield event
    event.set()


def test_a_receiver_that_does_not_answer_is_waited_for_no_longer_than_the_bound(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, released: Event
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.2)
    receiver.answer = lambda _message, _wire: released.wait(30) and None
    began = time.monotonic()
    answer = post(receiver.url, b"{}", {})
    assert (answer.status, answer.problem) == (None, "It took too long")
    assert time.monotonic() - began < 5


def test_one_that_sends_a_byte_now_and_then_is_cut_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, released: Event
) -> None:
    """Each read comes back in time; all of them together do not."""
    monkeypatch.setattr(posting, "SECONDS", 0.5)

    def drip(_message: Message, wire: BaseHTTPRequestHandler) -> None:
        wire.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not released.wait(0.05):
            wire.wfile.write(b"a")

    receiver.answer = drip
    began = time.monotonic()
    answer = post(receiver.url, b"{}", {})
    assert (answer.status, answer.problem) == (None, "It took too long")
    assert time.monotonic() - began < 5


def test_little_is_read_of_a_huge_answer(receiver: Receiver) -> None:
    sent = []

    def pour(_message: Message, wire: BaseHTTPRequestHandler) -> None:
        wire.send_response(200)
        wire.send_header("Content-Length", str(10**12))
        wire.end_headers()
        while True:
            sent.append(wire.wfile.write(b"a" * 65536))

    receiver.answer = pour
    answer = post(receiver.url, b"{}", {})
    assert answer.status == 200
    assert len(answer.body) <= posting.READ
    assert sum(sent) < 50 * 1024 * 1024


@pytest.mark.parametrize("garbage", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 nonsense\r\n\r\n", b"\x00" * 100_000])
def test_what_is_no_http_is_a_failure_in_words(receiver: Receiver, garbage: bytes) -> None:
    def answer(_message: Message, wire: BaseHTTPRequestHandler) -> None:
        wire.wfile.write(garbage)
        wire.close_connection = True

    receiver.answer = answer
    found = post(receiver.url, b"{}", {})
    assert found.status is None
    assert found.problem


def test_a_closed_port_and_a_name_that_is_none_are_failures_in_words(receiver: Receiver, monkeypatch: Any) -> None:
    receiver.stop()
    assert post(receiver.url, b"{}", {}).problem == "No connection could be made, or it broke off"
    monkeypatch.setattr("notifications.webhooks.targets.socket.getaddrinfo", _no_such_name)
    assert post("https://nowhere.example/", b"{}", {}).problem == "Its name could not be found"
    receiver.stop = lambda: None  # type: ignore[method-assign]


def _no_such_name(*_anything: Any, **_more: Any) -> Any:
    raise socket.gaierror


@pytest.fixture
def certified(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """A receiver with a certificate for hooks.example, whom the register believes, and every name leads to it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    monkeypatch.setattr(posting, "_tls", lambda: ssl.create_default_context(cafile=str(file)))
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.port))]
    monkeypatch.setattr("notifications.webhooks.targets.socket.getaddrinfo", lambda *_a, **_more: here)
    receiver.answer = reply(200)
    return receiver


def test_the_certificate_is_that_of_the_name_though_the_address_is_connected_to(certified: Receiver) -> None:
    assert post(f"https://hooks.example:{certified.port}/x", b"{}", {}).status == 200
    assert certified.received[0].headers["host"] == f"hooks.example:{certified.port}"
    answer = post(f"https://other.example:{certified.port}/x", b"{}", {})
    assert answer.problem == "No secure connection could be made: check the certificate"
    assert len(certified.received) == 1
