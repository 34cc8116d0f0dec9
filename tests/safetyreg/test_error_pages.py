"""When something goes wrong the reader is told in plain words, with a reference that the logs know too."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client, RequestFactory

from safetyreg import error_pages, request_id
from tests.safetyreg.conftest import text, words

if TYPE_CHECKING:
    from django.http import HttpRequest

REFERENCE = r"[A-Z2-9]{4}-[A-Z2-9]{4}"


@pytest.mark.django_db
def test_an_unexpected_error_gives_a_reference_that_finds_its_traceback(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    handler_filter = request_id.RequestIdFilter()
    caplog.handler.addFilter(handler_filter)
    answer = visitor.get("/broken/")
    caplog.handler.removeFilter(handler_filter)
    assert answer.status_code == 500
    reference = answer["X-Request-ID"]
    assert re.fullmatch(REFERENCE, reference)
    assert "Something went wrong" in words(answer)
    assert f"quote the reference {reference}" in words(answer)
    logged = next(record for record in caplog.records if record.exc_info)
    assert logged.request_id == reference
    assert "The database went away" not in answer.content.decode()


def test_the_error_page_needs_no_database(sample_site: None, rf: RequestFactory) -> None:
    """Not even the session's or the reader's: `db` is not asked for, so a query here would fail."""
    answer = error_pages.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "The register could not answer" in words(answer)


@pytest.mark.django_db
def test_while_the_database_is_down_every_page_says_so_with_a_reference(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: HttpRequest) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("accounts.middleware.actor_of", fail)
    answer = visitor.get("/show/")
    assert answer.status_code == 500
    assert f"quote the reference {answer['X-Request-ID']}" in words(answer)
    assert "nonce-" in answer["Content-Security-Policy"]


def test_when_even_the_error_page_fails_there_are_words_and_a_reference(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> str:
        raise OperationalError

    monkeypatch.setattr(error_pages, "render_to_string", fail)
    answer = error_pages.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert answer.content.startswith(b"Something went wrong. Quote this reference:")


@pytest.mark.django_db
def test_every_answer_carries_a_reference_of_its_own(visitor: Client) -> None:
    first, second = (visitor.get("/show/")["X-Request-ID"] for _ in range(2))
    assert first != second


@pytest.mark.django_db
def test_log_lines_about_an_answered_request_carry_its_reference(visitor: Client, caplog: object) -> None:
    answer = visitor.get("/no/such/page/")
    record = next(record for record in caplog.records if record.name == "django.request")
    request_id.RequestIdFilter().filter(record)
    assert record.request_id == answer["X-Request-ID"]


def test_log_lines_outside_a_request_have_none() -> None:
    record = logging.makeLogRecord({})
    assert request_id.RequestIdFilter().filter(record)
    assert record.request_id == "-"


@pytest.mark.django_db
def test_a_page_that_is_not_there(visitor: Client) -> None:
    answer = visitor.get("/no/such/page/")
    assert answer.status_code == 404
    assert words(answer).startswith("Page not found If you typed the address")


@pytest.mark.django_db
def test_a_refusal_no_page_answered_itself_is_said_in_its_own_words(visitor: Client) -> None:
    answer = visitor.get("/refused/")
    assert answer.status_code == 409
    assert "This was answered on 3 November 2026 Nothing was changed." in words(answer)


@pytest.mark.django_db
def test_a_form_from_another_sign_in_is_refused_in_plain_words(visitor: Client, membership: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(membership.user)
    answer = strict.post("/do/it/", {"title": "kept"})
    assert answer.status_code == 403
    assert "This form has expired" in words(answer)
    assert "CSRF" not in words(answer)


@pytest.mark.django_db
def test_a_request_that_makes_no_sense(visitor: Client) -> None:
    answer = visitor.get("/show/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "could not understand this request" in text(answer.content.decode())


@pytest.mark.django_db
def test_the_api_is_answered_in_its_own_language(visitor: Client) -> None:
    broken, missing = visitor.get("/api/broken/"), visitor.get("/api/nothing/")
    for answer, status in ((broken, 500), (missing, 404)):
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code == status
        assert answer.json()["reference"] == answer["X-Request-ID"]


def test_error_pages_are_never_cached(sample_site: None, rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/")
    for answer in (
        error_pages.not_found(request),
        error_pages.forbidden(request, PermissionDenied()),
        error_pages.server_error(request),
    ):
        assert "no-store" in answer["Cache-Control"]
