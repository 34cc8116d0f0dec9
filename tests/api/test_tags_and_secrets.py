"""Tags and keys on what is no risk: webhooks, imports, and answers that tell a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Client, ClientSecret, Role
from notifications.models import WebhookEndpoint
from notifications.webhooks import api as webhooks
from risks.api import importing
from risks.models import BatchStatus, ImportBatch
from safetyreg.api.scopes import Scope
from tests.api.conftest import Caller, refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from safetyreg.api.resources import Verb
    from tests.ladder import Ladder

WEBHOOK = {"url": "https://system.example/hook", "description": "Datix", "event_types": ["risk.shared"]}
FILE = "Title\nBeds\n"


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


@pytest.fixture
def administrator(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider, Role.ADMINISTRATOR))


def post(caller: Caller, path: str, body: dict[str, Any], **headers: str) -> HttpResponse:
    return caller.client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def overtaken(monkeypatch: pytest.MonkeyPatch, verb: Verb, change: Any) -> None:
    """Somebody makes a change between the first look at a thing and the lock on it."""
    real = verb.service

    def quicker(**given: Any) -> Any:
        change()
        return real(**given)

    monkeypatch.setitem(verb.__dict__, "service", quicker)


def test_a_webhook_is_looked_at_again_under_its_lock(lead: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = lead.do("webhooks/", **WEBHOOK)
    path = f"webhooks/{endpoint['id']}/"
    tag = lead.client.get(f"/api/v1/{path}")["ETag"]
    overtaken(monkeypatch, webhooks.VERBS["disable"], lambda: WebhookEndpoint.objects.update(description="Radar"))
    refused(post(lead, f"{path}disable/", {}, if_match=tag), 412)
    assert not WebhookEndpoint.objects.get().is_disabled


def test_an_import_is_looked_at_again_under_its_lock(lead: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {"source": "Datix", "file": SimpleUploadedFile("risks.csv", FILE.encode())}
    batch = lead.client.post("/api/v1/risks/import/", sent).json()
    path = f"imports/{batch['id']}/"
    tag = lead.client.get(f"/api/v1/{path}")["ETag"]
    overtaken(monkeypatch, importing.OF_A_BATCH["discard"], lambda: ImportBatch.objects.update(keep_drafts=True))
    refused(post(lead, f"{path}discard/", {}, if_match=tag), 412)
    assert ImportBatch.objects.get().status == BatchStatus.CHECKED


def test_a_new_client_is_added_once_and_its_secret_told_once(administrator: Caller, ladder: Ladder) -> None:
    responsible = ladder.actor(ladder.provider).user
    body = {"name": "Datix", "role": "REPORTER", "scopes": [Scope.READ], "responsible": str(responsible.pk)}
    first = post(administrator, "clients/", body, idempotency_key="one")
    assert first.status_code == 201
    again = post(administrator, "clients/", body, idempotency_key="one")
    assert first.json()["client_secret"] not in again.content.decode()
    refused(again, 409)
    assert Client.objects.count() == 1

    path = f"clients/{first.json()['id']}/rotate-secret/"
    rotated = post(administrator, path, {}, idempotency_key="two")
    assert rotated.status_code == 200
    refused(post(administrator, path, {}, idempotency_key="two"), 409)
    assert ClientSecret.objects.count() == 2
