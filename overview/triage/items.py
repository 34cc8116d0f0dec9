"""What needs a decision, from several tables, as one list: overdue first, then by the day it is due, the worst first.

Each source is a small query over its own table that says of each row the same few things; together they are one UNION
ALL, which the database sorts and cuts. What else a page shows of its rows is fetched by `overview.triage.entries`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db import connection, models
from django.db.models import Case, DateField, Exists, F, IntegerField, Min, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, TruncDate

from deadlines.models import ESCALATION_KINDS, Deadline, Urgency
from deadlines.models import Kind as Owed
from escalations.models import Escalation
from overview.triage.models import Put, PutAway
from risks import pairs
from risks.models import (
    Basis,
    Introduction,
    Involvement,
    LikelyPair,
    LinkConsent,
    Risk,
    RiskShare,
    Status,
    Transfer,
)
from risks.scoring import BAND_RANGES, Band
from safetyreg.api.cursors import Key, after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from django.db.models import QuerySet

    from accounts.actors import Actor

MOST_PAIRS = 200  # of likely pairs, the most alike; all of them stand in their own list
WORST = 100  # imminent harm, above every score
NEVER = date(9999, 12, 31)
NEWLY = (Basis.OVERSIGHT, Basis.LINK)
ASKING = (Basis.ESCALATION, Basis.TRANSFER, Basis.INVOLVEMENT)  # a risk visible by these stands here as what is asked
OVERDUE, DATED, UNDATED = 0, 1, 2
FURTHEST = 1_000_000  # no list has so many pages
TOGETHER = "+"  # between the ids of the two risks of a pair


class Kind(models.TextChoices):
    ESCALATION = "ESCALATION", "Escalations"
    POSITION = "POSITION", "Positions to give"
    LINK = "LINK", "Links to answer"
    INTRODUCTION = "INTRODUCTION", "Introductions to answer"
    TRANSFER = "TRANSFER", "Transfers to answer"
    PAIR = "PAIR", "Risks that may belong together"
    NEW = "NEW", "Risks newly visible"
    GIVEN = "GIVEN", "Positions given to us"


class Item(NamedTuple):
    """One thing to decide. `subject` is the id of the escalation, the involvement, the consent, the risk that is newly
    visible and so on; of a pair, the ids of both risks.
    """

    tier: int
    due_on: date
    badness: int
    at: datetime  # due; or since when it waits
    kind: str
    subject: str

    @property
    def key(self) -> str:
        return f"{self.kind.lower()}-{self.subject}"


# The order of the list, and so the cursor's: what is not the same for two rows is, at last, the id.
KEYS = (
    Key("tier", descending=False, nulls_first=False),
    Key("due_on", descending=False, nulls_first=False),
    Key("badness", descending=True, nulls_first=True),
    Key("at", descending=False, nulls_first=False),
    Key("kind", descending=False, nulls_first=False),
    Key("subject", descending=False, nulls_first=False),
)


@dataclass(frozen=True)
class Source:
    """Where things of one kind come from. `risks` are the ways from a row to the risks that it is about."""

    kind: Kind
    rows: Callable[[Actor, datetime], QuerySet[Any]]
    risks: tuple[str, ...] = ("risk",)
    handler: str = ""  # the way to whoever is named for it


def _owed(actor: Actor, *kinds: str) -> QuerySet[Deadline]:
    return Deadline.objects.visible_to(actor).live().owed_by(actor.organisation).filter(paused_at=None, kind__in=kinds)


def _dated(rows: QuerySet[Any], due: Any, badness: Any, now: datetime, kind: Kind) -> QuerySet[Any]:
    rows = rows.annotate(at=due)
    late = Case(When(at__lte=now, then=Value(OVERDUE)), default=Value(DATED), output_field=IntegerField())
    return _with(rows.annotate(tier=late, due_on=TruncDate("at")), badness, kind, _text("pk"))


def _undated(rows: QuerySet[Any], since: str, badness: Any, kind: Kind, subject: Any) -> QuerySet[Any]:
    rows = rows.annotate(at=F(since), tier=Value(UNDATED), due_on=Value(NEVER, output_field=DateField()))
    return _with(rows, badness, kind, subject)


def _with(rows: QuerySet[Any], badness: Any, kind: Kind, subject: Any) -> QuerySet[Any]:
    worst = Coalesce(badness, Value(0), output_field=IntegerField())
    said = Value(kind.value, output_field=models.TextField())
    return rows.order_by().annotate(badness=worst, kind=said, subject=subject)


def _text(name: str) -> Cast:
    return Cast(name, models.TextField())


def _escalations(actor: Actor, now: datetime) -> QuerySet[Any]:
    """The escalations on which the body owes something, each once, by what is due first."""
    owed = {
        "deadlines__owed_by": actor.organisation,
        "deadlines__met_at": None,
        "deadlines__cancelled_at": None,
        "deadlines__paused_at": None,
        "deadlines__kind__in": ESCALATION_KINDS,
    }
    rows = Escalation.objects.filter(**owed) if actor.reads_risks else Escalation.objects.none()
    imminent = When(urgency=Urgency.IMMEDIATE, then=Value(WORST))
    rows = rows.annotate(score=F("risk__score"))
    badness = Case(imminent, default=F("score"), output_field=IntegerField())
    return _dated(rows, Min("deadlines__due_at"), badness, now, Kind.ESCALATION)


def _to_answer(model: type[models.Model], owed: Owed, kind: Kind) -> Callable[[Actor, datetime], QuerySet[Any]]:
    """Rows that are the subject of a clock of one kind: whatever has one, has one."""

    def rows(actor: Actor, now: datetime) -> QuerySet[Any]:
        due = _owed(actor, owed).filter(subject_id=OuterRef("pk")).values("due_at")[:1]
        found = model._default_manager.filter(pk__in=_owed(actor, owed).values("subject_id"))
        return _dated(found, models.Subquery(due), F("risk__score"), now, kind)

    return rows


def _pairs(actor: Actor, now: datetime) -> QuerySet[Any]:
    most = pairs.to_look_at(actor).values("pk")[:MOST_PAIRS]
    worse = Greatest("first__score", "second__score")
    both = Concat(_text("first_id"), Value(TOGETHER), _text("second_id"), output_field=models.TextField())
    return _undated(LikelyPair.objects.filter(pk__in=most), "found_at", worse, Kind.PAIR, both)


def newly_visible(actor: Actor) -> QuerySet[RiskShare]:
    """Open risks of others that came into view since the organisation put its triage of them away."""
    if not actor.reads_risks:
        return RiskShare.objects.none()
    rows = RiskShare.objects.live().filter(organisation=actor.organisation, basis__in=NEWLY, risk__status=Status.OPEN)
    shares = RiskShare.objects.live().filter(organisation=actor.organisation, risk=OuterRef("risk"))
    # What was in view by oversight before it was linked has not come into view by the link.
    rows = rows.filter(Q(basis=Basis.OVERSIGHT) | ~Exists(shares.filter(basis=Basis.OVERSIGHT)))
    rows = rows.filter(~Exists(shares.filter(basis__in=ASKING)))
    rows = _not_put_away(rows, actor, Put.NEW, "risk", "granted_at")
    return rows.exclude(risk__organisation=actor.organisation)


def _newly_visible(actor: Actor, now: datetime) -> QuerySet[Any]:
    return _undated(newly_visible(actor), "granted_at", F("risk__score"), Kind.NEW, _text("risk_id"))


def given(actor: Actor) -> QuerySet[Involvement]:
    """Positions that others gave on our own risks, and that nobody here has put away."""
    rows = Involvement.objects.visible_to(actor).asked_by(actor.organisation).filter(answered_at__isnull=False)
    return _not_put_away(rows, actor, Put.GIVEN, "pk", "answered_at")


def _given(actor: Actor, now: datetime) -> QuerySet[Any]:
    return _undated(given(actor), "answered_at", F("risk__score"), Kind.GIVEN, _text("pk"))


def _not_put_away(rows: QuerySet[Any], actor: Actor, kind: Put, subject: str, since: str) -> QuerySet[Any]:
    done = PutAway.objects.filter(organisation=actor.organisation, kind=kind)
    everything = done.filter(subject_id=None).aggregate(until=models.Max("until"))["until"]
    if everything:
        rows = rows.filter(**{f"{since}__gt": everything})
    return rows.filter(~Exists(done.filter(subject_id=OuterRef(subject), until__gte=OuterRef(since))))


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


SOURCES = (
    Source(Kind.ESCALATION, _escalations, handler="handler"),
    Source(Kind.POSITION, _to_answer(Involvement, Owed.POSITION, Kind.POSITION)),
    Source(Kind.LINK, _to_answer(LinkConsent, Owed.LINK, Kind.LINK)),
    Source(Kind.INTRODUCTION, _to_answer(Introduction, Owed.INTRODUCE, Kind.INTRODUCTION)),
    Source(Kind.TRANSFER, _to_answer(Transfer, Owed.TRANSFER, Kind.TRANSFER)),
    Source(Kind.PAIR, _pairs, risks=("first", "second")),
    Source(Kind.NEW, _newly_visible),
    Source(Kind.GIVEN, _given),
)


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
    # What only those who read a risk in full may know narrows down nothing else.
    among = Risk.objects.read_in_full_by(actor) if "theme" in like else Risk.objects.visible_to(actor)
    about = Q()
    for way in source.risks:
        fits = Q(**{f"{way}__{name}": value for name, value in like.items()})
        if band:
            fits &= _banded(way, band)
        about |= fits & Q(**{f"{way}__in": among})
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
