"""A web server of its own process that is killed (SIGKILL) at a moment that the first argument names.

`replying`: everything is committed and the answer is made, and not a byte of it has been sent. `committing`: what was
asked is done and its answer stored, and neither is committed. It prints its port once it listens.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def die(*_anything: Any, **_more: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_anything: Any) -> None:
        pass


def main(moment: str) -> None:
    from safetyreg.wsgi import application  # which sets Django up

    from django.utils import timezone  # isort: skip

    from safetyreg.idempotency import services  # isort: skip
    from tests.factories import NOW  # isort: skip

    timezone.now = lambda: NOW  # as in the tests: a session is good for hours

    def answering(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = application(environ, start_response)
        if moment == "replying":
            die()
        return answer

    if moment == "committing":
        keep = services.keep
        services.keep = lambda *given, **named: die(keep(*given, **named))  # type: ignore[assignment]
    server = make_server("127.0.0.1", 0, answering, handler_class=Quiet)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
