"""Doing one of the `operations`: what the groups of methods have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

from safetyreg_client import models, operations
from safetyreg_client.errors import NotUnderstood
from safetyreg_client.parsing import parse
from safetyreg_client.session import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from safetyreg_client.operations import Operation
    from safetyreg_client.session import Session
    from safetyreg_client.transport import Reply

T = TypeVar("T")
AT_ONCE = 100  # rows of a list that are fetched together
TAGGED = (models.Risk, models.Escalation)


class Group:
    """Methods about one kind of thing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _do(
        self,
        operation: Operation[T],
        sends: Any = None,
        *,
        key: str | None = None,
        if_match: str | None = None,
        form: tuple[str, bytes] | None = None,
        **which: str,
    ) -> T:
        return answered(operation, self._ask(operation, sends, key=key, if_match=if_match, form=form, **which))

    def _ask(
        self,
        operation: Operation[Any],
        sends: Any = None,
        *,
        key: str | None = None,
        if_match: str | None = None,
        form: tuple[str, bytes] | None = None,
        **which: str,
    ) -> Reply:
        address = address_of(operation, which)
        return self._session.ask(operation.verb, address, sends=sends, form=form, key=key, if_match=if_match)

    def _all(self, operation: Operation[T], asked: Mapping[str, Any], **which: str) -> Iterator[T]:
        """Every row of a list, page by page as they are taken.

        Of the address of the next page only its query is used: the token goes nowhere else than to the register.
        """
        address = address_of(operation, which)
        query: dict[str, Any] | None = {"page_size": AT_ONCE, **asked}
        while query is not None:
            page = read(self._session.ask("GET", address, query=query))
            if not isinstance(page, dict) or not isinstance(page.get("results"), list):
                raise NotUnderstood("What was answered is no list")
            for row in page["results"]:
                yield parse(operation.answers, row)
            query = _query_of(page["next"]) if page.get("next") else None


def address_of(operation: Operation[Any], which: Mapping[str, str]) -> str:
    return operation.address.format_map({name: quote(value, safe="") for name, value in which.items()})


def answered(operation: Operation[T], reply: Reply) -> T:
    if operation.answers is operations.NOTHING:
        return operation.answers()
    more = {"etag": reply.headers.get("etag")} if operation.answers in TAGGED else {}
    return parse(operation.answers, read(reply), **more)


def _query_of(url: str) -> dict[str, Any]:
    query: dict[str, Any] = {}
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return query
