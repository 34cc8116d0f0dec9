"""Dates, spans and counts read as people say them, in London time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from safetyreg import words

APRIL = datetime(2026, 4, 8, 15, 10, tzinfo=UTC)


def test_a_moment_is_said_in_london_time() -> None:
    assert words.when(APRIL) == "Wednesday 8 April 2026, 4:10pm"


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(9, 0, "9am"), (12, 0, "midday"), (12, 5, "12:05pm"), (0, 5, "12:05am"), (17, 30, "5:30pm")],
)
def test_times_are_in_nhs_style(hour: int, minute: int, said: str) -> None:
    assert words.clock_time(datetime(2026, 1, 5, hour, minute, tzinfo=UTC)) == said


def test_midnight_is_the_end_of_the_day_before() -> None:
    assert words.when(datetime(2026, 4, 8, 23, 0, tzinfo=UTC)) == "the end of Wednesday 8 April 2026"
    assert words.when(datetime(2026, 4, 8, 23, 0, 7, tzinfo=UTC)) == "Thursday 9 April 2026, 12am"


def test_a_day_of_a_moment_is_the_day_it_is_in_london() -> None:
    assert words.day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2026"
    assert words.day(date(2026, 4, 8)) == "8 April 2026"


def test_nothing_is_said_of_no_moment() -> None:
    assert words.when(None) == words.day(None) == ""


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=1, minutes=59), "1 hour ago"),
        (timedelta(hours=47), "47 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=59), "59 days ago"),
        (timedelta(days=60), "2 months ago"),
    ],
)
def test_how_long_ago(length: timedelta, said: str) -> None:
    assert words.ago(APRIL - length, APRIL) == said


def test_how_long_until() -> None:
    assert words.until(APRIL + timedelta(days=3), APRIL) == "in 3 days"
    assert words.until(APRIL, APRIL) == "now"


def test_counts() -> None:
    assert [words.plural(count, "risk") for count in (0, 1, 2)] == ["no risks", "1 risk", "2 risks"]
    assert words.plural(2, "body", "bodies") == "2 bodies"


def test_lists() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a", "b"], joiner="or") == "a or b"
