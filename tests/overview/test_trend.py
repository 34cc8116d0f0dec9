"""How a score's way over time is drawn."""

from __future__ import annotations

from datetime import timedelta

from overview.trend import EDGE, WIDTH, Trend, trend_of
from risks.models import Score
from tests.factories import NOW


def given(kind: str, likelihood: int, consequence: int, *, days: int) -> Score:
    return Score(kind=kind, likelihood=likelihood, consequence=consequence, created_at=NOW + timedelta(days=days))


def drawn(*scores: Score, days: int = 10) -> Trend:
    trend = trend_of(scores, NOW + timedelta(days=days))
    assert trend is not None
    return trend


FIRST = given("INITIAL", 4, 4, days=0)


def test_one_score_makes_no_way() -> None:
    assert trend_of([FIRST], NOW) is None
    assert trend_of([FIRST, given("TARGET", 1, 1, days=1)], NOW) is None


def test_time_runs_from_left_to_right_and_a_higher_score_stands_higher() -> None:
    trend = drawn(FIRST, given("CURRENT", 5, 5, days=5), given("CURRENT", 1, 1, days=10))
    left, middle, right = trend.points
    assert (left.x, middle.x, right.x) == (EDGE, WIDTH / 2, WIDTH - EDGE)
    assert middle.y < left.y < right.y


def test_a_score_stands_until_the_next_is_given_and_the_last_until_now() -> None:
    trend = drawn(FIRST, given("CURRENT", 1, 1, days=5))
    before, after = trend.points
    assert trend.line == (f"{before.x},{before.y} {after.x},{before.y} {after.x},{after.y} {WIDTH - EDGE},{after.y}")


def test_the_newest_target_is_drawn() -> None:
    old, new = given("TARGET", 4, 4, days=1), given("TARGET", 2, 3, days=2)
    trend = drawn(FIRST, old, new, given("CURRENT", 2, 3, days=9))
    assert trend.target_y == trend.points[-1].y
    assert drawn(FIRST, given("CURRENT", 2, 3, days=9)).target_y is None


def test_every_score_lies_in_the_stripe_of_its_band() -> None:
    for likelihood in range(1, 6):
        for consequence in range(1, 6):
            trend = drawn(FIRST, given("CURRENT", likelihood, consequence, days=1))
            point = trend.points[-1]
            stripe = next(one for one in trend.stripes if one.name == point.score.band)
            assert stripe.y < point.y < stripe.y + stripe.height


def test_two_scores_at_one_moment_are_drawn_all_the_same() -> None:
    assert len(drawn(FIRST, given("CURRENT", 1, 1, days=0), days=0).points) == 2
