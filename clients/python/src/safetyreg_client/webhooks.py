"""Messages of the register's webhooks: whether one is genuine (by the Standard Webhooks rules), and what it says."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from safetyreg_client.errors import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TOLERANCE = 300  # seconds that a message may be old, or the clock of this machine behind
PREFIX = "whsec_"
SHORTEST = 24  # bytes of a secret, by the rules


class NotGenuine(RegisterError):
    """A message that the register did not send, or did not send now. Answer 400 and do nothing else."""


@dataclass(frozen=True)
class Event:
    """What happened. `id` is the same however often it is sent: keep those that you have taken.

    `subject` is the id of what it is about, `link` its page, and `api` where to read it over the API.
    """

    id: str
    type: str
    happened_at: datetime
    subject: str
    link: str
    api: str
    challenge: str = ""  # to be sent back, where the register asks whether messages arrive

    @property
    def is_own(self) -> bool:
        """Whether it is about the webhook itself: a challenge, or a test."""
        return self.type.startswith("endpoint.")


class Verifier:
    """Knows the secrets of a webhook: while one is being changed, the old one and the new one."""

    def __init__(self, *secrets: str, tolerance: float = TOLERANCE) -> None:
        self._keys = [_key(secret) for secret in secrets]
        self._tolerance = tolerance
        if not self._keys:
            raise ValueError("Name the secret of the webhook")

    def event(self, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> Event:
        """What a genuine message says. `body` is the bytes as they came, `now` in seconds since 1970.

        Raises NotGenuine.
        """
        named = {name.lower(): value for name, value in headers.items()}
        try:
            id, timestamp, signatures = (named[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        except KeyError as error:
            raise NotGenuine(f"The header {error} is missing") from error
        self._check_time(timestamp, time.time() if now is None else now)
        if not self._is_signed(f"{id}.{timestamp}.".encode() + body, signatures):
            raise NotGenuine("No signature fits")
        return _event(id, body)

    def _check_time(self, timestamp: str, now: float) -> None:
        """So that nobody sends again what they once overheard."""
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 16):
            raise NotGenuine("The time of the message is no time")
        if abs(now - int(timestamp)) > self._tolerance:
            raise NotGenuine("The message is too old, or a clock is wrong")

    def _is_signed(self, signed: bytes, signatures: str) -> bool:
        """Whether one of the signatures fits one of the secrets. How long it takes says nothing about them."""
        expected = [hmac.digest(key, signed, hashlib.sha256) for key in self._keys]
        found = [hmac.compare_digest(given, fits) for given in _given(signatures) for fits in expected]
        return any(found)


def _given(signatures: str) -> Iterable[bytes]:
    """The signatures of the kind that is known here; others may stand beside them."""
    for one in signatures.split(" "):
        version, _, text = one.partition(",")
        if version == "v1":
            try:
                yield base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                continue


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < SHORTEST:
        raise ValueError("This is no secret of a webhook")  # which is not shown
    return key


def _event(id: str, body: bytes) -> Event:
    """A member that is not known is ignored: messages may grow."""
    try:
        said = json.loads(body)
        data: dict[str, Any] = said["data"]
        happened_at = datetime.fromisoformat(said["timestamp"])
        about = {name: str(data.get(of) or "") for name, of in ABOUT.items()}
        return Event(id=id, type=str(said["type"]), happened_at=happened_at, **about)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotGenuine("The message is genuine but says nothing that is understood") from error


ABOUT = {"subject": "id", "link": "link", "api": "api", "challenge": "challenge"}
