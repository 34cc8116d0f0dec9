"""Reading what a caller sent."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from rest_framework import exceptions, parsers

if TYPE_CHECKING:
    from collections.abc import Mapping


class Json(parsers.JSONParser):
    """JSON that is nested no deeper than Python can read."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError("This is nested too deeply") from error
