"""The figure about hazards that several organisations hold, found by links and by words and not by theme."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import Level
from overview.figures.listing import open_risks
from overview.figures.of_hazards import FEWEST_BODIES, SHOWN, SPAN
from overview.figures.tables import Column, Figure, Holds, Row
from risks import hazards
from risks.counting import begins
from risks.scoring import band
from safetyreg.words import LONDON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from overview.figures.scope import Scope
    from risks.models import Risk

EMERGING, STANDING = "Yes", "No"


def same_hazard(scope: Scope) -> list[Row]:
    """Those that the most organisations hold first, then those of which there are the most risks."""
    held = [group for group in hazards.groups(scope.organisation) if len({*group.values()}) >= FEWEST_BODIES]
    shown = sorted(held, key=lambda group: (-len({*group.values()}), -len(group), min(group)))[:SHOWN]
    wanted = scope.risks.only("reference", "organisation", "score", "logged_at")
    known = wanted.in_bulk([risk for group in shown for risk in group])
    since = begins(scope.today - SPAN + timedelta(days=1))
    # For a report, which asks outside of the moment that figures have, one may have been closed in between.
    left = ([known[risk] for risk in group if risk in known] for group in shown)
    return [_row(group, since) for group in left if len({risk.organisation_id for risk in group}) >= FEWEST_BODIES]


def _row(group: Sequence[Risk], since: datetime) -> Row:
    # Of equals it is named by the first that was logged.
    worst = min(group, key=lambda risk: (-risk.score, risk.reference))
    logged = sorted(risk.logged_at for risk in group)  # type: ignore[type-var]
    new = [risk for risk in group if risk.logged_at >= since]  # type: ignore[operator]
    return [
        str(worst.pk),
        len({risk.organisation_id for risk in group}),
        [str(risk.pk) for risk in group],
        band(worst.score).value,
        *(moment.astimezone(LONDON).date().isoformat() for moment in (logged[0], logged[-1])),  # type: ignore[union-attr]
        [str(risk.pk) for risk in new],
        EMERGING if len(new) * 2 > len(group) else STANDING,
    ]


def _those(key: str) -> Callable[[Mapping[str, Any]], str]:
    """The risks of a column, as far as the reader reads them."""
    return lambda row: open_risks(references=",".join(risk.reference for risk in row[key])) if row[key] else ""


FIGURES = (
    Figure(
        "same_hazard",
        "The same hazard at several organisations",
        "Open risks that you read in full and that belong together: linked as the same hazard, or a likely pair that "
        f"you have not dismissed, or connected by such steps, where {FEWEST_BODIES} organisations or more own one. The "
        f"{hazards.MOST_TIES:,} most alike pairs are looked at, the most alike first, and a group takes in "
        f"{hazards.MOST_RISKS} risks at most. Each is named by its worst risk. It is emerging if more than half of its "
        f"risks were logged in the last {SPAN.days} days, today included. At most the {SHOWN} that the most "
        "organisations hold.",
        (
            Column("such_as", "Such as", Holds.RISK),
            Column("bodies", "Organisations", Holds.NUMBER),
            Column("risks", "Open risks", Holds.RISKS),
            Column("worst", "Worst band", Holds.BAND),
            Column("first", "First logged", Holds.DAY),
            Column("last", "Last logged", Holds.DAY),
            Column("new", f"Logged in the last {SPAN.days} days", Holds.RISKS),
            Column("emerging", "Emerging", Holds.WORDS),
        ),
        same_hazard,
        {"bodies": _those("risks"), "risks": _those("risks"), "new": _those("new")},
        frozenset({Level.ICB, Level.REGION, Level.NATIONAL}),
    ),
)
