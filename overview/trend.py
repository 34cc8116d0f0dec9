"""How a risk's score went over time, as points of a small drawing that needs no script."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from risks.models import ScoreKind
from risks.scoring import BAND_RANGES
from safetyreg.words import day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from risks.models import Score

WIDTH, HEIGHT, EDGE = 400, 130, 12
HIGHEST = 25


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    score: Score


@dataclass(frozen=True)
class Stripe:
    """A band, as a stripe across the drawing."""

    name: str
    y: float
    height: float


@dataclass(frozen=True)
class Trend:
    points: list[Point]
    line: str
    target_y: float | None
    stripes: list[Stripe]
    width: int = WIDTH
    height: int = HEIGHT


def trend_of(scores: Sequence[Score], now: datetime) -> Trend | None:
    """The initial and current scores, oldest first, from the first one until now. None before a second one."""
    given = [score for score in scores if score.kind != ScoreKind.TARGET]
    if len(given) < 2:
        return None
    targets = [score for score in scores if score.kind == ScoreKind.TARGET]
    points = _points(given, now)
    return Trend(points, _steps(points), _y(targets[-1].score) if targets else None, _stripes())


def in_words(scores: Sequence[Score]) -> str:
    """How the score last moved, from the same scores, oldest first. Empty for a risk that has not been scored.

    A risk judged again at the score that it had has not moved.
    """
    given = [score for score in scores if score.kind != ScoreKind.TARGET]
    moves = [(before, after) for before, after in pairwise(given) if before.score != after.score]
    if not moves:
        return "Unchanged since it was logged" if given else ""
    before, after = moves[-1]
    way = "Up" if after.score > before.score else "Down"
    return f"{way} from {before.score} to {after.score} since {day(after.created_at)}"


def _points(given: Sequence[Score], now: datetime) -> list[Point]:
    began = given[0].created_at
    whole = max((now - began).total_seconds(), 1)
    across = WIDTH - 2 * EDGE
    return [
        Point(round(EDGE + across * (score.created_at - began).total_seconds() / whole, 1), _y(score.score), score)
        for score in given
    ]


def _steps(points: Sequence[Point]) -> str:
    """A score stands until the next is given, so the line goes in steps, and on until now."""
    corners = [f"{points[0].x},{points[0].y}"]
    for before, after in pairwise(points):
        corners += [f"{after.x},{before.y}", f"{after.x},{after.y}"]
    return " ".join([*corners, f"{WIDTH - EDGE},{points[-1].y}"])


def _y(score: float) -> float:
    return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * score / HIGHEST, 1)


def _stripes() -> list[Stripe]:
    """No score lies between two bands, so each stripe reaches up to where the next one begins."""
    lows = [low for low, _high in BAND_RANGES.values()]
    edges = [*[low - 0.5 for low in lows], HIGHEST + 0.5]
    return [
        Stripe(band.value, _y(top), round(_y(bottom) - _y(top), 1))
        for band, (bottom, top) in zip(BAND_RANGES, pairwise(edges), strict=True)
    ]
