"""The client's operations, held against the register's OpenAPI description: nothing made up, and nothing left out.

What fails here after a change of the API is put right in clients/python/src/safetyreg_client: operations.py, asking.py
or models.py.
"""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
import yaml
from django.core.management import call_command

import safetyreg_client
from safetyreg_client import asking, operations
from safetyreg_client.parsing import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from safetyreg_client.operations import Operation

    Check = Callable[[Operation[Any], dict[str, Any]], None]

FOLDER = Path(safetyreg_client.__file__).parent
JSON = {str: "string", bool: "boolean", int: "integer", datetime: "string", date: "string", dict: "object"}
BY_ITSELF = {"cursor", "format"}  # which the client sends by itself


def of_every_operation(check: Check) -> Callable[[dict[str, Any]], None]:
    """One test, that says of which operations it does not hold: to describe the API takes seconds in each process."""

    def test(description: dict[str, Any]) -> None:
        problems = []
        for operation in operations.ALL:
            try:
                check(operation, description)
            except AssertionError as error:
                problems.append(f"{operation.verb} {operation.path}: {error}")
        assert not problems, "\n\n".join(problems)

    return test


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    written = StringIO()
    call_command("spectacular", stdout=written)
    found: dict[str, Any] = yaml.safe_load(written.getvalue())
    return found


def described(operation: Operation[Any], description: dict[str, Any]) -> dict[str, Any]:
    path = description["paths"].get(operation.address)
    assert path, f"There is no {operation.address}"
    assert operation.verb.lower() in path, f"{operation.address} does not take {operation.verb}"
    found: dict[str, Any] = path[operation.verb.lower()]
    return found


def resolved(schema: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    """With what it refers to put in its place, and its alternatives as a list of types and words."""
    if "$ref" in schema:
        return resolved(description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], description)
    parts = [resolved(one, description) for one in schema.get("oneOf", schema.get("allOf", ()))]
    if not parts:
        return schema
    kinds = [kind for part in parts for kind in _kinds(part)]
    words = [word for part in parts for word in part.get("enum", ())]
    properties = next((part["properties"] for part in parts if "properties" in part), None)
    return {"type": kinds, "enum": words} | ({"properties": properties} if properties else {})


def _kinds(schema: dict[str, Any]) -> list[str]:
    kinds = schema.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def fits(hint: Any, schema: dict[str, Any], description: dict[str, Any], *, where: str) -> None:
    """That a type of the client says what the description says."""
    schema, origin = resolved(schema, description), get_origin(hint)
    if origin in (types.UnionType, Union):
        assert "null" in _kinds(schema), f"{where} is never null"
        schema = {**schema, "type": [kind for kind in _kinds(schema) if kind != "null"]}
        return fits(get_args(hint)[0], schema, description, where=where)
    assert "null" not in _kinds(schema), f"{where} may be null"
    if is_dataclass(hint):
        return shows(hint, schema, description, where=where)
    if origin in (tuple, Sequence):
        assert _kinds(schema) == ["array"], where
        return fits(get_args(hint)[0], schema["items"], description, where=f"{where}[]")
    if origin is Literal:
        if "enum" in schema:
            assert set(get_args(hint)) == {word for word in schema["enum"] if word is not None}, where
        return None
    if hint is bool and set(schema.get("enum", ())) == {"true", "false"}:  # in a query
        return None
    expected = JSON[origin or hint]
    assert set(_kinds(schema)) <= {expected}, f"{where} is {_kinds(schema)}, not {expected}"
    return None


def shows(kind: type, schema: dict[str, Any], description: dict[str, Any], *, where: str) -> None:
    """That a dataclass has the fields that are answered: these and no others."""
    properties = resolved(schema, description)["properties"]
    assert set(shown(kind)) == set(properties), f"{kind.__name__} in models.py, for {where}"
    for name, hint in shown(kind).items():
        fits(hint, properties[name], description, where=f"{where} {name}")


@of_every_operation
def test_each_operation_is_there(operation: Operation[Any], description: dict[str, Any]) -> None:
    found = described(operation, description)
    assert re.findall(r"{(\w+)}", operation.path) == [
        one["name"] for one in found.get("parameters", ()) if one["in"] == "path"
    ]


@of_every_operation
def test_it_sends_what_is_taken_and_can_send_all_of_it(operation: Operation[Any], description: dict[str, Any]) -> None:
    content = described(operation, description).get("requestBody", {}).get("content", {})
    if not operation.sends:
        assert not content, "asking.py has nothing for what this takes"
        return
    (schema,) = content.values()
    schema = resolved(schema["schema"], description)
    properties = {name: of for name, of in schema["properties"].items() if of.get("format") != "binary"}
    hints = get_type_hints(operation.sends)
    assert set(hints) == set(properties), f"{operation.sends.__name__} in asking.py"
    assert operation.sends.__required_keys__ == set(schema.get("required", ())) & set(properties)
    for name, hint in hints.items():
        fits(hint, properties[name], description, where=name)


@of_every_operation
def test_it_asks_by_the_filters_that_there_are(operation: Operation[Any], description: dict[str, Any]) -> None:
    found = described(operation, description)
    parameters = {one["name"]: one["schema"] for one in found.get("parameters", ()) if one["in"] == "query"}
    if operation.answers is bytes:  # a file takes the filters of its list, of which the description says little
        parameters |= _of_the_list(operation, description)
    hints = get_type_hints(operation.asks) if operation.asks else {}
    assert set(hints) == set(parameters) - BY_ITSELF, "asking.py"
    for name, hint in hints.items():
        fits(hint, parameters[name], description, where=name)


def _of_the_list(operation: Operation[Any], description: dict[str, Any]) -> dict[str, Any]:
    found = description["paths"][operation.address.removesuffix("export/")]["get"]
    return {one["name"]: one["schema"] for one in found["parameters"] if one["in"] == "query"}


@of_every_operation
def test_it_reads_what_is_answered_and_all_of_it(operation: Operation[Any], description: dict[str, Any]) -> None:
    responses = described(operation, description)["responses"]
    answered = {status: found.get("content", {}) for status, found in responses.items() if status < "300"}
    if operation.answers is operations.NOTHING:
        assert set(answered) == {"204"}
        return
    if operation.answers is bytes:
        assert len(answered["200"]) == len(get_args(asking.Format))
        return
    assert operation.may_end_sight == ("204" in answered)
    for content in filter(None, answered.values()):
        schema = resolved(content["application/json"]["schema"], description)
        if operation.is_list:
            schema = schema["properties"]["results"]["items"]
        shows(operation.answers, schema, description, where=operation.path)


@of_every_operation
def test_what_is_sent_again_takes_a_key(operation: Operation[Any], description: dict[str, Any]) -> None:
    parameters = described(operation, description)["parameters"] if operation.verb != "GET" else []
    headers = {one["name"] for one in parameters if one["in"] == "header"}
    assert (operation.verb == "POST") == ("Idempotency-Key" in headers)


def test_no_address_is_used_that_is_not_in_the_table() -> None:
    """But for where tokens are had, which is no operation of the description."""
    texts = [
        (file.name, node.value)
        for file in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"/?api/\S*", node.value)
    ]
    assert sorted(texts) == [("operations.py", "/api/v1/"), ("tokens.py", "/api/oauth/token/")]


def test_every_operation_of_the_table_is_used() -> None:
    names = {name for name, found in vars(operations).items() if isinstance(found, operations.Operation)}
    used = {
        node.attr
        for file in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "operations"
    }
    assert names <= used
    assert len(operations.ALL) == len(names)
