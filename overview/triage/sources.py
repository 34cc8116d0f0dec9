"""Where what needs a decision comes from: a small query over its own table for each kind of thing.

Each says of its rows the same few things, by which they stand in one list (`overview.triage.items`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, DateField, Exists, F, Func, IntegerField, Min, OuterRef, Q, Value, When
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
    RiskShare,
    Status,
    Transfer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet

    from accounts.actors import Actor

MOST_PAIRS = 200  # of likely pairs, the most alike; all of them stand in their own list
WORST = 100  # imminent harm, above every score
NEVER = date(9999, 12, 31)
NEWLY = (Basis.OVERSIGHT, Basis.LINK)
ASKING = (Basis.ESCALATION, Basis.TRANSFER, Basis.INVOLVEMENT)  # a risk visible by these stands here as what is asked
OVERDUE, DATED, UNDATED = 0, 1, 2
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


@dataclass(frozen=True)
class Source:
    """Where things of one kind come from. `risks` are the ways from a row to the risks that it is about. Where they
    `are_seen` there are no rows but of risks that the body sees.
    """

    kind: Kind
    rows: Callable[[Actor, datetime], QuerySet[Any]]
    risks: tuple[str, ...] = ("risk",)
    are_seen: bool = False
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


def newly_visible(actor: Actor, among: Sequence[str] | None = None) -> QuerySet[RiskShare]:
    """Open risks of others that came into view since the organisation put its triage of them away, or those of them
    with one of these ids.
    """
    if not actor.reads_risks:
        return RiskShare.objects.none()
    shares = RiskShare.objects.for_organisation(actor.organisation)
    of_risk = shares.filter(risk=OuterRef("risk"))
    # What was in view by oversight before it was linked has not come into view by the link.
    came = shares.filter(basis__in=NEWLY)
    if among is not None:
        came = came.filter(risk__in=among)
    came = came.filter(Q(basis=Basis.OVERSIGHT) | ~Exists(of_risk.filter(basis=Basis.OVERSIGHT)))
    # For each row: for NOT EXISTS the database would gather every risk that the national body was ever asked about.
    asked = models.Subquery(of_risk.filter(basis__in=ASKING).values("basis")[:1])
    came = _not_put_away(came.alias(asked=asked).filter(asked=None), actor, Put.NEW, "risk", "granted_at")
    rows = RiskShare.objects.filter(_one_of(came), risk__status=Status.OPEN)
    return rows.exclude(risk__organisation=actor.organisation)


def _one_of(rows: QuerySet[Any]) -> Func:
    """Being one of these, which are found before anything else. The database cannot know how little of what a body sees
    is new to it, and in one query with the risks it would begin with those.
    """
    found = ArraySubquery(rows.values("pk"))
    return Func("pk", found, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=models.BooleanField())


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


SOURCES = (
    Source(Kind.ESCALATION, _escalations, handler="handler"),
    Source(Kind.POSITION, _to_answer(Involvement, Owed.POSITION, Kind.POSITION)),
    Source(Kind.LINK, _to_answer(LinkConsent, Owed.LINK, Kind.LINK)),
    Source(Kind.INTRODUCTION, _to_answer(Introduction, Owed.INTRODUCE, Kind.INTRODUCTION)),
    Source(Kind.TRANSFER, _to_answer(Transfer, Owed.TRANSFER, Kind.TRANSFER)),
    Source(Kind.PAIR, _pairs, risks=("first", "second")),
    Source(Kind.NEW, _newly_visible, are_seen=True),
    Source(Kind.GIVEN, _given),
)
