"""One HTTP request, by the standard library: no redirect is followed, and no status is an error here."""

from __future__ import annotations

import http.client
import ipaddress
import shutil
import urllib.request
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from safetyreg_client.errors import SettingsMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

USER_AGENT = "safetyreg-client/1.0.0"


class NoAnswer(Exception):
    """The connection was not made, broke off, or was silent for too long."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # with names in small letters
    body: bytes


class Transport(Protocol):
    """What sends a request. A test, or a system with an HTTP library of its own, can give another one."""

    def send(
        self, verb: str, url: str, headers: Mapping[str, str], body: bytes | None, into: IO[bytes] | None = None
    ) -> Reply:
        """The body of a success is written to `into` where that is given. Raises NoAnswer."""


class StandardTransport:
    """By urllib, which takes proxies and certificates from the environment as other programs do."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout  # seconds of silence
        self._outside = _opener(urllib.request.ProxyHandler())
        self._here = _opener(urllib.request.ProxyHandler({}))

    def send(
        self, verb: str, url: str, headers: Mapping[str, str], body: bytes | None, into: IO[bytes] | None = None
    ) -> Reply:
        sent = {"User-Agent": USER_AGENT, **headers}
        request = urllib.request.Request(url, data=body, headers=sent, method=verb)  # noqa: S310 - checked by `base`
        opener = self._here if is_this_machine(url) else self._outside
        try:
            with opener.open(request, timeout=self.timeout) as answer:
                return _read(answer, into)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(_words(error)) from error


def _opener(proxies: urllib.request.ProxyHandler) -> urllib.request.OpenerDirector:
    """Without the handlers that follow redirects, which would carry the token along, or raise what is refused."""
    opener = urllib.request.OpenerDirector()
    for handler in (proxies, urllib.request.HTTPHandler(), urllib.request.HTTPSHandler()):
        opener.add_handler(handler)
    return opener


def _read(answer: http.client.HTTPResponse, into: IO[bytes] | None) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if into is None or answer.status != 200:
        return Reply(answer.status, headers, answer.read())
    shutil.copyfileobj(answer, into)
    if answer.length:  # of what was announced, which the library does not mind when it reads in parts
        raise http.client.IncompleteRead(b"", answer.length)
    return Reply(answer.status, headers, b"")


def _words(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return str(reason) or type(reason).__name__


def is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def base(url: str) -> str:
    """The address of a register, checked: the secret goes to no other machine in the clear. Raises SettingsMissing."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise SettingsMissing(f"The address of the register is no such address: {parts.scheme}://{parts.hostname}")
    if parts.scheme == "http" and not is_this_machine(url):
        raise SettingsMissing("The address of the register has to begin with https://, so that nobody reads along")
    return url.rstrip("/")
