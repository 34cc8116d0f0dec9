"""Somebody else's system: a web server that keeps what it is sent, and answers as a test says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable

Answering = "Callable[[Message, BaseHTTPRequestHandler], None]"


@dataclass
class Message:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.said["type"]

    def is_signed_with(self, secret: str) -> bool:
        from standardwebhooks.webhooks import WebhookVerificationError

        try:
            return Webhook(secret).verify(self.body, self.headers) == self.said
        except WebhookVerificationError:
            return False


def reply(status: int, body: bytes = b"", **headers: str) -> Callable[[Message, BaseHTTPRequestHandler], None]:
    def answer(message: Message, wire: BaseHTTPRequestHandler) -> None:
        wire.send_response(status)
        for name, value in headers.items():
            wire.send_header(name.replace("_", "-"), value)
        wire.send_header("Content-Length", str(len(body)))
        wire.end_headers()
        wire.wfile.write(body)

    return answer


def take(message: Message, wire: BaseHTTPRequestHandler) -> None:
    """What a good receiver does: it sends a challenge back, and takes everything else."""
    challenge = message.said["data"].get("challenge", "")
    reply(200, json.dumps({"challenge": challenge}).encode() if challenge else b"")(message, wire)


@dataclass
class Receiver:
    answer: Callable[[Message, BaseHTTPRequestHandler], None] = take
    received: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                message = Message(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                receiver.received.append(message)
                receiver.answer(message, self)

            do_GET = do_POST  # noqa: N815 - as the library names it

            def log_message(self, *_anything: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_anything: None  # type: ignore[method-assign]
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?from=register"

    @property
    def events(self) -> list[Message]:
        """What it was told, but for challenges."""
        return [message for message in self.received if message.type != "endpoint.challenge"]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
