"""The API's description of itself: complete, without a warning, and readable without an outside address."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from tests.api.conftest import Caller, refused

if TYPE_CHECKING:
    from tests.ladder import Ladder


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


@pytest.fixture(scope="module")
def description() -> dict:
    written = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written)
    return yaml.safe_load(written.getvalue())


def test_it_describes_every_operation_without_a_warning(description: dict) -> None:
    assert "/api/v1/escalations/{id}/request-information/" in description["paths"]
    for path, operations in description["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in operations.values():
            assert operation["description"], operation["operationId"]
            assert "Raises" not in operation["description"]


def test_it_says_how_each_operation_may_be_refused(description: dict) -> None:
    responses = description["paths"]["/api/v1/risks/{reference}/close/"]["post"]["responses"]
    assert set(responses) == {
        "200", "400", "401", "403", "404", "406", "409", "412", "413", "415", "422", "429",
    }  # fmt: skip
    assert list(responses["409"]["content"]) == ["application/problem+json"]


def test_it_names_operations_in_the_words_of_the_register(description: dict) -> None:
    paths = description["paths"]
    assert paths["/api/v1/risks/"]["post"]["operationId"] == "log_risk"
    assert paths["/api/v1/risks/{reference}/close/"]["post"]["operationId"] == "risk_close"
    assert paths["/api/v1/risks/{reference}/controls/{id}/end/"]["post"]["operationId"] == "risk_control_end"


def test_every_group_of_operations_is_described(description: dict) -> None:
    used = {tag for path in description["paths"].values() for operation in path.values() for tag in operation["tags"]}
    assert used == {tag["name"] for tag in description["tags"]}


def test_it_is_for_those_who_are_signed_in(lead: Caller) -> None:
    refused(Client().get("/api/schema/"), 401)
    assert lead.client.get("/api/schema/").status_code == 200
    response = Client().get("/api/docs/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/api/docs/")


def test_its_pages_ask_no_other_address_for_anything(lead: Caller) -> None:
    page = lead.client.get("/api/docs/")
    assert page.status_code == 200
    assert "http" not in page.content.decode().replace("http-equiv", "")
    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy.split("; ")
    assert "http" not in policy
    script = lead.client.get("/api/docs/?script=")
    assert script["Content-Type"] == "application/javascript"
