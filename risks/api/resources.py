"""What can be read of risks: which rows, in which order, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from deadlines.api import DeadlineSerializer, with_bodies, with_clocks
from deadlines.models import Deadline, Kind
from risks.api import serializers
from risks.exporting import risks_for
from risks.filters import SORTS, RiskFilters
from risks.history import events_for
from risks.models import Action, Comment, Control, Involvement, Risk, RiskShare, Score, Transfer
from safetyreg.api.resources import Resource

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


RISKS = Resource(serializers.RiskSerializer, risks, RiskFilters, SORTS, export=risks_for)
SCORES = Resource(serializers.ScoreSerializer, seen(Score, "created_by"))
CONTROLS = Resource(serializers.ControlSerializer, seen(Control, "created_by"))
ACTIONS = Resource(serializers.ActionSerializer, read_in_full(Action, "organisation", "owner", "created_by"))
COMMENTS = Resource(serializers.CommentSerializer, read_in_full(Comment, "organisation", "created_by"))
TRANSFERS = Resource(
    serializers.TransferSerializer,
    read_in_full(Transfer, "from_organisation", "to_organisation", "created_by", "decided_by"),
)
SHARES = Resource(serializers.ShareSerializer, shares)
HISTORY = Resource(serializers.EventSerializer, events_for)
DEADLINES = Resource(DeadlineSerializer, deadlines, prepare=with_clocks)
