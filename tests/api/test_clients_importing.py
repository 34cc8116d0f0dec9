"""A system that sends files: who owns what is in them, and sending one again with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser

from accounts.models import Role
from accounts.services import revoke_client
from risks.importing import services as importing
from risks.importing.services import receiving
from risks.models import ImportBatch, Risk
from safetyreg.audit.models import AuditEvent
from tests import clients
from tests.api.conftest import answered, refused
from tests.factories import NOW
from tests.risks.importing.sending import as_csv, row
from tests.visiting import visitor

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor
    from accounts.models import User
    from tests.clients import System
    from tests.ladder import Ladder

FILE = as_csv(row(1))
PATH = "/api/v1/risks/import/"


@pytest.fixture
def system(administrator: Actor, nurse: User) -> System:
    return clients.add_system(by=administrator, responsible=nurse).get_token()


def http(system: System) -> Browser:
    return Browser(raise_request_exception=False, headers={"Authorization": f"Bearer {system.token}"})


def send(
    client: Browser, file: bytes = FILE, *, key: str = "", boundary: str = "one", path: str = PATH, **fields: str
) -> HttpResponse:
    """As libraries do it: each puts a boundary of its own, new at every try, between the parts of a form."""
    parts = {'name="file"; filename="risks.csv"': file, 'name="source"': b"Datix"}
    parts |= {f'name="{name}"': text.encode() for name, text in fields.items()}
    sent = b"".join(
        b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (boundary.encode(), about.encode(), part)
        for about, part in parts.items()
    )
    headers = {"Idempotency-Key": key} if key else {}
    kind = f"multipart/form-data; boundary={boundary}"
    return client.generic("POST", path, sent + f"--{boundary}--\r\n".encode(), content_type=kind, headers=headers)


def test_whoever_is_responsible_owns_what_a_system_imports(system: System, nurse: User) -> None:
    batch = answered(send(http(system), dry_run="false"), 201)
    assert batch["status"] == "DONE"
    risk = Risk.objects.get()
    assert (risk.owner, risk.logged_by) == (nurse, system.client.membership.user)
    assert {event.by_id for event in AuditEvent.objects.about(risk.reference)} == {system.client.membership.user_id}


def test_a_worker_imports_for_the_system_that_sent_the_file(
    system: System, nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "AT_ONCE", 0)
    assert answered(send(http(system), dry_run="false"), 202)["status"] == "TO_RUN"
    importing.work(now=NOW)
    assert ImportBatch.objects.get().status == "DONE"
    assert Risk.objects.get().owner == nurse


def test_a_worker_imports_nothing_for_a_system_that_was_revoked(
    system: System, administrator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "AT_ONCE", 0)
    send(http(system), dry_run="false")
    revoke_client(client=system.client, by=administrator, now=NOW)
    importing.work(now=NOW)
    assert ImportBatch.objects.get().status == "FAILED"
    assert not Risk.objects.exists()


def test_a_file_sent_again_with_its_key_is_imported_once_whatever_stands_between_its_parts(system: System) -> None:
    first = send(http(system), key="k", dry_run="false")
    again = send(http(system), key="k", boundary="another", dry_run="false")
    assert again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert ImportBatch.objects.count() == Risk.objects.count() == 1
    assert again["Location"] == first["Location"]


def test_another_file_or_another_choice_with_the_same_key_is_refused(system: System) -> None:
    answered(send(http(system), key="k"), 201)
    refused(send(http(system), as_csv(row(2)), key="k"), 422)
    refused(send(http(system), key="k", dry_run="false"), 422)
    assert ImportBatch.objects.count() == 1


def test_a_file_larger_than_a_body_of_json_takes_a_key_too(system: System) -> None:
    large = as_csv(row(1)) + b"\n" * 3_000_000
    first = answered(send(http(system), large, key="k"), 202)
    assert answered(send(http(system), large, key="k", boundary="another"), 202)["id"] == first["id"]
    assert ImportBatch.objects.count() == 1


def test_a_form_that_cannot_be_read_is_refused_with_a_key_as_without(system: System) -> None:
    for key in ("", "k"):
        headers = {"Idempotency-Key": key} if key else {}
        kind = "multipart/form-data"
        refused(http(system).generic("POST", PATH, b"no form", content_type=kind, headers=headers), 400)


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("key", ["", "k"])
def test_a_form_is_not_taken_for_an_empty_body_where_forms_are_not_read(
    signed_in: bool, key: str, system: System, ladder: Ladder
) -> None:
    """By whoever looked into it before: the CSRF check, or the key."""
    lead = ladder.actor(ladder.provider)
    risk = ladder.risk(lead)
    client = http(system)
    if signed_in:
        client = visitor(lead)
        client.handler.enforce_csrf_checks = True
        client.raise_request_exception = False
        client.cookies["csrftoken"] = token = "c" * 32
        client.defaults["HTTP_X_CSRFTOKEN"] = token
    refused(send(client, key=key, path=f"/api/v1/risks/{risk.reference}/review/"), 415)


def test_a_system_whose_role_may_not_import_is_refused(administrator: Actor, nurse: User) -> None:
    reporter = clients.add_system(by=administrator, responsible=nurse, role=Role.REPORTER).get_token()
    refused(send(http(reporter)), 403)
