"""One POST to somebody else's machine: to an address that was checked, in a bounded time, reading little of the answer.

The standard library's client is enough, and does nothing that is not wanted here: it follows no redirect, knows no
proxy and unpacks nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notifications.webhooks import targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECONDS = 10.0  # for connecting, sending and being answered
READ = 1024  # bytes of an answer's body: enough for a challenge
TOO_LONG = "It took too long"
TRIED = 2  # of the addresses that a name leads to


@dataclass(frozen=True)
class Answer:
    """What came of it: a status, or a problem in words. `body` is only the beginning of what was answered."""

    status: int | None
    problem: str
    took_ms: int
    body: bytes = b""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == 410


class _Plain(http.client.HTTPConnection):
    def connect(self) -> None:
        """To an address that the name leads to right now, each of which is looked at first."""
        self.sock = _dial(self.host, self.port)


class _Secure(http.client.HTTPSConnection):
    def connect(self) -> None:
        """Likewise; the certificate has to be that of the name."""
        plain = _dial(self.host, self.port)
        self.sock = _tls().wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def _dial(host: str, port: int) -> socket.socket:
    problem: OSError = OSError("The name leads nowhere")
    for family, place in targets.resolve(host, port)[:TRIED]:
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(SECONDS / TRIED)
        try:
            connection.connect(place)
        except OSError as error:
            connection.close()
            problem = error
        else:
            connection.settimeout(SECONDS)
            return connection
    raise problem


@lru_cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send it, and wait no longer than the bound for an answer. Raises nothing that the other side can bring about."""
    began = time.monotonic()
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    kind = _Secure if secure else _Plain
    connection = kind(parts.hostname or "", parts.port or (443 if secure else 80), timeout=SECONDS)
    status, problem, read = None, "", b""
    with _cut_off_after(SECONDS, connection) as is_late:
        try:
            connection.connect()
            response = _ask(connection, _path(parts.path, parts.query), body, headers)
            if not is_late.is_set():  # what was cut off looks like the end of an answer
                status, read = response.status, _beginning_of(response)
        except (OSError, UnicodeError, http.client.HTTPException, targets.Forbidden) as error:
            problem = _words(error)
        finally:
            connection.close()
    if status is None and is_late.is_set():
        problem = TOO_LONG
    return Answer(status, problem, int((time.monotonic() - began) * 1000), read)


def _ask(
    connection: http.client.HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    sent = {"Content-Type": "application/json", "User-Agent": "safetyreg-webhooks", "Connection": "close", **headers}
    connection.request("POST", path, body, sent)
    return connection.getresponse()


def _beginning_of(response: http.client.HTTPResponse) -> bytes:
    """Or nothing, where it breaks off: the status has come, which is what counts."""
    try:
        return response.read(READ)
    except (OSError, http.client.HTTPException):
        return b""


def _path(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")


@contextlib.contextmanager
def _cut_off_after(seconds: float, connection: http.client.HTTPConnection) -> Iterator[threading.Event]:
    """A machine that sends a byte now and then keeps within the timeout of each read, and is cut off all the same."""
    is_late, is_done = threading.Event(), threading.Event()

    def watch() -> None:
        if is_done.wait(seconds):
            return
        is_late.set()
        while True:  # a connection that is made only now is cut off too
            if connection.sock:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
            if is_done.wait(0.1):
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield is_late
    finally:
        is_done.set()
        watcher.join()


def _words(error: Exception) -> str:
    """What went wrong, for the log that an organisation reads."""
    if isinstance(error, targets.Forbidden):
        return "Its name leads to an address that may not be reached"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "Its name could not be found"
    if isinstance(error, ssl.SSLError):
        return "No secure connection could be made: check the certificate"
    if isinstance(error, TimeoutError):
        return TOO_LONG
    if isinstance(error, OSError):
        return "No connection could be made, or it broke off"
    return "What it answered could not be understood"
