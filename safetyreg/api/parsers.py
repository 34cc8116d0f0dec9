"""Reading what a caller sent: JSON, of a size and depth that bodies here have, with nothing in it that is no text."""

from __future__ import annotations

import json
import math
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework import exceptions, parsers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEEPEST = 20  # no body here is nested a quarter as deep
LARGEST = 2**63 - 1  # what the database can hold
TOO_DEEP = "This is nested too deeply"


class Json(parsers.JSONParser):
    """JSON in UTF-8, as the standard has it: no NaN, no Infinity."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        request = (parser_context or {}).get("request")
        _refuse_too_big(request)
        try:
            sent = json.loads(stream.read().decode("utf-8"), parse_constant=_no_number)
        except RecursionError as error:
            raise exceptions.ParseError(TOO_DEEP) from error
        except ValueError as error:
            raise exceptions.ParseError(f"This is not JSON in UTF-8: {error}") from error
        _refuse_odd(sent)
        return sent


def _refuse_too_big(request: Any) -> None:
    """Before any of it is read."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request is not None and limit and int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        raise RequestDataTooBig


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _refuse_odd(sent: Any) -> None:
    """Raises ValidationError for the first value that nothing here can hold."""
    for path, value in _parts(sent):
        if why := _why_odd(value):
            raise exceptions.ValidationError(_at(path, [why]))


def _parts(sent: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each value with the way to it, without going deeper by calling itself."""
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), sent)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > DEEPEST:
            raise exceptions.ParseError(TOO_DEEP)
        yield path, value
        if isinstance(value, dict):
            yield from ((path, name) for name in value)
            waiting += [((*path, name), part) for name, part in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, number), part) for number, part in enumerate(value)]


def _why_odd(value: Any) -> str:
    if isinstance(value, str):
        if "\0" in value:
            return "Text cannot hold a null character"
        return "" if value.isascii() or _is_text(value) else "Text cannot hold half a character (a lone surrogate)"
    if isinstance(value, float) and math.isinf(value):
        return "This number is too large"
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return "This number is too large" if is_whole and abs(value) > LARGEST else ""


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _at(path: tuple[Any, ...], words: list[str]) -> Any:
    """The words where the value stood."""
    found: Any = words
    for step in reversed(path):
        found = {step: found}
    return found
