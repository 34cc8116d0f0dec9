"""Access tokens by OAuth 2.0 client credentials (RFC 6749): asked for when there is none, and before one ends."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode

from safetyreg_client.errors import NotUnderstood

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from safetyreg_client.transport import Reply

ADDRESS = "/api/oauth/token/"
BEFORE_IT_ENDS = 30.0  # seconds: a request that is on its way is not overtaken by the end


@dataclass(frozen=True)
class Token:
    text: str
    ends_at: float  # by the clock of this machine, which need not be right


class Tokens:
    """`ask` sends a form with HTTP Basic to the register, and raises for what is refused. Many threads may share it."""

    def __init__(
        self,
        client_id: str,
        secret: str,
        *,
        ask: Callable[[str, bytes], Reply],
        clock: Callable[[], float],
        scopes: Sequence[str] = (),
    ) -> None:
        basic = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
        self._basic = "Basic " + base64.b64encode(basic).decode()
        self._form = urlencode(
            {"grant_type": "client_credentials"} | ({"scope": " ".join(scopes)} if scopes else {})
        ).encode()
        self._ask, self._clock = ask, clock
        self._lock = threading.Lock()
        self._token: Token | None = None

    def get(self, *, instead_of: str | None = None) -> str:
        """A token that works for a while yet, and is not the one that was just refused."""
        with self._lock:
            token = self._token
            if token is None or token.text == instead_of or token.ends_at - BEFORE_IT_ENDS <= self._clock():
                token = self._token = self._new()
            return token.text

    def _new(self) -> Token:
        asked_at = self._clock()
        reply = self._ask(self._basic, self._form)
        try:
            said = json.loads(reply.body)
            return Token(str(said["access_token"]), asked_at + float(said["expires_in"]))
        except (ValueError, KeyError, TypeError) as error:
            raise NotUnderstood("Where a token is asked for, something else than the register answers") from error
