"""Many requests with one key at once, and a server that is killed before it answers."""

from __future__ import annotations

import http.client
import json
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from risks.models import Risk
from safetyreg.audit.models import AuditEvent
from safetyreg.idempotency import services
from safetyreg.idempotency.models import StoredAnswer
from tests import ladder as ladder_module
from tests import processes
from tests.api.conftest import Caller, refused
from tests.api.test_repeating import KEY, alike, send
from tests.factories import NOW
from tests.ladder import FIELDS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from django.http import HttpResponse

    from accounts.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


@pytest.fixture
def actor() -> Actor:
    ladder = ladder_module.build()
    return ladder.actor(ladder.provider)


def test_fifty_at_once_log_one_risk_and_all_get_its_answer(actor: Actor) -> None:
    together = Barrier(MANY)
    callers = [Caller(actor) for _ in range(MANY)]
    callers[0].get("me/")  # draws what answers are held against, which each of the threads would draw for itself

    def log(caller: Caller) -> HttpResponse:
        try:
            together.wait(timeout=30)
            return send(caller, "risks/", **FIELDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(log, callers))
    assert Counter(answer.status_code for answer in answers) == {201: MANY}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == MANY - 1
    assert Risk.objects.count() == 1
    assert AuditEvent.objects.filter(verb="log_risk").count() == 1


def test_one_that_has_waited_long_enough_is_told_to_come_again(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "WAIT", "50ms")
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        services.claim(actor=actor, key=KEY, asked="", now=NOW)
        busy = pool.submit(_send_and_close, actor).result(timeout=30)
    refused(busy, 409)
    assert busy["Retry-After"] == "1"
    assert not Risk.objects.exists()
    assert send(Caller(actor), "risks/", **FIELDS).status_code == 201


def _send_and_close(actor: Actor) -> HttpResponse:
    try:
        return send(Caller(actor), "risks/", **FIELDS)
    finally:
        connection.close()


@pytest.fixture
def dying(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A server on the database of this test that is killed at a certain moment."""
    process = processes.started("tests.api.dying", request.param)
    yield process
    processes.ended(process)


def send_to(server: subprocess.Popen[str], caller: Caller) -> None:
    """Send what `send` sends, as a browser would, and get no answer."""
    assert server.stdout
    port = int(server.stdout.readline())
    token = "t" * 32
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": KEY,
        "Cookie": f"sessionid={caller.client.cookies['sessionid'].value}; csrftoken={token}",
        "X-CSRFToken": token,
    }
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wire.request("POST", "/api/v1/risks/", json.dumps(FIELDS), headers)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        wire.getresponse()
    wire.close()
    assert server.wait(timeout=30) == -signal.SIGKILL


@pytest.mark.parametrize("dying", ["replying"], indirect=True)
def test_a_server_killed_between_commit_and_reply_has_logged_the_risk_and_the_answer_waits(
    actor: Actor, dying: subprocess.Popen[str]
) -> None:
    caller = Caller(actor)
    send_to(dying, caller)
    risk = Risk.objects.get()
    again = send(caller, "risks/", **FIELDS)
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert again.json()["reference"] == risk.reference
    assert Risk.objects.count() == 1


@pytest.mark.parametrize("dying", ["committing"], indirect=True)
def test_a_server_killed_before_it_commits_has_done_nothing_and_the_key_is_free(
    actor: Actor, dying: subprocess.Popen[str]
) -> None:
    caller = Caller(actor)
    send_to(dying, caller)
    assert not Risk.objects.exists()
    assert not StoredAnswer.objects.exists()
    first = send(caller, "risks/", **FIELDS)
    alike(first, send(caller, "risks/", **FIELDS))
    assert Risk.objects.count() == 1
