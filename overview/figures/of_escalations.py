"""Figures about escalations: what was asked of whom, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count

from escalations.models import Status
from overview.figures.tables import Column, Figure, Holds, Row

if TYPE_CHECKING:
    from overview.figures.scope import Scope


def by_stage(scope: Scope) -> list[Row]:
    """In the order of an escalation's life, those stages at which one stands."""
    counted = dict(scope.escalations.open().values_list("status").annotate(many=Count("pk")))
    return [[status.value, counted[status]] for status in Status if status in counted]


FIGURES = (
    Figure(
        "escalations_by_stage",
        "Open escalations by stage",
        "Escalations on risks that you read in full which are neither closed nor withdrawn.",
        (Column("stage", "Stage", Holds.STAGE), Column("escalations", "Escalations", Holds.NUMBER)),
        by_stage,
        {"escalations": lambda row: f"/escalations/?{urlencode({'box': 'all', 'status': row['stage']})}"},
    ),
)
