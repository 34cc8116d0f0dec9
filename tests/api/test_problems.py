"""Every refusal is a problem document (RFC 9457) in words for the reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from safetyreg.api import problems
from tests.api.conftest import Caller, answered, refused, wrong
from tests.factories import UserFactory
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.ladder import Ladder

NHS_NUMBER = "943 476 5919"


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


def send(caller: Caller, path: str, raw: bytes | str, content_type: str = "application/json") -> HttpResponse:
    return caller.client.post(f"/api/v1/{path}", raw, content_type=content_type)


def test_whoever_is_not_signed_in_is_told_to_sign_in(db: None) -> None:
    response = Client().get("/api/v1/risks/")
    assert refused(response, 401)["detail"] == "Sign in first"
    assert response["WWW-Authenticate"] == 'Bearer realm="safetyreg"'


def test_whoever_acts_for_no_organisation_is_told_to_choose_one(db: None) -> None:
    client = Client()
    client.force_login(UserFactory())
    assert refused(client.get("/api/v1/risks/"), 403)["detail"] == "Choose the organisation that you act for"


def test_a_change_without_the_csrf_token_is_refused(lead: Caller) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = lead.client.cookies
    response = strict.post("/api/v1/risks/", json.dumps(FIELDS), content_type="application/json")
    assert "X-CSRFToken" in refused(response, 403)["detail"]


def test_an_address_that_does_not_exist_and_a_risk_that_is_not_shared_answer_alike(
    ladder: Ladder, lead: Caller
) -> None:
    hidden = ladder.risk(ladder.actor(ladder.neighbour))
    unseen = refused(lead.get(f"risks/{hidden.reference}/"), 404)
    missing = refused(lead.get("risks/PSR-999999/"), 404)
    assert {**unseen, "reference": ""} == {**missing, "reference": ""}
    refused(lead.get("nothing-of-the-kind/"), 404)


@pytest.mark.parametrize("reference", ["%00", "PSR-1%00", "..", "PSR-%F0%9F%98%80"])
def test_a_reference_that_cannot_be_one_is_not_found(lead: Caller, reference: str) -> None:
    refused(lead.get(f"risks/{reference}/"), 404)
    refused(lead.get(f"risks/{reference}/scores/"), 404)


def test_a_method_that_is_not_offered_names_those_that_are(lead: Caller) -> None:
    response = lead.client.delete("/api/v1/risks/")
    refused(response, 405)
    assert response["Allow"] == "GET, HEAD, POST"
    refused(lead.client.options("/api/v1/risks/"), 405)
    refused(lead.get("risks/PSR-000001/close/"), 405)


def test_anything_but_json_is_refused(lead: Caller) -> None:
    refused(send(lead, "risks/", "title=x", "application/x-www-form-urlencoded"), 415)
    refused(send(lead, "risks/", "<risk/>", "application/xml"), 415)


def test_an_answer_in_another_format_cannot_be_had(lead: Caller) -> None:
    refused(lead.client.get("/api/v1/risks/", headers={"accept": "application/xml"}), 406)


@pytest.mark.parametrize("raw", [b"{", b'{"title": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(lead: Caller, raw: bytes) -> None:
    refused(send(lead, "risks/", raw), 400)


@pytest.mark.parametrize("body", [[], "words", 3, None, [FIELDS]])
def test_json_that_is_no_object_is_refused(lead: Caller, body: Any) -> None:
    assert "" in wrong(send(lead, "risks/", json.dumps(body)))


def test_more_than_a_page_may_send_is_refused(lead: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused(lead.post("risks/", **FIELDS | {"cause": "x" * 1000}), 413)


@pytest.mark.parametrize("words", ["a\x00b", "\ud800", {"a": 1}, ["a"], True, None])
def test_words_that_are_no_text_are_refused_beside_their_field(lead: Caller, words: Any) -> None:
    response = send(lead, "risks/", json.dumps({**FIELDS, "title": words}))
    assert list(wrong(response)) == ["title"]


def test_a_name_that_is_no_text_is_refused_too(lead: Caller) -> None:
    refused(send(lead, "risks/", '{"\\ud800": 1}'), 400)


def test_a_field_that_is_not_known_is_refused_so_that_no_misspelt_word_is_lost(lead: Caller) -> None:
    errors = wrong(lead.post("risks/", **FIELDS, titel="x"))
    assert errors == {"titel": ["This cannot be set here"]}


def test_every_field_that_is_missing_is_named_in_the_words_of_the_pages(lead: Caller) -> None:
    errors = wrong(lead.post("risks/", title="A title"))
    assert errors["cause"] == ["Enter the cause: why this could happen"]
    assert errors["theme"] == ["Select a theme"]
    assert "title" not in errors


def test_an_nhs_number_is_refused_also_when_the_text_was_checked(lead: Caller) -> None:
    body = {**FIELDS, "cause": f"It happened to {NHS_NUMBER}", "personal_data_checked": True}
    assert list(wrong(lead.post("risks/", **body))) == ["cause"]


def test_what_may_identify_a_patient_is_asked_about_once(lead: Caller) -> None:
    body = {**FIELDS, "cause": "The patient was born on 3 May 1961"}
    problem = refused(lead.post("risks/", **body), 409)
    assert list(problem["confirmation_needed"]) == ["cause"]
    assert problem["confirm_with"] == "personal_data_checked"
    answered(lead.post("risks/", **body, personal_data_checked=True), 201)


def test_a_stale_edit_is_told_which_version_stands(lead: Caller) -> None:
    risk = lead.do("risks/", **FIELDS)
    path = f"risks/{risk['reference']}/"
    answered(lead.patch(path, title="First", version=risk["version"]), 200)
    problem = refused(lead.patch(path, title="Second", version=risk["version"]), 409)
    assert problem["current_version"] == lead.read(path)["version"]
    assert lead.read(path)["title"] == "First"


def test_every_problem_has_a_reference_to_quote(lead: Caller) -> None:
    response = lead.get("risks/PSR-999999/")
    assert refused(response, 404)["reference"] == response["X-Request-ID"]


def test_an_unexpected_failure_is_a_problem_too(lead: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("the secret of the machine")

    monkeypatch.setattr("accounts.api.organisations.ORGANISATIONS.rows.__code__", fail.__code__)
    response = lead.get("organisations/")
    problem = refused(response, 500)
    assert problem["reference"] == response["X-Request-ID"]
    assert "secret" not in response.content.decode()


def test_each_sentence_says_where_it_belongs_however_deep_that_is() -> None:
    nested = {"involved": {0: ["No such organisation"]}, "controls": [{}, {"a/b": ["Odd", "Very"]}], "__all__": ["All"]}
    assert list(problems._pointed_out(nested, "#")) == [
        {"pointer": "#/involved/0", "detail": "No such organisation"},
        {"pointer": "#/controls/1/a~1b", "detail": "Odd"},
        {"pointer": "#/controls/1/a~1b", "detail": "Very"},
        {"pointer": "#", "detail": "All"},
    ]


def test_an_item_of_a_list_is_pointed_at(lead: Caller) -> None:
    assert list(wrong(lead.post("risks/", **FIELDS, involved=["NONE", "NEITHER"]))) == ["involved/0", "involved/1"]
