"""Every address that the register answers, and by which methods: read from the URLconf, so that none is forgotten.

Style sheets, scripts and images have no row: a middleware serves them to everybody before any address is looked up;
they are files of the register's own and say nothing of anybody's risks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")  # HEAD and OPTIONS have a test of their own
# Functions do not say which methods they answer: those of the administration site look at none before they refuse.
OF_A_FUNCTION = ("GET", "POST")
ONLY_READ = {"healthz"}
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Route:
    """`name` is that of the URLconf, with its namespace; an address without a name goes by its pattern."""

    name: str
    pattern: str
    methods: frozenset[str]
    is_list: bool = False  # of the API

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/v1/") or self.name == "api-schema"

    @property
    def places(self) -> set[str]:
        """The names of what has to be filled in."""
        return set(PLACE.findall(self.pattern))

    def path(self, given: Mapping[str, object]) -> str:
        return "/" + PLACE.sub(lambda found: str(given[found[1]]), self.pattern)


@cache
def routes() -> dict[str, Route]:
    return {route.name: route for route in _walk(get_resolver().url_patterns)}


def _walk(patterns: Iterable[Any], prefix: str = "", namespace: str = "") -> Iterator[Route]:
    for part in patterns:
        where = prefix + _plain(str(part.pattern))
        if isinstance(part, URLPattern):
            name = namespace + part.name if part.name else where
            is_list = hasattr(getattr(part.callback, "cls", None), "list")
            yield Route(name, where, _methods(name, part.callback), is_list)
        else:
            inside = f"{namespace}{part.namespace}:" if part.namespace else namespace
            yield from _walk(part.url_patterns, where, inside)


def _plain(pattern: str) -> str:
    """A regular expression as a path with places in it."""
    return GROUP.sub(r"<\1>", pattern).removeprefix("^").removesuffix("$")


def _methods(name: str, view: Any) -> frozenset[str]:
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls is None:
        return frozenset({"GET"} if name in ONLY_READ else OF_A_FUNCTION)
    offered = {**vars(cls), **getattr(view, "view_initkwargs", {})}.get("http_method_names", cls.http_method_names)
    return frozenset(method for method in METHODS if method.lower() in offered and hasattr(cls, method.lower()))
