"""Reading a TOML table into a frozen dataclass, refusing in words whatever does not fit its fields."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")


class BadContent(ValueError):
    """The content does not have the shape it should; the words say where and how."""


def build(kind: type[Kind], table: object, where: str) -> Kind:
    """A `kind` with the values of `table`. `where` is what an error calls the place. Raises BadContent."""
    if not isinstance(table, dict):
        raise BadContent(f"{where}: expected a table, found {table!r}")
    _refuse_wrong_names(kind, table, where)
    hints = get_type_hints(kind)
    values = {name: _value(hints[name], value, f"{where}, {name}") for name, value in table.items()}
    try:
        return kind(**values)
    except ValueError as wrong:
        raise BadContent(f"{where}: {wrong}") from wrong


def _refuse_wrong_names(kind: Any, table: dict[str, object], where: str) -> None:
    known = {field.name: field for field in fields(kind)}
    if unknown := sorted(table.keys() - known):
        raise BadContent(f"{where}: unknown name {unknown[0]!r}")
    needed = [name for name, field in known.items() if field.default is MISSING]
    if missing := [name for name in needed if name not in table]:
        raise BadContent(f"{where}: {missing[0]!r} is missing")


def _value(hint: Any, value: object, where: str) -> object:
    if isinstance(hint, UnionType):
        hint = get_args(hint)[0]
    if get_origin(hint) is tuple:
        return _values(get_args(hint)[0], value, where)
    if isinstance(hint, type) and is_dataclass(hint):
        return build(hint, value, where)
    if type(value) is not hint:
        raise BadContent(f"{where}: expected {hint.__name__}, found {value!r}")
    return value


def _values(hint: Any, value: object, where: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise BadContent(f"{where}: expected a list, found {value!r}")
    return tuple(_value(hint, item, f"{where} {number}") for number, item in enumerate(value, start=1))
