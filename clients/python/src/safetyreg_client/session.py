"""Requests to one register: signed in, sent again when that is safe, and refusals raised.

What changes something is sent with an Idempotency-Key, which makes it safe to send again: it is done once, however
often it arrives. A PATCH has none, and is only sent again where it is known not to have been done.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any, TypedDict, Unpack
from urllib.parse import urlencode

from safetyreg_client import tokens
from safetyreg_client.errors import Failed, NotUnderstood, Unanswered, refusal
from safetyreg_client.transport import NoAnswer, Reply, StandardTransport, base

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from safetyreg_client.transport import Transport

TRIES = 5
FIRST_WAIT = 0.5  # seconds, doubled after each try
LONGEST_WAIT = 90.0  # seconds that the register may ask for; a minute is the most that a limit on requests takes


@dataclass(frozen=True)
class Request:
    """`may_repeat`: sent twice it is done once."""

    verb: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    into: IO[bytes] | None = None

    @property
    def key(self) -> str | None:
        return self.headers.get("Idempotency-Key")

    @property
    def may_repeat(self) -> bool:
        return self.verb == "GET" or self.key is not None or self.url.endswith(tokens.ADDRESS)


class Options(TypedDict, total=False):
    """`scopes` asks for less than the client may do, `timeout` is in seconds of silence.

    `clock` and `sleep` are of the machine, unless a test gives others.
    """

    scopes: Sequence[str]
    timeout: float
    transport: Transport
    clock: Callable[[], float]
    sleep: Callable[[float], None]


class Session:
    def __init__(self, url: str, client_id: str, secret: str, **options: Unpack[Options]) -> None:
        self.url = base(url)
        self.sleep = options.get("sleep", time.sleep)
        self._transport = options.get("transport") or StandardTransport(options.get("timeout", 30.0))
        clock, scopes = options.get("clock", time.monotonic), options.get("scopes", ())
        self._tokens = tokens.Tokens(client_id, secret, ask=self._ask_for_token, clock=clock, scopes=scopes)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"  # never the secret

    def ask(
        self,
        verb: str,
        address: str,
        *,
        query: Mapping[str, Any] | None = None,
        sends: Any = None,
        form: tuple[str, bytes] | None = None,
        key: str | None = None,
        if_match: str | None = None,
        into: IO[bytes] | None = None,
    ) -> Reply:
        """The answer to a request. `form` is its content type and body, where it does not send JSON.

        Raises Refused, Unanswered.
        """
        headers = {"Accept": "*/*" if into else "application/json"}
        body = None
        if verb == "POST":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if if_match:
            headers["If-Match"] = if_match
        if verb != "GET":
            kind, body = form or ("application/json", json.dumps(sends or {}, sort_keys=True, default=list).encode())
            headers["Content-Type"] = kind
        asked = f"?{encoded(query)}" if query else ""
        return self._signed_in(Request(verb, f"{self.url}{address}{asked}", headers, body, into))

    def _signed_in(self, request: Request) -> Reply:
        """With a token, and once more with a new one where it is not accepted."""
        token = self._tokens.get()
        reply = self._send(_with(request, Authorization=f"Bearer {token}"))
        if reply.status == 401:
            token = self._tokens.get(instead_of=token)
            reply = self._send(_with(request, Authorization=f"Bearer {token}"))
        return _taken(reply, request)

    def _ask_for_token(self, basic: str, body: bytes) -> Reply:
        headers = {
            "Authorization": basic,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        request = Request("POST", f"{self.url}{tokens.ADDRESS}", headers, body)
        return _taken(self._send(request), request)

    def _send(self, request: Request) -> Reply:
        """Tried again while that may help: after a silence, a failure, or as long as the register asks to wait."""
        for tried in range(1, TRIES + 1):
            wait = FIRST_WAIT * 2 ** (tried - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
            try:
                reply = self._once(request)
            except NoAnswer as error:
                if tried == TRIES or not request.may_repeat:
                    raise Unanswered(f"The register did not answer: {error}", request.key) from error
            else:
                asked = _wait_asked(reply, request, wait)
                if asked is None or asked > LONGEST_WAIT or tried == TRIES:
                    return reply
                wait = asked
            self.sleep(wait)
        raise AssertionError("The last try returns or raises")

    def _once(self, request: Request) -> Reply:
        if request.into:  # what came before a connection broke off
            request.into.seek(0)
            request.into.truncate()
        return self._transport.send(request.verb, request.url, request.headers, request.body, request.into)


def _with(request: Request, **headers: str) -> Request:
    return replace(request, headers={**request.headers, **headers})


def _wait_asked(reply: Reply, request: Request, otherwise: float) -> float | None:
    """For how long to wait before the request is sent again; None if it is answered."""
    if reply.status == 429 or (reply.status == 409 and "retry-after" in reply.headers):  # nothing was done
        said = reply.headers.get("retry-after", "")
        return float(said) if said.isdecimal() else otherwise
    return otherwise if reply.status >= 500 and request.may_repeat else None


def _taken(reply: Reply, request: Request) -> Reply:
    if 200 <= reply.status < 300:
        return reply
    error = refusal(reply.status, reply.headers, reply.body)
    if isinstance(error, Failed):
        error.key = request.key
    raise error


def encoded(query: Mapping[str, Any]) -> str:
    """As the register reads it: times in full, true and false in small letters, a list as the same name again."""
    return urlencode({name: _plain(value) for name, value in query.items() if value is not None}, doseq=True)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple, set)):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def read(reply: Reply) -> Any:
    """The JSON of an answer. Raises NotUnderstood."""
    try:
        return json.loads(reply.body)
    except ValueError as error:
        raise NotUnderstood("What answers is not the register: it sends no JSON") from error
