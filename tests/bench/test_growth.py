"""The table of `make bench` says what grew too much and which pages are too slow, and does not when none did."""

from __future__ import annotations

from bench import growth
from bench.timing import Measured

NATIONAL = "Pages, national"


def test_what_grows_less_than_the_register_and_is_fast_is_not_named() -> None:
    told = {100: [Measured(NATIONAL, "triage", 40, 60)], 1000: [Measured(NATIONAL, "triage", 299, 799)]}
    assert growth.verdict(told).splitlines() == [
        "Grew in proportion to the risks or more: nothing.",
        "National pages slower than 300 ms at the median or 800 ms at the 95th percentile: none.",
    ]
    assert "| Pages, national | triage | 40 / 60 | 299 / 799 | 7.5 |" in growth.table(told)


def test_what_grows_as_much_as_the_register_is_named() -> None:
    told = {100: [Measured("Search, ICB", "a word", 4, 5)], 1000: [Measured("Search, ICB", "a word", 40, 50)]}
    assert "Grew in proportion to the risks or more: Search, ICB: a word." in growth.verdict(told)


def test_a_national_page_is_named_when_it_is_slow_at_the_median_or_in_the_slowest_twentieth() -> None:
    told = {
        100: [Measured(NATIONAL, "triage", 290, 300), Measured(NATIONAL, "dashboard", 290, 300)],
        1000: [Measured(NATIONAL, "triage", 301, 302), Measured(NATIONAL, "dashboard", 291, 801)],
    }
    assert growth.verdict(told).endswith("triage (301 / 302); dashboard (291 / 801).")


def test_what_only_the_larger_register_has_is_left_out() -> None:
    told = {100: [], 1000: [Measured("Look-alikes, provider", "of a risk", 9, 9)]}
    assert "Look-alikes" not in growth.table(told)
