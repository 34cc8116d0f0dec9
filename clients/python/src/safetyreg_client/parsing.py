"""From the register's JSON to the dataclasses of `models`, by their types."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from safetyreg_client.errors import NotUnderstood

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


def parse(kind: type[T], said: Any, **more: Any) -> T:
    """A dataclass from an object. Fields that it does not know are ignored: the register may grow.

    Raises NotUnderstood for what is missing, or is something else.
    """
    if not isinstance(said, dict):
        raise NotUnderstood(f"What was answered is no {kind.__name__}")
    try:
        given = {name: value(hint, said[name]) for name, hint in shown(cast("type", kind)).items()}
    except (KeyError, TypeError, ValueError) as error:
        raise NotUnderstood(f"What was answered is no {kind.__name__}: {error}") from error
    return kind(**given, **more)


@cache
def shown(kind: type) -> Mapping[str, Any]:
    """The type of each field that the register's JSON holds."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if "header" not in field.metadata}


def value(hint: Any, said: Any) -> Any:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return None if said is None else value(get_args(hint)[0], said)
    if origin is tuple:
        return tuple(value(get_args(hint)[0], one) for one in said)
    if hint in (datetime, date):
        return hint.fromisoformat(said)
    if is_dataclass(hint):
        return parse(cast("type[Any]", hint), said)
    kind = origin or hint
    if kind is not Any and not isinstance(said, kind):
        raise TypeError(f"{said!r} is no {kind.__name__}")
    return said
