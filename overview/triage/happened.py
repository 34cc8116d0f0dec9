"""What became of a thing after somebody read it, in words: who did what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from escalations.models import Step
from overview.triage.entries import by_keys
from overview.triage.models import PutAway
from overview.triage.sources import Kind
from risks import pairs
from risks.models import PairDismissal, Transfer, TransferStatus
from safetyreg.words import when

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from overview.triage.entries import Entry

# What the services of these do needs no lock of its own on a risk that everybody else takes.
LOOKED_AT_WITHOUT_A_LOCK = frozenset({Kind.PAIR, Kind.NEW, Kind.GIVEN})


def since(entry: Entry, state: str, actor: Actor, now: datetime) -> str:
    """What was done to it since it was in that state; empty where nothing was."""
    again = next(iter(by_keys([entry.key], actor, now)), None)
    if again is None:
        return "You can no longer see this"
    if again.state == state and (again.is_here or again.kind not in LOOKED_AT_WITHOUT_A_LOCK):
        return ""
    return to(again, actor, now) or "This was changed after you opened the page"


def to(entry: Entry, actor: Actor, now: datetime) -> str:
    """What was last done to a thing, if it was."""
    if entry.kind == Kind.ESCALATION:
        return _step(entry)
    if entry.kind == Kind.PAIR:
        return _pair(entry, actor)
    if entry.kind in (Kind.NEW, Kind.GIVEN):
        return _put_away(entry, actor)
    return _answered(entry)


def _step(entry: Entry) -> str:
    steps = Step.objects.filter(escalation=entry.subject).select_related("by", "organisation")
    last = steps.order_by("at", "written_at", "pk").last()
    if last is None:
        return ""
    entry.subject.refresh_from_db(fields=["status"])
    did = f"{last.by.name} of {last.organisation.name} {last.get_verb_display()} on {when(last.at)}"
    handled = f". {last.text}" if last.text.startswith("Handled by ") else ""
    return f"{did}{handled}. It is now: {entry.subject.get_status_display().lower()}"


def _pair(entry: Entry, actor: Actor) -> str:
    first, second = entry.risks
    if link := pairs.link_between(first, second, actor):
        by = f"{link.created_by.name} of {link.proposed_by.name}"
        return f"{by} linked the two on {when(link.created_at)}: {link.get_status_display().lower()}"
    dismissals = PairDismissal.objects.filter(organisation=actor.organisation, first=first, second=second)
    if dismissal := dismissals.select_related("created_by").first():
        return f"{dismissal.created_by.name} found on {when(dismissal.created_at)} that they do not belong together"
    return ""


def _put_away(entry: Entry, actor: Actor) -> str:
    if entry.is_here:
        return ""
    done = PutAway.objects.filter(organisation=actor.organisation, kind=entry.kind.value)
    last = done.filter(Q(subject_id=entry.subject.pk) | Q(subject_id=None)).select_related("by").order_by("at").last()
    return f"{last.by.name} put this away on {when(last.at)}" if last else ""


def _answered(entry: Entry) -> str:
    """Of what has a clock: that it was met, or is owed no more."""
    subject = entry.subject
    if entry.kind == Kind.POSITION and subject.answered_by:
        return f"{subject.answered_by.name} answered on {when(subject.answered_at)}: {subject.get_position_display()}"
    if entry.kind == Kind.LINK and subject.link.ended_at:
        link = subject.link
        by = link.ended_by.name if link.ended_by else "Somebody"
        return f"{by} ended the link on {when(link.ended_at)}: {link.get_status_display().lower()}"
    if entry.kind == Kind.LINK and subject.given_at:
        return f"{subject.given_by.name} accepted the link on {when(subject.given_at)}"
    if entry.kind == Kind.INTRODUCTION and subject.ended_at:
        by = subject.ended_by.name if subject.ended_by else "Somebody"
        return f"{by} answered on {when(subject.ended_at)}: {subject.get_status_display().lower()}"
    if entry.kind == Kind.TRANSFER and not subject.is_proposed:
        return _ended(subject)
    return "" if entry.is_here else "This no longer needs a decision of yours"


def _ended(transfer: Transfer) -> str:
    if transfer.status == TransferStatus.WITHDRAWN:
        return f"{transfer.from_organisation.name} took its request back on {when(transfer.decided_at)}"
    by = transfer.decided_by.name if transfer.decided_by else "Somebody"
    return f"{by} {transfer.get_status_display().lower()} this on {when(transfer.decided_at)}"
