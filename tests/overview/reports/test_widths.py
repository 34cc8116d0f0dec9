"""How wide columns are on paper."""

from __future__ import annotations

from overview.reports.document import Column
from overview.reports.widths import PAGE, widths

NAME, NUMBER = Column("Organisation"), Column("Late, and not done yet", is_number=True)
TITLE = Column("Risk", is_long=True)


def test_a_short_table_is_as_wide_as_its_words_and_no_wider() -> None:
    given = widths([Column("Band"), NUMBER], [["Low", "3"], ["Moderate", "12"]])
    assert sum(one["mm"] for one in given) < PAGE / 4


def test_a_longer_cell_makes_a_wider_column() -> None:
    (short, _), (long, _) = (widths([NAME, NUMBER], [[name, "3"]]) for name in ("Barts", "North East London " * 2))
    assert short["mm"] < long["mm"]


def test_what_is_too_wide_shares_what_numbers_and_dates_leave() -> None:
    day = Column("Due")
    given = widths([TITLE, NAME, NUMBER, day, TITLE], [["x" * 50, "y" * 40, "7", "28 November 2026", "z" * 300]])
    assert [next(iter(one)) for one in given] == ["share", "share", "mm", "mm", "share"]
    assert given[4]["share"] > given[0]["share"] > given[1]["share"]


def test_many_numbers_with_what_they_were_leave_room_for_words() -> None:
    rows = [["Decide what to do about the escalation", "Integrated care board", *["12,345 (11,234)"] * 8]]
    given = widths([NAME, Column("Level"), *[NUMBER] * 8], rows)
    assert PAGE - sum(one.get("mm", 0) for one in given) > PAGE / 4


def test_a_table_without_rows_or_words_has_columns_all_the_same() -> None:
    assert all(one["mm"] > 0 for one in widths([Column(""), NUMBER], []))
