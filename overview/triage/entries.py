"""What is shown of the things to decide on one page: fetched for all of a kind at once, from what the actor may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from deadlines.models import Deadline
from deadlines.wording import clocks
from escalations.models import Escalation, Step
from escalations.wording import where_it_stands
from overview.triage.sources import TOGETHER, Item, Kind, given, newly_visible
from risks import linked, pairs
from risks.models import Introduction, Involvement, LikelyPair, LinkConsent, Risk, RiskLink, RiskShare, Transfer
from risks.sharing import SIDES
from safetyreg.words import when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import User
    from deadlines.wording import Clock


@dataclass
class Entry:
    """One thing to decide, as its reader may be told of it.

    `why` says why it is here. `words` is what was said about it, to read before deciding. `state` changes whenever what
    it is about is changed. `risks` are those that it is about and that the reader sees, for gathering and linking.
    """

    kind: Kind
    subject: Any
    key: str
    why: str
    path: str
    state: str = ""
    words: str = ""
    reference: str = ""
    title: str = ""
    risks: list[Risk] = field(default_factory=list)
    handler: User | None = None
    clock: Clock | None = None
    is_here: bool = True  # whether it still needs a decision

    @property
    def escalation(self) -> Escalation | None:
        return self.subject if self.kind == Kind.ESCALATION else None


def entries(items: Sequence[Item], actor: Actor, now: datetime) -> list[Entry]:
    """In the order given. What is no longer seen by now is left out."""
    wanted: dict[Kind, list[str]] = defaultdict(list)
    for item in items:
        wanted[Kind(item.kind)].append(item.subject)
    found = {
        (kind, subject): entry
        for kind, subjects in wanted.items()
        for subject, entry in FETCH[kind](subjects, actor).items()
    }
    kept = [entry for item in items if (entry := found.get((Kind(item.kind), item.subject)))]
    _add_clocks(kept, actor, now)
    return kept


def by_keys(keys: Iterable[str], actor: Actor, now: datetime) -> list[Entry]:
    """Those with these keys that the actor sees, in that order, whether they still need a decision or not."""
    wanted: dict[Kind, list[str]] = defaultdict(list)
    asked = list(dict.fromkeys(keys))
    for key in asked:
        kind, _, subject = key.partition("-")
        if kind.upper() in Kind.values and _is_id(subject):
            wanted[Kind(kind.upper())].append(subject)
    found = {entry.key: entry for kind, some in wanted.items() for entry in FETCH[kind](some, actor).values()}
    kept = [found[key] for key in asked if key in found]
    _add_clocks(kept, actor, now)
    return kept


def _is_id(text: str) -> bool:
    try:
        return bool([UUID(part) for part in text.split(TOGETHER, 1)])
    except ValueError:
        return False


def _add_clocks(some: Sequence[Entry], actor: Actor, now: datetime) -> None:
    """What the body owes on each, due first."""
    owed = Deadline.objects.visible_to(actor).live().owed_by(actor.organisation).filter(paused_at=None)
    subjects = [entry.subject.pk for entry in some if isinstance(entry.subject, CLOCKED)]
    rows = owed.filter(subject_id__in=subjects).select_related("owed_by", "owed_to").order_by("due_at", "pk")
    first: dict[Any, Clock] = {}
    for clock in clocks(rows, now):
        first.setdefault(clock.deadline.subject_id, clock)
    for entry in some:
        entry.clock = first.get(getattr(entry.subject, "pk", None))
        if isinstance(entry.subject, CLOCKED) and entry.kind != Kind.GIVEN:
            entry.is_here = entry.clock is not None


def _escalations(subjects: list[str], actor: Actor) -> dict[str, Entry]:
    last = Step.objects.filter(escalation=OuterRef("pk")).order_by("-at", "-written_at", "-pk")
    rows = Escalation.objects.visible_to(actor).filter(pk__in=subjects).with_people()
    return {str(row.pk): _escalation(row) for row in rows.annotate(last_step=Subquery(last.values("pk")[:1]))}


def _escalation(row: Any) -> Entry:
    return Entry(
        Kind.ESCALATION,
        row,
        f"escalation-{row.pk}",
        where_it_stands(row),
        row.path,
        state=str(row.last_step),
        words=row.ask,
        reference=row.risk.reference,
        title=row.risk.title,
        risks=[row.risk],
        handler=row.handler,
    )


def _positions(subjects: list[str], actor: Actor) -> dict[str, Entry]:
    return {str(row.pk): _position(row, seen) for row, seen in _involvements(subjects, actor)}


def _involvements(subjects: list[str], actor: Actor) -> list[tuple[Involvement, bool]]:
    """With whether the actor sees the risk: who said that it is not affected does so no more."""
    rows = Involvement.objects.visible_to(actor).asked().filter(pk__in=subjects)
    found = list(rows.select_related("risk__organisation__parent", "organisation", "own_risk", "answered_by"))
    seen = _seen(actor, (row.risk_id for row in found))
    return [(row, row.risk_id in seen) for row in found]


def _seen(actor: Actor, risks: Iterable[Any]) -> set[Any]:
    return set(Risk.objects.visible_to(actor).filter(pk__in=list(risks)).values_list("pk", flat=True))


def _about(risk: Risk, *, is_seen: bool) -> dict[str, Any]:
    return {"reference": risk.reference, "title": risk.title, "risks": [risk]} if is_seen else {}


def _position(row: Involvement, is_seen: bool) -> Entry:
    why = f"{row.risk.organisation.name} asks what your position on this risk is."
    state = f"{row.asked_at}{row.answered_at}"
    about = _about(row.risk, is_seen=is_seen)
    return Entry(Kind.POSITION, row, f"position-{row.pk}", why, row.path, state=state, words=row.question, **about)


def _given_positions(subjects: list[str], actor: Actor) -> dict[str, Entry]:
    still = set(given(actor).filter(pk__in=subjects).values_list("pk", flat=True))
    return {str(row.pk): _given(row, seen, is_here=row.pk in still) for row, seen in _involvements(subjects, actor)}


def _given(row: Involvement, is_seen: bool, *, is_here: bool) -> Entry:
    said = "is not affected by this risk" if row.is_not_affected else "holds a risk of its own like this"
    why = f"{row.organisation.name} says that it {said}. Nobody here has put this away yet."
    about = _about(row.risk, is_seen=is_seen)
    key, state = f"given-{row.pk}", str(row.answered_at)
    return Entry(Kind.GIVEN, row, key, why, row.path, state=state, words=row.words, is_here=is_here, **about)


def _links(subjects: list[str], actor: Actor) -> dict[str, Entry]:
    rows = LinkConsent.objects.filter(pk__in=subjects, organisation=actor.organisation)
    rows = rows.filter(link__in=RiskLink.objects.visible_to(actor)).select_related(
        *(f"link__{side}" for side in SIDES), "link__proposed_by", "risk__organisation"
    )
    found = list(rows.prefetch_related("link__consents"))
    seen = linked.seen_among([row.link for row in found], actor)
    return {str(row.pk): _link(row, actor, seen) for row in found}


def _link(row: LinkConsent, actor: Actor, seen: set[UUID]) -> Entry:
    link = row.link
    sides = [linked.told(link, risk, actor, seen) for risk in (link.from_risk, link.to_risk)]
    other = next((side for side in sides if not side.is_ours), sides[0])
    about = f": {other.reference} {other.title}".rstrip() if other.title else ""
    why = f"{link.proposed_by.name} proposes to link your risk with one of {other.organisation.name}{about}."
    state = f"{link.status}{sorted(link.awaited)}"
    said = f"{linked.relation(link, *sides)}. {link.reason}"
    ours = _about(row.risk, is_seen=row.risk_id in seen)
    return Entry(Kind.LINK, row, f"link-{row.pk}", why, link.path, state=state, words=said, **ours)


def _introductions(subjects: list[str], actor: Actor) -> dict[str, Entry]:
    rows = Introduction.objects.visible_to(actor).filter(pk__in=subjects)
    found = list(rows.select_related("risk__organisation__parent", "organisation", "icb"))
    seen = _seen(actor, (row.risk_id for row in found))
    return {str(row.pk): _introduction(row, row.risk_id in seen) for row in found}


def _introduction(row: Introduction, is_seen: bool) -> Entry:
    why = f"{row.organisation.name} asks you to introduce it to others with a risk like this."
    about = _about(row.risk, is_seen=is_seen)
    key, state = f"introduction-{row.pk}", f"{row.status}{row.icb_id}"
    return Entry(Kind.INTRODUCTION, row, key, why, row.path, state=state, words=row.reason, **about)


def _transfers(subjects: list[str], actor: Actor) -> dict[str, Entry]:
    """Those that it was asked for: it goes on knowing how it answered, also once it sees the risk no more."""
    if not actor.reads_risks:
        return {}
    people = ("risk__organisation__parent", "from_organisation", "to_organisation", "decided_by")
    rows = Transfer.objects.filter(pk__in=subjects, to_organisation=actor.organisation).select_related(*people)
    found = list(rows)
    seen = _seen(actor, (row.risk_id for row in found))
    return {str(row.pk): _transfer(row, row.risk_id in seen) for row in found}


def _transfer(row: Transfer, is_seen: bool) -> Entry:
    why = f"{row.from_organisation.name} asks you to take over accountability for this risk."
    about = _about(row.risk, is_seen=is_seen)
    words = row.reason if is_seen else ""
    return Entry(Kind.TRANSFER, row, f"transfer-{row.pk}", why, row.risk.path, state=row.status, words=words, **about)


def _likely_pairs(subjects: list[str], actor: Actor) -> dict[str, Entry]:
    """Each with the ids of its two risks, both of which are seen in full."""
    wanted = [tuple(subject.split(TOGETHER, 1)) for subject in subjects if TOGETHER in subject]
    ids = {pk for both in wanted for pk in both}
    read = Risk.objects.read_in_full_by(actor).filter(pk__in=ids).select_related("organisation__parent", "vector")
    risks = {str(risk.pk): risk for risk in read}
    still = set(pairs.to_look_at(actor).filter(first__in=ids, second__in=ids).values_list("first", "second"))
    return {
        f"{one}{TOGETHER}{other}": _pair(risks[one], risks[other], is_here=(risks[one].pk, risks[other].pk) in still)
        for one, other in wanted
        if one in risks and other in risks
    }


def _pair(first: Risk, second: Risk, *, is_here: bool) -> Entry:
    owners = f"{first.organisation.name} and {second.organisation.name}"
    why = f"{pairs.reason_for(first, second)}. They are risks of {owners}."
    key, path = f"pair-{first.pk}{TOGETHER}{second.pk}", f"/look-alikes/{first.reference}/{second.reference}/"
    reference, title = f"{first.reference} and {second.reference}", f"{first.title}; {second.title}"
    both = LikelyPair(first=first, second=second)
    return Entry(
        Kind.PAIR,
        both,
        key,
        why,
        path,
        state=LIKELY,
        reference=reference,
        title=title,
        risks=[first, second],
        is_here=is_here,
    )


def _new(subjects: list[str], actor: Actor) -> dict[str, Entry]:
    """Risks in view on whatever basis, with when they last came into view."""
    seen = Risk.objects.visible_to(actor).filter(pk__in=subjects).select_related("organisation__parent")
    still = set(newly_visible(actor, among=subjects).values_list("risk", flat=True))
    shares = RiskShare.objects.for_organisation(actor.organisation).filter(risk__in=subjects).order_by("granted_at")
    since = {share.risk_id: share for share in shares}
    return {str(risk.pk): _new_risk(risk, since[risk.pk], is_here=risk.pk in still) for risk in seen}


def _new_risk(risk: Risk, share: RiskShare, *, is_here: bool) -> Entry:
    because = "a risk of yours is linked to it" if share.basis == "LINK" else "it crosses a boundary that you oversee"
    why = f"You can see this risk of {risk.organisation.name} since {when(share.granted_at)}: {because}."
    about = _about(risk, is_seen=True)
    return Entry(Kind.NEW, risk, f"new-{risk.pk}", why, risk.path, state=str(share.pk), is_here=is_here, **about)


LIKELY = "likely"  # a pair has no other state: it is likely, or it is not here
FETCH: dict[Kind, Callable[[list[str], Actor], dict[str, Entry]]] = {
    Kind.ESCALATION: _escalations,
    Kind.POSITION: _positions,
    Kind.LINK: _links,
    Kind.INTRODUCTION: _introductions,
    Kind.TRANSFER: _transfers,
    Kind.PAIR: _likely_pairs,
    Kind.NEW: _new,
    Kind.GIVEN: _given_positions,
}
CLOCKED = (Escalation, Involvement, LinkConsent, Introduction, Transfer)
