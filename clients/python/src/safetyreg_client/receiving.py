"""A small server for webhooks. It listens on this machine alone, behind whatever ends HTTPS for you.

The register sends to `https://` addresses on the open internet, port 443, and nowhere else; so that something of yours
has to stand there (nginx, an API gateway, a load balancer) and hand on what comes to this one.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from safetyreg_client.webhooks import Event, NotGenuine, Verifier

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 64 * 1024  # bytes: messages are a few hundred
SECONDS = 10.0  # that a sender may be silent
REMEMBERED = 10_000  # messages that are known again


class Receiver(ThreadingHTTPServer):
    """Calls `take` with each event once, one at a time, and answers 2xx when it returns.

    If it raises, the answer is 500 and the register sends the event again. It has ten seconds. What was taken before
    this process was started is not remembered: keep `event.id` where being told twice would matter.
    """

    daemon_threads = True

    def __init__(
        self, verifier: Verifier, take: Callable[[Event], None], *, port: int, host: str = "127.0.0.1"
    ) -> None:
        super().__init__((host, port), _Handler)
        self._verifier, self._take = verifier, take
        self._taken: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def receive(self, headers: dict[str, str], body: bytes) -> bytes:
        """What to answer. Raises NotGenuine, and whatever `take` raises."""
        event = self._verifier.event(headers, body)
        if event.challenge:
            return json.dumps({"challenge": event.challenge}).encode()
        with self._lock:
            if event.id not in self._taken:
                self._take(event)
                self._taken[event.id] = None
            while len(self._taken) > REMEMBERED:
                self._taken.popitem(last=False)
        return b""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    timeout = SECONDS
    server_version = "safetyreg-client"
    sys_version = ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            return self._answer(411)
        if int(length) > LARGEST:
            return self._answer(413)
        body = self.rfile.read(int(length))
        try:
            return self._answer(200, self.server.receive(dict(self.headers.items()), body))
        except NotGenuine:
            return self._answer(400)
        except Exception:
            self._answer(500)
            raise  # to be seen where the process writes

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what is worth knowing is taken, or raised."""
