"""How the API says what it shows and what can be done: one row for each, instead of a class."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from safetyreg.api.asking import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import Model, QuerySet
    from django_filters import FilterSet
    from rest_framework.serializers import ModelSerializer

    from accounts.actors import Actor
    from safetyreg.exporting import Export


def as_they_are(rows: Sequence[Any], now: datetime) -> Sequence[Any]:
    return rows


def any_since(*fields: str) -> Callable[[Actor, datetime], Q]:
    """For `changed`, where a row keeps the times of all that can happen to it."""
    return lambda actor, since: reduce(or_, (Q(**{f"{name}__gte": since}) for name in fields))


@dataclass(frozen=True)
class Resource:
    """One kind of thing: its serializer, and the rows of it that an actor may see, in an order that leaves no tie.

    `filters` and `sorts` are what a list of it can be asked for; a sort is its words and the fields to order by, as on
    a page. `sorts_of_search` are those that only a search has. `changed` says which rows were changed at a moment or
    later, as far as the actor may know. `prepare` is given the rows that will be shown, and the time. `told_to_some`
    names the fields that are empty for who may not read them, though they see the rest. `export` gives the columns of
    the list as a file, where they are not simply what the API shows.
    """

    serializer: type[ModelSerializer]
    rows: Callable[[Actor], QuerySet[Any]]
    filters: type[FilterSet] | None = None
    sorts: Mapping[str, tuple[str, tuple[Any, ...]]] = field(default_factory=dict)
    sorts_of_search: Mapping[str, tuple[str, tuple[Any, ...]]] = field(default_factory=dict)
    changed: Callable[[Actor, datetime], Q] | None = None
    prepare: Callable[[Sequence[Any], datetime], Sequence[Any]] = as_they_are
    told_to_some: tuple[str, ...] = ()
    export: Callable[[Actor], Export] | None = None

    @property
    def model(self) -> type[Model]:
        return self.serializer.Meta.model

    def show(self, rows: Sequence[Any], *, now: datetime, context: dict[str, Any]) -> list[dict[str, Any]]:
        return self.serializer(self.prepare(rows, now), many=True, context=context).data


@dataclass(frozen=True)
class Verb:
    """One thing that can be done: the service that does it, who may, what it asks, and what it answers with.

    `permission` is the sentence of permissions.py that the service asks too, so that somebody who may not do it learns
    so before they are told what they left out. `on` is what the service calls the thing it is done to. What is
    answered is read again through `answers`; without it the answer is empty. So it is when what was done
    `may_end_sight`, and did: the actor's organisation no longer sees what it acted on. `scope` is what a token needs,
    where it is not that of the service's app (safetyreg.api.scopes).
    """

    service: Callable[..., Any]
    permission: Callable[..., bool]
    asks: type[Asked] = Asked
    answers: Resource | None = None
    creates: bool = False
    may_end_sight: bool = False
    on: str = ""
    scope: str = ""

    @property
    def status(self) -> int:
        if self.answers is None:
            return 204
        return 201 if self.creates else 200
