"""Figures about hazards that many organisations report, and about those that are reported more and more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q

from accounts.models import Level
from overview.figures.listing import logged_risks, open_risks
from overview.figures.tables import Column, Figure, Holds, Row
from risks.counting import begins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overview.figures.scope import Scope

FEWEST_BODIES = 3  # for a hazard to recur
SPAN = timedelta(days=90)
FEWEST_NEW = 5  # for a hazard to emerge
RISE = 2  # times as many as before
SHOWN = 20


def recurring(scope: Scope) -> list[Row]:
    counted = scope.risks.values_list("theme", "process").annotate(
        bodies=Count("organisation", distinct=True), many=Count("pk")
    )
    rows = counted.filter(bodies__gte=FEWEST_BODIES).order_by("-bodies", "-many", "theme", "process")
    return [list(row) for row in rows[:SHOWN]]


def emerging(scope: Scope) -> list[Row]:
    since = scope.today - SPAN + timedelta(days=1)
    recently = Q(logged_at__gte=begins(since))
    counted = (
        scope.logged_risks.filter(logged_at__gte=begins(since - SPAN))
        .values_list("theme", "process")
        .annotate(many=Count("pk", filter=recently), before=Count("pk", filter=~recently))
    )
    risen = counted.filter(Q(many__gte=FEWEST_NEW) & Q(many__gte=RISE * F("before")))
    in_order = risen.order_by("-many", "before", "theme", "process")[:SHOWN]
    return [[theme, process, since.isoformat(), many, before] for theme, process, many, before in in_order]


def _standing(row: Mapping[str, Any]) -> str:
    return open_risks(theme=row["theme"], process=row["process"])


def _newly(row: Mapping[str, Any]) -> str:
    return _logged(row, logged_from=row["since"])


def _before(row: Mapping[str, Any]) -> str:
    since = date.fromisoformat(row["since"])
    return _logged(row, logged_from=since - SPAN, logged_to=since - timedelta(days=1))


def _logged(row: Mapping[str, Any], **when: object) -> str:
    return logged_risks(theme=row["theme"], process=row["process"], **when)


THEME, PROCESS = Column("theme", "Theme", Holds.THEME), Column("process", "Part of care", Holds.PROCESS)
FIGURES = (
    Figure(
        "recurring_hazards",
        "Recurring hazards",
        f"Open risks that you read in full with one theme in one part of care, where {FEWEST_BODIES} organisations or "
        f"more own one. At most the {SHOWN} that the most organisations own.",
        (
            THEME,
            PROCESS,
            Column("bodies", "Organisations", Holds.NUMBER),
            Column("risks", "Open risks", Holds.NUMBER),
        ),
        recurring,
        {"bodies": _standing, "risks": _standing},
        frozenset({Level.ICB, Level.REGION, Level.NATIONAL}),
    ),
    Figure(
        "emerging_hazards",
        "Emerging hazards",
        "Risks that you read in full, open or closed, with one theme in one part of care, where at least "
        f"{FEWEST_NEW} were logged in the last {SPAN.days} days (today included), and at least {RISE} times as many as "
        f"in the {SPAN.days} days before. At most the {SHOWN} with the most.",
        (
            THEME,
            PROCESS,
            Column("since", "Since", Holds.DAY),
            Column("risks", "Newly logged", Holds.NUMBER),
            Column("before", f"In the {SPAN.days} days before", Holds.NUMBER),
        ),
        emerging,
        {"risks": _newly, "before": _before},
    ),
)
