"""Which rows were changed at a moment or later, as far as their reader may know: what `?updated_since=` asks.

It may name a row that looks as before, and leaves out none that looks otherwise. The passing of time, and new names of
people and organisations, are no change of what they stand beside. What left the reader's sight is in no list any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from deadlines.models import ESCALATION_KINDS, Deadline, Kind
from risks.models import LinkConsent, RiskShare
from safetyreg.api.resources import any_since
from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import Model

    from accounts.actors import Actor

# What happens to that part of a risk which all its readers read.
READ_IN_PART = (
    "log_risk", "close_risk", "reopen_risk", "score_risk", "add_control", "end_control", "accept_transfer",
)  # fmt: skip
WORDS_READ_IN_PART = ["title", "cause", "event", "effect"]


def of_risks(actor: Actor, since: datetime) -> Q:
    """Of a risk that is read in part, only what happened to that part, which its reader could have noticed anyway.

    When it was changed otherwise is not for them, as it is not on the page. Filters rows of `as_listed_for`.
    """
    events = AuditEvent.objects.filter(reference=OuterRef("reference"), at__gte=since)
    in_part = events.filter(Q(verb__in=READ_IN_PART) | Q(verb="edit_risk", details__has_any_keys=WORDS_READ_IN_PART))
    clocks = Deadline.objects.filter(risk_reference=OuterRef("reference"), kind__in=[*ESCALATION_KINDS, Kind.REVIEW])
    moved = clocks.filter(Q(starts_at__gte=since) | Q(met_at__gte=since) | Q(cancelled_at__gte=since))
    in_full = Q(updated_at__gte=since) | Exists(moved)
    return in_sight(actor, since, "pk") | Q(in_full, reads_all=True) | Q(Exists(in_part), reads_all=False)


def in_sight(actor: Actor, since: datetime, *risks: str) -> Q:
    """What the actor's organisation sees of one of the risks, by the ways to them, became more or less."""
    found = Q(pk__in=[])
    for risk in risks:
        shares = RiskShare.objects.filter(risk=OuterRef(risk), organisation=actor.organisation)
        found |= Q(Exists(shares.filter(Q(granted_at__gte=since) | Q(revoked_at__gte=since))))
    return found


def recorded(model: type[Model], since: datetime) -> Q:
    """Something was written down about the row itself."""
    about = AuditEvent.objects.filter(
        subject_type=model._meta.label_lower, subject_id=Cast(OuterRef("pk"), CharField()), at__gte=since
    )
    return Q(Exists(about))


def of(*fields: str, risks: tuple[str, ...] = (), model: Any = None) -> Callable[[Actor, datetime], Q]:
    """By the times that a row keeps, when its risks came into sight, and, for a model, what was recorded of it."""

    def changed(actor: Actor, since: datetime) -> Q:
        found = any_since(*fields)(actor, since) | in_sight(actor, since, *risks)
        return found | recorded(model, since) if model else found

    return changed


def of_links(actor: Actor, since: datetime) -> Q:
    given = LinkConsent.objects.filter(link=OuterRef("pk"), given_at__gte=since)
    own = any_since("created_at", "accepted_at", "ended_at")(actor, since)
    return own | Q(Exists(given)) | in_sight(actor, since, "from_risk", "to_risk")
