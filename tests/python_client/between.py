"""What stands between a client and the register: it hands on what is asked, and loses the answers that a test names."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


@dataclass
class Between:
    """`lose` are the beginnings of requests, such as `POST /api/v1/risks/`, whose next answer is lost.

    The register has done by then what it was asked.
    """

    register: str
    lose: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # as `GET /api/v1/me/ 200`

    def __post_init__(self) -> None:
        between = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = between.ask(self)
                between.asked.append(f"{self.command} {self.path} {status}")
                lost = next((line for line in between.lose if f"{self.command} {self.path}".startswith(line)), None)
                if lost:
                    between.lose.remove(lost)
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_PATCH = do_GET  # noqa: N815 - as the library names them

            def log_message(self, *_anything: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def ask(self, wire: BaseHTTPRequestHandler) -> tuple[int, list[tuple[str, str]], bytes]:
        body = wire.rfile.read(int(wire.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(urlsplit(self.register).netloc, timeout=30)
        headers = {**dict(wire.headers.items()), "Connection": "close"}
        connection.request(wire.command, wire.path, body or None, headers)
        answer = connection.getresponse()
        found = answer.status, [pair for pair in answer.getheaders() if pair[0].lower() not in HOP], answer.read()
        connection.close()
        return found

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
