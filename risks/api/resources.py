"""What can be read of risks: which rows, in which order, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from deadlines.api import DeadlineSerializer, changed_since, with_bodies, with_clocks
from deadlines.models import Deadline, Kind
from risks.api import changes, serializers
from risks.api.filters import RiskFilters
from risks.exporting import risks_for
from risks.filters import SORTS
from risks.history import events_for
from risks.models import Action, Comment, Control, Involvement, Risk, RiskShare, Score, Transfer
from risks.searching import BEST_FIRST
from safetyreg.api.resources import Resource, any_since

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from accounts.actors import Actor

INVOLVED = Prefetch(
    "involvements", Involvement.objects.select_related("organisation").order_by("organisation__name", "pk")
)


def risks(actor: Actor) -> QuerySet[Risk]:
    shown = Risk.objects.visible_to(actor).as_listed_for(actor, timezone.now())
    return shown.select_related("logged_by").prefetch_related(INVOLVED).newest_first()


def seen(parts: type[Any], *names: str) -> Callable[[Actor], QuerySet[Any]]:
    """Parts of a risk that whoever sees the risk may see."""
    return lambda actor: parts.objects.visible_to(actor).select_related(*names).newest_first()


def read_in_full(parts: type[Any], *names: str) -> Callable[[Actor], QuerySet[Any]]:
    """Parts of a risk for those who read it in full."""
    return lambda actor: parts.objects.read_in_full_by(actor).select_related(*names).newest_first()


def shares(actor: Actor) -> QuerySet[RiskShare]:
    live = RiskShare.objects.live().filter(risk__in=Risk.objects.read_in_full_by(actor))
    return live.select_related("organisation").order_by("granted_at", "pk")


def deadlines(actor: Actor) -> QuerySet[Deadline]:
    """Every clock on a risk, whoever owes it; that of a link only for the two between whom it runs."""
    references = Risk.objects.read_in_full_by(actor).values("reference")
    ours = Q(owed_by=actor.organisation) | Q(owed_to=actor.organisation)
    return with_bodies(Deadline.objects.filter(~Q(kind=Kind.LINK) | ours, risk_reference__in=references))


SINCE_MADE = any_since("created_at")
RISKS = Resource(
    serializers.RiskSerializer,
    risks,
    RiskFilters,
    SORTS,
    sorts_of_search={"best": ("Best match", BEST_FIRST)},
    changed=changes.of_risks,
    told_to_some=("is_read_in_full",),
    export=risks_for,
)
SCORES = Resource(serializers.ScoreSerializer, seen(Score, "created_by"), changed=SINCE_MADE)
CONTROLS = Resource(
    serializers.ControlSerializer, seen(Control, "created_by"), changed=any_since("created_at", "ended_at")
)
ACTIONS = Resource(
    serializers.ActionSerializer,
    read_in_full(Action, "organisation", "owner", "created_by"),
    changed=changes.of("created_at", "done_at", "dropped_at", model=Action),
)
COMMENTS = Resource(
    serializers.CommentSerializer, read_in_full(Comment, "organisation", "created_by"), changed=SINCE_MADE
)
TRANSFERS = Resource(
    serializers.TransferSerializer,
    read_in_full(Transfer, "from_organisation", "to_organisation", "created_by", "decided_by"),
    changed=any_since("created_at", "decided_at"),
)
SHARES = Resource(serializers.ShareSerializer, shares, changed=any_since("granted_at"))
HISTORY = Resource(serializers.EventSerializer, events_for, changed=any_since("at"))
DEADLINES = Resource(DeadlineSerializer, deadlines, changed=changed_since, prepare=with_clocks)
