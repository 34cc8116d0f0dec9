"""Importing in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role
from risks.importing import services as importing
from risks.models import ImportBatch, ImportSource, Risk
from tests.factories import NOW, PASSWORD
from tests.risks.importing.sending import as_csv, row, send
from tests.visiting import words

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

    from accounts.actors import Actor
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def client(lead: Actor) -> Client:
    return signed_in(lead)


def signed_in(actor: Actor) -> Client:
    client = Client()
    assert client.login(username=actor.user.email, password=PASSWORD)
    return client


def text(response: Response) -> str:
    return " ".join(response.content.decode().split())


def sent(client: Client, data: bytes, **other: str) -> Response:
    file = SimpleUploadedFile("risks.csv", data)
    return client.post("/risks/import/", {"source": "Datix", "file": file, "incomplete": "refuse"} | other)


def test_a_file_is_sent_looked_at_and_imported(client: Client) -> None:
    response = sent(client, as_csv(row(1), row(2, Theme="Weather")))
    batch = ImportBatch.objects.get()
    assert (response.status_code, response["Location"]) == (303, batch.path)
    page = text(client.get(batch.path))
    assert "<strong>1</strong> refused" in page
    assert "<strong>1</strong> to log" in page
    assert "<strong>Theme:</strong> “Weather” is not in the list" in page
    assert client.post(batch.path, {"how": "some"}).status_code == 303
    page = text(client.get(f"{batch.path}?rows=ADD"))
    assert Risk.objects.get().reference in page
    assert "Imported" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "The file is empty"), (b"%PDF-1.4", "This is a PDF"), (b"a,a\n1,2\n", "Two columns have the heading")],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(client: Client, data: bytes, words: str) -> None:
    response = sent(client, data)
    assert response.status_code == 422
    assert words in text(response)
    assert not ImportBatch.objects.exists()


def test_what_columns_and_words_mean_is_asked_once(client: Client) -> None:
    sent(client, as_csv({("What" if key == "Title" else key): said for key, said in row(1, Reach="Elsewhere").items()}))
    batch = ImportBatch.objects.get()
    columns = f"{batch.path}columns/"
    page = text(client.get(columns))
    assert "“Elsewhere” (Reach)" in page
    held = {f"column_{n}": name for n, name in enumerate(batch.headings) if name != "What"}
    known = {"ID": "external_reference", "Part of care": "process"}
    answers = {key: known.get(name, name.lower()) for key, name in held.items()}
    answers |= {"column_1": "title", "word_0": "2"}
    assert client.post(columns, answers).status_code == 303
    batch.refresh_from_db()
    assert batch.counts["ADD"] == 1
    source = ImportSource.objects.get()
    assert (source.columns["what"], source.values) == ("title", {"reach": {"elsewhere": "2"}})


def test_two_columns_that_hold_the_same_are_refused(client: Client, lead: Actor) -> None:
    batch = send(lead, as_csv(row(1)))
    response = client.post(f"{batch.path}columns/", {"column_0": "title", "column_1": "title"})
    assert response.status_code == 422
    assert "Two columns cannot both hold: Title" in text(response)


def test_finds_are_ticked_in_one_or_row_by_row(client: Client, lead: Actor) -> None:
    batch = send(lead, as_csv(row(1, Cause="Ring 020 7946 0018"), row(2)))
    assert "Check that this identifies no patient" in text(client.get(batch.path))
    client.post(batch.path, {"how": "all", "rows_checked": "2"})
    assert Risk.objects.count() == 2


def test_an_import_that_is_over_cannot_be_imported_again(client: Client, lead: Actor) -> None:
    batch = send(lead, as_csv(row(1)))
    client.post(batch.path, {"how": "all"})
    response = client.post(batch.path, {"how": "all"})
    assert response.status_code == 409
    assert "This import is over: imported" in text(response)
    assert client.get(f"{batch.path}columns/").status_code == 409


def test_a_large_file_is_left_to_a_worker_and_the_page_says_so(
    client: Client, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risks.importing.services.receiving.AT_ONCE", 10)
    sent(client, as_csv(row(1)))
    batch = ImportBatch.objects.get()
    assert "Look again" in text(client.get(batch.path))
    importing.work(now=NOW)
    assert "to log" in text(client.get(batch.path))


def test_a_file_can_be_thrown_away(client: Client, lead: Actor) -> None:
    batch = send(lead, as_csv(row(1)))
    assert client.get(f"{batch.path}discard/").status_code == 200
    assert client.post(f"{batch.path}discard/").status_code == 303
    batch.refresh_from_db()
    assert (batch.status, batch.file) == ("EXPIRED", None)


def test_it_is_said_when_no_column_holds_what_a_risk_needs(client: Client, lead: Actor) -> None:
    lacking = {name: text for name, text in row(1).items() if name not in ("Likelihood", "Reach")}
    page = words(client.get(send(lead, as_csv(lacking | {"Chance": "4"})).path))
    assert "No column of the file holds likelihood and reach, which every new risk needs" in page
    assert "As it stands 1 row is refused: nothing would be imported" in page
    right = words(client.get(send(lead, as_csv(row(2))).path))
    assert "No column" not in right
    assert "As it stands" not in right


def test_nobody_else_sees_an_import(ladder: Ladder, lead: Actor) -> None:
    batch = send(lead, as_csv(row(1)))
    assert signed_in(ladder.actor(ladder.neighbour)).get(batch.path).status_code == 404
    assert signed_in(ladder.actor(ladder.provider, Role.REPORTER)).get(batch.path).status_code == 404
    assert signed_in(ladder.actor(ladder.provider, Role.REPORTER)).get("/risks/import/").status_code == 403


@pytest.mark.parametrize("name", ["datix-like", "radar-like", "register"])
def test_a_template_can_be_imported_as_it_is(client: Client, name: str) -> None:
    response = client.get(f"/risks/import/template/{name}/")
    assert response["Content-Disposition"] == f'attachment; filename="risks-{name}.csv"'
    sent(client, response.content)
    batch = ImportBatch.objects.get()
    assert batch.counts["ADD"] == 1, list(batch.rows.values_list("remarks", flat=True))
    client.post(batch.path, {"how": "all"})
    assert Risk.objects.get().external_reference == "1042"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safetyreg.uploads.MOST", 1_000)
    assert sent(client, b"a,b\n" + b"1,2\n" * 1_000).status_code in (400, 413)
