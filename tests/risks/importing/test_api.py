"""Importing over the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from risks.importing import services as importing
from risks.models import ImportBatch, Risk
from tests import clients
from tests.factories import NOW, PASSWORD
from tests.risks.importing.sending import as_csv, row

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

    from tests.clients import System
    from tests.ladder import Ladder


@pytest.fixture
def client(ladder: Ladder) -> Client:
    client = Client()
    assert client.login(username=ladder.actor(ladder.provider).user.email, password=PASSWORD)
    return client


@pytest.fixture
def system(ladder: Ladder) -> System:
    return clients.of(ladder.provider).get_token()


def sent(client: Client, data: bytes, **more: Any) -> Response:
    file = SimpleUploadedFile("risks.csv", data)
    return client.post("/api/v1/risks/import/", {"source": "Datix", "file": file} | more)


def verb(client: Client, batch: dict[str, Any], name: str, **body: Any) -> Response:
    address = f"/api/v1/imports/{batch['id']}/{name}/"
    return client.post(address, json.dumps(body), content_type="application/json")


def test_a_form_that_is_sent_again_is_the_same_whatever_marks_its_parts_off(client: Client) -> None:
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    file = 'Content-Disposition: form-data; name="file"; filename="r.csv"\r\n\r\n' + as_csv(row()).decode() + "\r\n"

    def send(mark: str, source: str = "Datix") -> Response:
        body = f"--{mark}\r\n{part.format('source', source)}--{mark}\r\n{file}--{mark}--\r\n"
        kind = f"multipart/form-data; boundary={mark}"
        return client.post("/api/v1/risks/import/", body, content_type=kind, headers={"Idempotency-Key": "one"})

    first, again = send("aaaa"), send("bbbb")
    assert (first.status_code, again.content) == (201, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert send("aaaa", source="Radar").status_code == 422
    assert ImportBatch.objects.count() == 1


def test_a_file_is_a_dry_run_unless_it_says_otherwise(client: Client) -> None:
    response = sent(client, as_csv(row(1), row(2)))
    batch = response.json()
    assert (response.status_code, batch["status"], batch["counts"]["ADD"]) == (201, "CHECKED", 2)
    assert response["Location"] == f"/api/v1/imports/{batch['id']}/"
    assert not Risk.objects.exists()
    done = verb(client, batch, "confirm")
    assert (done.status_code, done.json()["status"], Risk.objects.count()) == (200, "DONE", 2)


def test_a_small_file_can_be_imported_in_one_request(client: Client) -> None:
    response = sent(client, as_csv(row(1), row(2, Effect="")), dry_run="false", all_or_nothing="false")
    assert (response.json()["status"], Risk.objects.count()) == ("DONE", 1)


def test_each_row_says_what_became_of_it(client: Client) -> None:
    batch = sent(client, as_csv(row(1), row(2, Theme="Weather")), dry_run="false", all_or_nothing="false").json()
    rows = client.get(f"/api/v1/imports/{batch['id']}/rows/").json()["results"]
    assert rows[0] | {"risk": Risk.objects.get().reference} == rows[0]
    assert rows[1]["remarks"] == [
        {
            "kind": "error",
            "column": "Theme",
            "words": "“Weather” is not in the list. Use one of the codes 1 to 8, or its words",
        }
    ]
    refused = client.get(f"/api/v1/imports/{batch['id']}/rows/?outcome=REFUSED").json()["results"]
    assert [one["number"] for one in refused] == [3]


def test_columns_and_words_can_be_matched(client: Client) -> None:
    batch = sent(client, as_csv(row(1, Likelihood="Frequent"))).json()
    done = verb(client, batch, "match", values={"likelihood": {"Frequent": "5"}}).json()
    assert done["counts"]["ADD"] == 1
    unknown = verb(client, batch, "match", values={"likelihood": {"Frequent": "9"}})
    assert (unknown.status_code, "likelihood has no code 9" in unknown.content.decode()) == (400, True)
    assert verb(client, batch, "match", columns={"Title": "score"}).status_code == 400


def test_a_large_file_is_accepted_and_worked_on_later(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("risks.importing.services.receiving.AT_ONCE", 10)
    response = sent(client, as_csv(row(1)), dry_run="false")
    assert (response.status_code, response.json()["status"]) == (202, "TO_RUN")
    importing.work(now=NOW)
    assert client.get(response["Location"]).json()["status"] == "DONE"
    assert Risk.objects.count() == 1


@pytest.mark.parametrize("at_once", [300_000, 10])
def test_what_a_system_imports_is_owned_by_whoever_is_responsible_for_it(
    system: System, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("risks.importing.services.receiving.AT_ONCE", at_once)
    file = SimpleUploadedFile("risks.csv", as_csv(row(1)))
    response = system.http.post(
        "/api/v1/risks/import/",
        {"source": "Datix", "file": file, "dry_run": "false"},
        headers={"Authorization": f"Bearer {system.token}"},
    )
    assert response.status_code in (201, 202), response.content
    importing.work(now=timezone.now())
    assert system.get(f"imports/{response.json()['id']}/").json()["status"] == "DONE"
    risk = Risk.objects.get()
    assert risk.owner == system.client.responsible
    assert risk.logged_by == system.client.membership.user


@pytest.mark.parametrize("data", [b"", b"%PDF-1", b"a,a\n1,2\n", b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_is_refused(client: Client, data: bytes) -> None:
    response = sent(client, data)
    assert response.status_code == 400
    assert "file" in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_what_is_no_file_is_refused_in_words(client: Client) -> None:
    body = json.dumps({"source": "Datix", "file": "no file"})
    assert client.post("/api/v1/risks/import/", body, content_type="application/json").status_code == 400


def test_what_was_decided_cannot_be_decided_again(client: Client) -> None:
    batch = sent(client, as_csv(row(1))).json()
    assert verb(client, batch, "discard").json()["status"] == "EXPIRED"
    assert verb(client, batch, "confirm").status_code == 409
