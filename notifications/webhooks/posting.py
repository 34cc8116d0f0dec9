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

SECONDS = 10.0  # for connecting, and again for the whole exchange
READ = 1024  # bytes of an answer's body: enough for a challenge
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
        self.sock = _tls().wrap_socket(_dial(self.host, self.port), server_hostname=self.host)


def _dial(host: str, port: int) -> socket.socket:
    problem: OSError = OSError("The name leads nowhere")
    for family, place in targets.resolve(host, port)[:TRIED]:
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        try:
            connection.connect(place)
        except OSError as error:
            connection.close()
            problem = error
        else:
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
    try:
        connection.connect()
        with _cut_off_after(SECONDS, connection.sock) as is_late:
            try:
                status, read = _exchange(connection, _path(parts.path, parts.query), body, headers)
            except (OSError, http.client.HTTPException) as error:
                problem = "It took too long" if is_late.is_set() else _words(error)
    except (OSError, UnicodeError, targets.Forbidden) as error:
        problem = _words(error)
    finally:
        connection.close()
    return Answer(status, problem, int((time.monotonic() - began) * 1000), read)


def _exchange(
    connection: http.client.HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    sent = {"Content-Type": "application/json", "User-Agent": "safetyreg-webhooks", "Connection": "close", **headers}
    connection.request("POST", path, body, sent)
    response = connection.getresponse()
    with contextlib.suppress(OSError, http.client.HTTPException):  # the status has come, which is what counts
        return response.status, response.read(READ)
    return response.status, b""


def _path(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")


@contextlib.contextmanager
def _cut_off_after(seconds: float, connection: socket.socket) -> Iterator[threading.Event]:
    """A machine that sends a byte now and then keeps within the timeout of each read, and is cut off all the same."""
    is_late = threading.Event()

    def cut_off() -> None:
        is_late.set()
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()


def _words(error: Exception) -> str:
    """What went wrong, for the log that an organisation reads."""
    if isinstance(error, targets.Forbidden):
        return "Its name leads to an address that may not be reached"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "Its name could not be found"
    if isinstance(error, ssl.SSLError):
        return "No secure connection could be made: check the certificate"
    if isinstance(error, TimeoutError):
        return "It took too long"
    if isinstance(error, OSError):
        return "No connection could be made, or it broke off"
    return "What it answered could not be understood"
