"""Where one page of a list ends and the next begins, exactly, in whatever order the list is.

An order is a list of keys: columns or expressions, each up or down, with what is empty first or last. The position of a
row is what it has for each key; the rows after it are those that compare greater, key by key. Every order is made total
by the primary key, so that no row is shown twice or left out, however many tie, and whatever is added meanwhile.

A cursor is a position as a caller is given it: signed, so that only positions that were given out come back, and only
to the list, filters, sort and organisation that they were given out for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import F, FloatField, Q
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet

NAMED = "cursor_key_{}"
NOBODY = Q(pk__in=[])


class NoSuchPosition(ValueError):
    """A cursor that was not given out for this list."""


@dataclass(frozen=True)
class Key:
    """One of the things that a list is ordered by. `name` is that of an annotation of the rows."""

    name: str
    descending: bool
    nulls_first: bool

    def turned(self) -> Key:
        return Key(self.name, not self.descending, not self.nulls_first)

    @property
    def order(self) -> OrderBy:
        """As PostgreSQL has it without being told, where it can: so it may use an index."""
        if self.nulls_first == self.descending:
            return OrderBy(F(self.name), descending=self.descending)
        where = {"nulls_first": True} if self.nulls_first else {"nulls_last": True}
        return OrderBy(F(self.name), descending=self.descending, **where)

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any) -> Q:
        """What comes after the value."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if self.nulls_first else NOBODY
        further = Q(**{f"{self.name}__{'lt' if self.descending else 'gt'}": value})
        return further if self.nulls_first else further | Q(**{f"{self.name}__isnull": True})


@dataclass(frozen=True)
class Position:
    """Just after a row with these values; or, backwards, just before it."""

    values: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True)
class Slice:
    """The rows of one page, and the positions where those before and after begin."""

    rows: list[Any]
    before: Position | None
    after: Position | None


def cut(rows: QuerySet[Any], size: int, position: Position | None) -> Slice:
    """So many rows from a position on, or from the start, with one query."""
    keyed, keys = _keyed(rows)
    backwards = position is not None and position.backwards
    read = [key.turned() for key in keys] if backwards else keys
    if position:
        if len(position.values) != len(keys):
            raise NoSuchPosition
        keyed = keyed.filter(after(read, position.values))
    found = list(keyed.order_by(*(key.order for key in read))[: size + 1])
    return sliced(found, size, position, lambda row: tuple(getattr(row, key.name) for key in keys))


def sliced(found: list[Any], size: int, position: Position | None, values: Callable[[Any], tuple[Any, ...]]) -> Slice:
    """The page of what was found from a position on, one more than it holds, if there is one; backwards if it was."""
    backwards = position is not None and position.backwards
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    if not shown:
        return Slice([], None, None)
    first, last = values(shown[0]), values(shown[-1])
    has_before = more if backwards else position is not None
    has_after = more or backwards
    return Slice(shown, Position(first, backwards=True) if has_before else None, Position(last) if has_after else None)


def after(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """What comes after the row with these values: by the first key, or by the next where those before are the same."""
    same, ways = Q(), []
    for key, value in zip(keys, values, strict=True):
        ways.append(same & key.beyond(value))
        same &= key.same(value)
    return reduce(or_, ways)


def _keyed(rows: QuerySet[Any]) -> tuple[QuerySet[Any], list[Key]]:
    """The rows, each with what it is ordered by, and the keys of that order."""
    parts, is_turned = [_part(part) for part in rows.query.order_by], not rows.query.standard_ordering
    if not any(expression == F("pk") for expression, _descending, _nulls_first in parts):
        parts.append((F("pk"), False, False))
    keys = []
    for number, (expression, descending, nulls_first) in enumerate(parts):
        key = Key(NAMED.format(number), descending, nulls_first)
        keys.append(key.turned() if is_turned else key)
        rows = rows.annotate(**{key.name: expression})
        if isinstance(rows.query.annotations[key.name].output_field, FloatField):
            # A number of single precision is not what it is written as; one of double precision is.
            rows = rows.annotate(**{key.name: Cast(expression, FloatField())})
    return rows.reverse() if is_turned else rows, keys  # what is turned stays so, whatever it is ordered by next


def _part(part: Any) -> tuple[Any, bool, bool]:
    """An expression, whether it goes down, and whether what is empty comes first, as PostgreSQL has it unless told."""
    if isinstance(part, str):
        descending = part.startswith("-")
        return F(part.removeprefix("-")), descending, descending
    if isinstance(part, OrderBy):
        nulls_first = bool(part.nulls_first) or (part.descending and not part.nulls_last)
        return part.expression, part.descending, nulls_first
    return part, False, False


def bound_to(*what: Any) -> str:
    """What a cursor is given out for, in a few characters."""
    return sha256(json.dumps(what).encode()).hexdigest()


def written(position: Position, bound: str) -> str:
    """A position as a cursor."""
    values = [_plain(value) for value in position.values]
    return _signer(bound).sign_object({"k": values, "b": position.backwards}, compress=True)


def read(cursor: str, bound: str) -> Position:
    """The position that a cursor stands for. Raises NoSuchPosition."""
    try:
        found = _signer(bound).unsign_object(cursor)
    except (BadSignature, ValueError) as error:
        raise NoSuchPosition from error
    return Position(tuple(_value(plain) for plain in found["k"]), backwards=found["b"])


def _signer(bound: str) -> Signer:
    return Signer(salt=f"api-cursor-{bound}")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return {"id": str(value)} if isinstance(value, UUID) else value


READ = {"at": datetime.fromisoformat, "on": date.fromisoformat, "id": UUID}


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    ((kind, text),) = plain.items()
    return READ[kind](text)
