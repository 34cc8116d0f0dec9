"""The examples in the OpenAPI description: what was really sent and shown in the world of these tests.

`EXAMPLES=1 .venv/bin/python -m pytest tests/access/test_examples.py` writes them anew. Each has to fit what is
described now, and nothing that is described goes without, so that an example that has grown old fails.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from safetyreg.api import describing
from safetyreg.api.docs import description
from tests.access import policy
from tests.access.answers import ADDRESSES, answer
from tests.access.bodies import body
from tests.api.contract import _as_json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.access.world import World

# What the story writes carries markers. In their place stands what people write, by the name of the field.
WRITTEN = {
    "title": "Discharge letters reach practices late",
    "cause": "Letters wait for sign-off before they are sent",
    "event": "A practice does not learn of a changed dose",
    "effect": "Patients take the wrong dose and come to harm",
    "population": "Patients discharged at weekends",
    "reason": "It needs one form for the whole system, which we cannot make alone",
    "ask": "Agree one discharge form with all hospitals",
    "plan": "We will bring the hospitals together in December",
    "question": "How many letters were late in October?",
    "text": "Letters are now checked each morning",
    "rationale": "Two incidents in one month",
}
AT_MOST = {"figures": 3, "rows": 3}  # of what is long: enough to see how it goes on
SECRET = {"client_secret": "shown-once-and-kept-nowhere", "secret": "whsec_c2hvd24gb25jZSBhbmQga2VwdCBub3doZXJl"}
OTHERWISE = "Agreed at the safety meeting"
MARKED = re.compile(r".*zqleak\w+.*", re.DOTALL)
# What differs each time that the world is built is called by the order in which it turns up.
CALLED = {
    re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"): "3f0c1c52-8a1e-4b7a-9d10-{:012d}",
    re.compile(r"\bPSR-\d{6,}\b"): "PSR-{:06d}",
    re.compile(r"\bT\d{4}\b"): "T{:04d}",
}
FIRST = 123  # PSR-000123
WITHOUT = {"Problem", "Wrong", "LeftRequest"}  # every refusal has its own; whoever holds nothing hands nothing over
# Those who see most, first.
ASKED = (
    "icb",
    "lead",
    "administrator",
    "national",
    "region",
    "involved",
    "writer",
    "neighbour",
)


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return description()


def wanted(described: dict[str, Any]) -> set[str]:
    """Whatever is sent or shown by itself, or in a list."""
    found = {name for _route, _method, names in _shapes(described) for name in names.values()}
    return {name for name in found if name} - WITHOUT


def _shapes(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each operation with the names of what is sent and of what is shown; of a list, of its rows."""
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            sent = _named(operation.get("requestBody", {}))
            shown = next(
                (_named(operation["responses"][code]) for code in ("200", "201") if code in operation["responses"]), ""
            )
            if shown.startswith("Paginated"):
                rows = described["components"]["schemas"][shown]["properties"]["results"]
                shown = rows["items"]["$ref"].rpartition("/")[2]
            yield path, method, {"sent": sent, "shown": shown}


def _named(content: dict[str, Any]) -> str:
    schema = content.get("content", {}).get("application/json", {}).get("schema", {})
    return schema.get("$ref", "").rpartition("/")[2]


def test_everything_that_is_sent_or_shown_has_an_example(described: dict[str, Any]) -> None:
    assert describing.examples().keys() == wanted(described)


def test_every_example_fits_what_is_described(described: dict[str, Any]) -> None:
    components = _as_json_schema(described)["components"]
    for name, example in describing.examples().items():
        reference = {"$ref": f"#/components/schemas/{name}", "components": components}
        assert [error.message for error in Draft202012Validator(reference).iter_errors(example)] == [], name


@pytest.mark.skipif("EXAMPLES" not in os.environ, reason="EXAMPLES=1 writes the examples anew")
def test_write_the_examples(world: World, described: dict[str, Any]) -> None:
    found: dict[str, Any] = {}
    names = {re.sub(r"<[^>]*>", "{}", f"/{route.pattern}"): route.name for route in world.routes.values()}
    for path, method, shapes in _shapes(described):
        route = names[re.sub(r"{[^}]*}", "{}", path)]
        for sent, shown in _asked(world, route, method.upper()):
            for name, value in ((shapes["sent"], sent), (shapes["shown"], shown)):
                if name and value and len(json.dumps(value)) > len(json.dumps(found.get(name, ""))):
                    found[name] = value
    known = {name: found[name] for name in sorted(wanted(described)) if name in found}
    describing.EXAMPLES.write_text(_called(json.dumps(_written(known), indent=1)) + "\n")


def _asked(world: World, route: str, method: str) -> Iterator[tuple[Any, Any]]:
    """What was sent and what was shown, as some who may and about some of what there is."""
    for row in policy.by_route()[route]:
        may = [kind for kind in ASKED if row.answers[kind] == "ok"] if method in row.methods else []
        for kind in may[:3]:
            for subject in row.subjects[:2]:
                sent = None if method == "GET" else body(world, route, kind, subject)
                path = world.path(world.routes[route], subject)
                response = world.ask(kind, method, path, sent, json=True)
                if answer(response) == "ok" and not response.streaming:
                    shown = response.json() if response.content else None
                    rows = shown["results"] if shown and "results" in shown and "next" in shown else [shown]
                    yield from ((sent, one) for one in rows or [None])


def _written(shown: Any, name: str = "") -> Any:
    if isinstance(shown, dict):
        return {inner: _written(value, inner) for inner, value in shown.items()}
    if isinstance(shown, list):
        return [_written(value, name) for value in shown[: AT_MOST.get(name)]]
    if name in SECRET:
        return SECRET[name]
    return WRITTEN.get(name, OTHERWISE) if isinstance(shown, str) and MARKED.fullmatch(shown) else shown


def _called(text: str) -> str:
    text = ADDRESSES.sub("sam.reed@hospital.example", text.replace("Access ", "Example "))
    for pattern, name in CALLED.items():
        seen: dict[str, str] = {}
        text = pattern.sub(
            lambda found, seen=seen, name=name: seen.setdefault(found[0], name.format(len(seen) + FIRST)), text
        )
    return text
