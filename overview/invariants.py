"""The register's promises as queries. Each gives the rows that break it, in words, and must give none.

They look at the whole register, whoever may see it, and say references, bodies and names of people; never what a risk
says. What a risk's shares must be is in `share_invariants`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.fields import CharField, IntegerField
from django.db.models.functions import Cast, Coalesce

from accounts.members import HOLDERS_OF_ESCALATIONS, HOLDERS_OF_RISKS
from accounts.models import Membership
from deadlines.models import Deadline, Kind
from escalations.clocks import OWED_BY_FROM
from escalations.models import Escalation, Feedback, Step
from escalations.models import Status as Hop
from overview import share_invariants as shares
from risks.models import Action, Risk, Score, ScoreKind, Status
from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from django.db.models import Model, QuerySet

UNSWEPT_FOR = timedelta(minutes=5)


class Clocks(NamedTuple):
    """The kinds of clock that run, those that stand still, and those that may run besides."""

    running: frozenset[Kind] = frozenset()
    paused: frozenset[Kind] = frozenset()
    maybe: frozenset[Kind] = frozenset()

    def fit(self, running: Iterable[str], paused: Iterable[str]) -> bool:
        return set(running) - self.maybe == self.running and set(paused) == self.paused


def _these(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


# What is owed on an escalation, by where it stands and, while information is awaited, where it goes back to.
# An update is owed again once one was given, also before the decision.
CLOCKS: dict[tuple[str, str], Clocks] = {
    (Hop.RAISED, ""): Clocks(_these(Kind.ACKNOWLEDGE)),
    (Hop.ACKNOWLEDGED, ""): Clocks(_these(Kind.DECIDE), maybe=_these(Kind.UPDATE)),
    (Hop.INFORMATION_REQUESTED, Hop.ACKNOWLEDGED): Clocks(
        _these(Kind.INFORM), _these(Kind.DECIDE), maybe=_these(Kind.UPDATE)
    ),
    (Hop.INFORMATION_REQUESTED, Hop.ACCEPTED): Clocks(_these(Kind.INFORM, Kind.UPDATE, Kind.ANSWER)),
    (Hop.INFORMATION_REQUESTED, Hop.ESCALATED_ON): Clocks(_these(Kind.INFORM, Kind.UPDATE)),
    (Hop.ACCEPTED, ""): Clocks(_these(Kind.UPDATE, Kind.ANSWER)),
    (Hop.ESCALATED_ON, ""): Clocks(_these(Kind.UPDATE)),
    (Hop.ANSWERED, ""): Clocks(_these(Kind.CONFIRM)),
    (Hop.CLOSED, ""): Clocks(),
    (Hop.WITHDRAWN, ""): Clocks(),
}


class Promise(NamedTuple):
    """What may never be false, and what asks for the rows that make it so."""

    words: str
    broken: Callable[[datetime], Iterable[str]]


class Broken(NamedTuple):
    promise: str
    rows: list[str]


def check(now: datetime) -> list[Broken]:
    """Every promise that does not hold, with the rows that break it."""
    found = [Broken(promise.words, list(promise.broken(now))) for promise in PROMISES]
    return [broken for broken in found if broken.rows]


def owners_who_left(now: datetime) -> Iterator[str]:
    held = Risk.objects.exclude(status=Status.CLOSED).filter(~_is_member("organisation", "owner", HOLDERS_OF_RISKS))
    for risk in held.select_related("owner", "organisation"):
        yield f"{risk.reference}: {risk.owner.name} owns it and cannot hold it at {risk.organisation.name}"


def action_owners_who_left(now: datetime) -> Iterator[str]:
    live = Action.objects.filter(done_at=None, dropped_at=None)
    for action in live.filter(~_is_member("organisation", "owner", HOLDERS_OF_RISKS)).select_related("risk", "owner"):
        yield f"{action.risk.reference}: {action.owner.name} is to do an action and cannot hold it"


def handlers_who_left(now: datetime) -> Iterator[str]:
    acknowledged = Escalation.objects.open().exclude(status=Hop.RAISED)
    left = acknowledged.filter(~_is_member("to_organisation", "handler", HOLDERS_OF_ESCALATIONS))
    for escalation in _with_names(left):
        yield f"{_hop(escalation)}: its handler {escalation.handler} is no safety lead there"


def holders_who_left(now: datetime) -> Iterator[str]:
    named = Deadline.objects.live().filter(holder__isnull=False)
    for deadline in named.filter(~_is_member("owed_by", "holder")).select_related("holder", "owed_by"):
        yield f"{deadline}: {deadline.holder} is named for it and does not work for {deadline.owed_by}"


def _is_member(organisation: str, person: str, roles: Collection[str] = ()) -> Exists:
    """Whether the row's person is a current member of the row's organisation, in one of the roles if any are named."""
    members = Membership.objects.live().filter(organisation=OuterRef(organisation), user=OuterRef(person))
    return Exists(members.filter(role__in=roles) if roles else members.clinical())


def wrong_clocks(now: datetime) -> Iterator[str]:
    live = Deadline.objects.live().filter(subject_type=_type(Escalation), subject_id=OuterRef("pk"))
    hops = _with_names(Escalation.objects).annotate(
        running=ArraySubquery(live.filter(paused_at=None).values("kind")),
        paused=ArraySubquery(live.filter(paused_at__isnull=False).values("kind")),
    )
    for hop in hops.iterator(chunk_size=500):
        wanted = CLOCKS.get((hop.status, hop.back_to))
        if wanted is None or not wanted.fit(hop.running, hop.paused):
            yield f"{_hop(hop)} is {hop.status}{_in_words(hop.running, hop.paused)}"


def _in_words(running: list[str], paused: list[str]) -> str:
    return (
        f" with {', '.join(sorted(running)) or 'nothing'} running and {', '.join(sorted(paused)) or 'nothing'} paused"
    )


def clocks_of_the_wrong_body(now: datetime) -> Iterator[str]:
    live = Deadline.objects.live().filter(subject_type=_type(Escalation))
    sides = Escalation.objects.filter(pk=OuterRef("subject_id"))
    live = live.annotate(
        asking=Subquery(sides.values("from_organisation")[:1]), asked=Subquery(sides.values("to_organisation")[:1])
    )
    below, above = Q(owed_by=F("asking"), owed_to=F("asked")), Q(owed_by=F("asked"), owed_to=F("asking"))
    from_owes = Q(kind__in=OWED_BY_FROM)
    for deadline in live.exclude((from_owes & below) | (~from_owes & above)):
        yield f"{deadline} is owed by a body that does not owe it"


def running_without_a_next(now: datetime) -> Iterator[str]:
    return map(str, Deadline.objects.live().filter(paused_at=None, next_at=None))


def not_swept(now: datetime) -> Iterator[str]:
    return map(str, Deadline.objects.to_sweep(now - UNSWEPT_FOR))


def swept_in_vain(now: datetime) -> Iterator[str]:
    return map(str, Deadline.objects.live().filter(failures__gt=0))


def late_and_nobody_knows(now: datetime) -> Iterator[str]:
    late = Deadline.objects.live().filter(due_at__lte=now - UNSWEPT_FOR, breached_at=None, paused_at=None)
    return map(str, late)


def owed_on_what_is_not_open(now: datetime) -> Iterator[str]:
    is_open = Risk.objects.filter(reference=OuterRef("risk_reference"), status=Status.OPEN)
    return map(str, Deadline.objects.live().exclude(risk_reference="").filter(~Exists(is_open)))


def no_review_owed(now: datetime) -> Iterator[str]:
    review = Deadline.objects.live().filter(
        kind=Kind.REVIEW, subject_type=_type(Risk), subject_id=OuterRef("pk"), owed_by=OuterRef("organisation")
    )
    for risk in Risk.objects.filter(status=Status.OPEN).filter(~Exists(review)):
        yield f"{risk.reference}: no review of it is owed by its organisation"


def actions_without_a_date(now: datetime) -> Iterator[str]:
    owed = Deadline.objects.live().filter(
        kind=Kind.ACTION, subject_type=_type(Action), subject_id=OuterRef("pk"), owed_by=OuterRef("organisation")
    )
    live = Action.objects.filter(done_at=None, dropped_at=None)
    for action in live.filter(~Exists(owed)).select_related("risk"):
        yield f"{action.risk.reference}: an action is to be done and not owed"


def actions_of_another_body(now: datetime) -> Iterator[str]:
    live = Action.objects.filter(done_at=None, dropped_at=None).exclude(organisation=F("risk__organisation"))
    for action in live.select_related("risk"):
        yield f"{action.risk.reference}: an action is another organisation's than the risk"


def closed_bodies_that_owe(now: datetime) -> Iterator[str]:
    for risk in Risk.objects.filter(status=Status.OPEN, organisation__closed_on__isnull=False):
        yield f"{risk.reference}: its organisation has closed"
    yield from map(str, Deadline.objects.live().filter(owed_by__closed_on__isnull=False))


def steps_that_do_not_follow(now: datetime) -> Iterator[str]:
    """A step begins where the one before it ended, and the last ends where the escalation stands."""
    stands: dict[object, str] = {}
    steps = Step.objects.order_by("escalation", "at", "written_at", "pk").values_list(
        "escalation", "from_status", "to_status"
    )
    for escalation, before, after in steps.iterator(chunk_size=1000):
        if stands.get(escalation, "") != before:
            yield f"Escalation {escalation}: a step from {before} follows {stands.get(escalation) or 'nothing'}"
        stands[escalation] = after
    for pk, status in Escalation.objects.values_list("pk", "status"):
        if stands.get(pk) != status:
            yield f"Escalation {pk} is {status}; its steps end at {stands.get(pk) or 'nothing'}"


def steps_nobody_recorded(now: datetime) -> Iterator[str]:
    hops = Escalation.objects.annotate(
        taken=_how_many(Step.objects.filter(escalation=OuterRef("pk")), "escalation"),
        recorded=_how_many(_events(Escalation), "subject_id"),
    )
    for hop in _with_names(hops.exclude(taken=F("recorded"))):
        yield f"{_hop(hop)}: {hop.taken} steps and {hop.recorded} audit events"


def risks_nobody_recorded(now: datetime) -> Iterator[str]:
    logged = Risk.objects.filter(logged_at__isnull=False).filter(~Exists(_events(Risk, verb="log_risk")))
    closed = Risk.objects.filter(status=Status.CLOSED).filter(
        ~Exists(_events(Risk, verb="close_risk", at=OuterRef("closed_at")))
    )
    yield from (f"{risk.reference} was logged without an audit event" for risk in logged)
    yield from (f"{risk.reference} was closed without an audit event" for risk in closed)


def feedback_without_a_step(now: datetime) -> Iterator[str]:
    step = Step.objects.filter(
        escalation=OuterRef("escalation"), verb=OuterRef("kind"), at=OuterRef("given_at"), by=OuterRef("given_by")
    )
    for feedback in Feedback.objects.filter(~Exists(step)).select_related("escalation__risk"):
        yield f"{feedback.escalation.risk.reference}: {feedback} is no step of its escalation"


def scores_that_differ(now: datetime) -> Iterator[str]:
    """A risk stands at the last initial or current score that was given to it."""
    given = Score.objects.filter(risk=OuterRef("pk")).exclude(kind=ScoreKind.TARGET)
    # "CURRENT" comes before "INITIAL", so of two at one moment the current one counts.
    last = given.order_by("-created_at", "kind", "pk")
    risks = Risk.objects.exclude(status=Status.DRAFT).annotate(
        last_likelihood=Subquery(last.values("likelihood")[:1]),
        last_consequence=Subquery(last.values("consequence")[:1]),
    )
    for risk in risks.exclude(likelihood=F("last_likelihood"), consequence=F("last_consequence")):
        yield f"{risk.reference} stands at {risk.likelihood} x {risk.consequence}, which is not its last score"


def _events(model: type[Model], **conditions: object) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(
        subject_type=model._meta.label_lower, subject_id=Cast(OuterRef("pk"), CharField()), **conditions
    )


def _how_many(rows: QuerySet, group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _type(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)


def _with_names(hops: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return hops.select_related("risk", "from_organisation", "to_organisation", "handler").order_by("raised_at", "pk")


def _hop(escalation: Escalation) -> str:
    return f"{escalation.risk.reference}, {escalation.from_organisation} to {escalation.to_organisation}"


PROMISES = (
    Promise("Every open risk and every draft has an owner who can hold it", owners_who_left),
    Promise("Every action to be done has an owner who can hold it", action_owners_who_left),
    Promise("Every acknowledged escalation has a handler at the body asked", handlers_who_left),
    Promise("Whoever is named for something owed works for the body that owes it", holders_who_left),
    Promise("On every escalation runs just what its status demands", wrong_clocks),
    Promise("What is owed on an escalation is owed by the side whose turn it is", clocks_of_the_wrong_body),
    Promise("Every running deadline has a next thing to do", running_without_a_next),
    Promise("No deadline waits for a sweep", not_swept),
    Promise("No deadline is swept in vain", swept_in_vain),
    Promise("Nothing is overdue without being marked so", late_and_nobody_knows),
    Promise("Nothing is owed on a risk that is not open", owed_on_what_is_not_open),
    Promise("A review of every open risk is owed", no_review_owed),
    Promise("Every action to be done is owed", actions_without_a_date),
    Promise("Every action to be done is its risk's organisation's", actions_of_another_body),
    Promise("No closed organisation holds an open risk or owes anything", closed_bodies_that_owe),
    Promise("Every risk has one owning organisation, which sees it", shares.not_seen_by_its_owner),
    Promise("Every share has a reason", shares.without_reason),
    Promise("Whoever has a reason to see a risk sees it", shares.missing),
    Promise("Everybody below on a chain reads what is answered above", shares.answers_unseen),
    Promise("Every step of an escalation follows from the one before", steps_that_do_not_follow),
    Promise("Every step of an escalation has an audit event", steps_nobody_recorded),
    Promise("Every risk logged or closed has an audit event", risks_nobody_recorded),
    Promise("Every update and answer is a step of its escalation", feedback_without_a_step),
    Promise("Every risk stands at its last score", scores_that_differ),
)
