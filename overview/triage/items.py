"""What needs a decision, from several tables, as one list: overdue first, then by the day it is due, the worst first.

The queries of `overview.triage.sources` are together one UNION ALL, which the database sorts and cuts. What else a page
shows of its rows is fetched by `overview.triage.entries`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q

from escalations.models import Escalation
from overview.triage.sources import OVERDUE, SOURCES, Item, Kind, Source
from risks.models.sharing import read_in_full, seen
from risks.scoring import BAND_RANGES, Band
from safetyreg.api.cursors import Key, after

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor

FURTHEST = 1_000_000  # no list has so many pages
# The order of the list, and so the cursor's: what is not the same for two rows is, at last, the id.
KEYS = (
    Key("tier", descending=False, nulls_first=False),
    Key("due_on", descending=False, nulls_first=False),
    Key("badness", descending=True, nulls_first=True),
    Key("at", descending=False, nulls_first=False),
    Key("kind", descending=False, nulls_first=False),
    Key("subject", descending=False, nulls_first=False),
)


# Everything is gone through once: counted by kind, sorted and cut. Without a row to show there are still the counts.
READ = """
WITH items AS MATERIALIZED ({items}),
shown AS (
    SELECT * FROM items WHERE kind = ANY(%s)
    ORDER BY tier, due_on, badness DESC, at, kind, subject LIMIT %s OFFSET %s
)
SELECT counted.of_kinds, shown.tier, shown.due_on, shown.badness, shown.at, shown.kind, shown.subject
FROM (SELECT jsonb_object_agg(kind, number) AS of_kinds FROM (
    SELECT kind, COUNT(*) AS number FROM items GROUP BY kind
) AS by_kind) AS counted LEFT JOIN shown ON TRUE
ORDER BY shown.tier, shown.due_on, shown.badness DESC, shown.at, shown.kind, shown.subject
"""


@dataclass(frozen=True)
class Items:
    """The list, which can be narrowed down, counted and cut like a queryset."""

    actor: Actor
    now: datetime
    asked: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = SOURCES
    ordered = True  # for Django's paginator
    model = Escalation  # which django-filter asks for, though no filter here looks at it

    def all(self) -> Items:
        return self

    def none(self) -> Items:
        return replace(self, sources=())

    def narrowed(self, asked: Mapping[str, Any]) -> Items:
        """`asked` as the filters clean it: kind, theme, organisation, overdue, handler, band."""
        return replace(self, asked=asked)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind, whichever kinds are asked for."""
        return self._read(slice(0, 0))[0]

    @property
    def kinds(self) -> list[str]:
        """Those asked for."""
        return list(self.asked.get("kind") or Kind.values)

    def count(self) -> int:
        return sum(number for kind, number in self.counts.items() if kind in self.kinds)

    def __getitem__(self, asked: slice) -> list[Item]:
        return self._read(asked)[1]

    def _read(self, asked: slice) -> tuple[dict[str, int], list[Item]]:
        """The counts and some of the list, for which everything is gone through once."""
        if not self.sources:
            return {}, []
        cut = [self._rows(source).values_list(*Item._fields) for source in self.sources]
        try:
            sql, given = cut[0].union(*cut[1:], all=True).query.sql_with_params()
        except EmptyResultSet:  # the actor reads no risks
            return {}, []
        size = (asked.stop or 0) - (asked.start or 0)
        with connection.cursor() as cursor:
            cursor.execute(READ.format(items=sql), [*given, self.kinds, size, asked.start or 0])
            rows = cursor.fetchall()
        self.__dict__["counts"] = json.loads(rows[0][0] or "{}")
        return self.counts, [Item(*row[1:]) for row in rows if row[1] is not None]

    def following(self, size: int, values: tuple[Any, ...] | None, *, backwards: bool = False) -> list[Item]:
        """So many after (or, turned round, before) the item with these values."""
        keys = [key.turned() for key in KEYS] if backwards else list(KEYS)
        found = self._union(after(keys, values) if values else None, keys)
        return [Item(*row) for row in found[:size]] if found is not None else []

    def _union(self, beyond: Q | None, keys: Any = KEYS) -> QuerySet[Any] | None:
        wanted = [self._rows(source) for source in self.sources if source.kind in self.kinds]
        parts = [rows.filter(beyond) if beyond else rows for rows in wanted]
        if not parts:
            return None
        cut = [part.values_list(*Item._fields) for part in parts]
        together = cut[0].union(*cut[1:], all=True) if len(cut) > 1 else cut[0]
        return together.order_by(*(f"-{key.name}" if key.descending else key.name for key in keys))

    def _rows(self, source: Source) -> QuerySet[Any]:
        rows = source.rows(self.actor, self.now)
        for narrow in (_about, _late, _handled):
            rows = narrow(rows, source, self.asked, self.actor)
        return rows


def _about(rows: QuerySet[Any], source: Source, asked: Mapping[str, Any], actor: Actor) -> QuerySet[Any]:
    """What is about a risk like this; of the two risks of a pair, either."""
    like = dict(_wanted(asked))
    band = asked.get("band")
    if not like and not band:
        return rows
    about = Q()
    for way in source.risks:
        fits = Q(**{f"{way}__{name}": value for name, value in like.items()})
        if band:
            fits &= _banded(way, band)
        if "theme" in like:  # what only those who read a risk in full may know narrows down nothing else
            fits &= read_in_full(way, actor)
        elif not source.are_seen:
            fits &= seen(way, actor)
        about |= fits
    return rows.filter(about)


def _banded(way: str, bands: list[str]) -> Q:
    fits = Q()
    for band in bands:
        fits |= Q(**{f"{way}__score__range": BAND_RANGES[Band(band)]})
    return fits


def _wanted(asked: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("theme", "organisation"):
        if asked.get(name):
            yield name, asked[name]


def _late(rows: QuerySet[Any], source: Source, asked: Mapping[str, Any], actor: Actor) -> QuerySet[Any]:
    if not asked.get("overdue"):
        return rows
    return rows.filter(tier=OVERDUE) if asked["overdue"] == "true" else rows.exclude(tier=OVERDUE)


def _handled(rows: QuerySet[Any], source: Source, asked: Mapping[str, Any], actor: Actor) -> QuerySet[Any]:
    whose = asked.get("handler")
    if not whose:
        return rows
    if not source.handler:  # nobody is named for it
        return rows if whose == "nobody" else rows.none()
    return rows.filter(**{source.handler: actor.user if whose == "mine" else None})


class ReadOnce(Paginator):
    """The page and how many there are, from going through everything once."""

    def get_page(self, number: Any) -> Page[Any]:
        """The page asked for; the nearest one if it does not exist."""
        wanted = int(number) if str(number).isdecimal() and 0 < int(number) <= FURTHEST else 1
        start = (wanted - 1) * self.per_page
        found = self.object_list[start : start + self.per_page]
        return Page(found, wanted, self) if found or wanted == 1 else super().get_page(number)
