"""Charts draw the numbers of their table, whatever these are, and say in words what they show."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overview.charts import bars, grids, kinds, lines, ranges, stacked
from overview.charts.drawing import chart_of
from overview.charts.kinds import Kind, kind_of
from overview.charts.paper import WIDTH, wide
from overview.charts.scales import in_short, ticks
from overview.dashboards import sections
from overview.figures import registry
from overview.figures.showing import Shown
from overview.figures.tables import Column, Figure, Holds
from tests.overview.charts import samples
from tests.overview.charts.samples import cell, shown


@pytest.fixture(autouse=True)
def _samples(monkeypatch: pytest.MonkeyPatch) -> None:
    samples.install(monkeypatch)


# A busy machine may stop for seconds between two examples: that says nothing of a drawing.
of_any = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OF_THE_DASHBOARD = registry.ALL  # as it is without the samples
KINDS = {
    "heat": Kind.HEAT_MAP,
    "crossings": Kind.MATRIX,
    "long_bars": Kind.BARS,
    "parts": Kind.STACKED,
    "trend": Kind.LINES,
    "share": Kind.LINES,
    "by_level": Kind.LINES,
    "spread": Kind.RANGES,
    "ages": Kind.BARS,
    "nothing": Kind.BARS,
}


def test_the_columns_say_which_chart_shows_a_figure() -> None:
    assert {figure.key: kind_of(figure) for figure in samples.FIGURES} == KINDS
    of_risks = Figure("risks", "", "", samples.OF_RISKS, lambda _scope: [])
    assert kind_of(of_risks) == Kind.TABLE
    words_alone = Figure("words", "", "", (Column("what", "What", Holds.WORDS),), lambda _scope: [])
    assert kind_of(words_alone) == Kind.TABLE


@pytest.mark.parametrize("figure", [*registry.ALL, *samples.FIGURES], ids=lambda figure: figure.key)
def test_a_figure_with_nothing_in_it_has_no_chart_and_one_row_is_drawn(figure: Figure) -> None:
    assert chart_of(Shown(figure, [])) is None
    row = [cell(ONE_OF.get(column.holds, 3)) for column in figure.columns]
    drawn = chart_of(Shown(figure, [row]))
    assert (drawn is None) == (kind_of(figure) in (Kind.TABLE, Kind.GLANCE))
    assert drawn is None or (drawn.says and drawn.left_out == 0)
    none = [cell(None if column.holds in NUMBERS else ONE_OF.get(column.holds)) for column in figure.columns]
    assert chart_of(Shown(figure, [none])) is None


ONE_OF = {Holds.MONTH: "2026-11", Holds.SHARE: 0.5, Holds.ORGANISATION: "a", Holds.LIKELIHOOD: 4, Holds.CONSEQUENCE: 3}
NUMBERS = {Holds.NUMBER, Holds.DAYS, Holds.SHARE}


def test_whatever_is_chosen_is_a_figure_of_the_dashboard_and_has_the_columns_that_are_drawn() -> None:
    figures = {figure.key: figure for figure in OF_THE_DASHBOARD}
    of_samples = {figure.key for figure in samples.FIGURES}
    for key, choice in kinds.CHOSEN.items():
        assert key in of_samples or {*choice.of} <= {column.key for column in figures[key].columns}, key
    assert sections.CHOSEN.keys() <= figures.keys()


# Bars


def test_a_bar_is_as_long_as_its_number_is_against_the_longest() -> None:
    drawn = bars.draw(shown(samples.BARS, [["A", 40], ["B", 10], ["C", 0], ["D", None]]))
    assert [bar.lengths[1] for bar in drawn.rows] == [100, 25, 0, 0]
    assert [bar.cells[1].text for bar in drawn.rows] == ["40", "10", "0", "none"]
    assert drawn.says == "Open risks, most: A, 40 of 50."


def test_a_bar_of_a_share_is_measured_against_the_whole() -> None:
    columns = (Column("body", "Body", Holds.WORDS), Column("share", "Share", Holds.SHARE))
    drawn = bars.draw(shown(columns, [["A", 0.5], ["B", 0.25], ["C", 0]]))
    assert [bar.lengths[1] for bar in drawn.rows] == [50, 25, 0]
    assert drawn.says == "Share, highest: A, 50%."


def test_whatever_is_there_is_to_be_seen_beside_an_enormous_number() -> None:
    drawn = bars.draw(shown(samples.BARS, [["A", 3_000_000_000], ["B", 1], ["C", 0]]))
    assert [bar.lengths[1] for bar in drawn.rows] == [100, bars.LEAST, 0]
    assert drawn.rows[0].cells[1].text == "3,000,000,000"


def test_rows_that_are_not_drawn_are_counted_and_measured_against() -> None:
    drawn = bars.draw(shown(samples.BARS, [["A", 1], ["B", 2], ["C", 4]]), most=2)
    assert ([bar.lengths[1] for bar in drawn.rows], drawn.left_out) == ([25, 50], 1)


def test_bars_of_nothing_say_so() -> None:
    drawn = bars.draw(shown(samples.BARS, [["A", 0], ["B", 0]]))
    assert drawn.says == "Open risks: none in any row."
    assert [bar.lengths[1] for bar in drawn.rows] == [0, 0]


def test_several_numbers_of_one_kind_are_measured_against_the_same() -> None:
    drawn = bars.draw(shown((*samples.BARS, Column("more", "More", Holds.NUMBER)), [["A", 5, 10], ["B", 0, 20]]))
    assert [bar.lengths for bar in drawn.rows] == [{1: 25, 2: 50}, {1: 0, 2: 100}]


def test_the_columns_that_are_drawn_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.CHOSEN, "ages", kinds.Choice(Kind.BARS, ("oldest",)))
    figure = next(figure for figure in samples.FIGURES if figure.key == "ages")
    assert kinds.drawn_places(figure) == [3]
    monkeypatch.setitem(kinds.CHOSEN, "ages", kinds.Choice(Kind.RANGES, ("gone",)))
    assert kind_of(figure) == Kind.BARS  # a column that it names is not there any more


# Grids


def test_the_heat_map_has_every_pair_in_its_place() -> None:
    rows = [[up, across, up * 10 + across] for up in range(1, 6) for across in range(1, 6)]
    drawn = grids.heat_map(shown(samples.HEAT, rows))
    found = [[one.cell.value for one in cells if one.cell] for _name, cells in drawn.rows]
    assert found == [[up * 10 + across for up in range(1, 6)] for across in range(5, 0, -1)]
    assert drawn.rows[0][0] == "5 Catastrophic"
    assert drawn.rows[0][1][4].band == "EXTREME"
    assert drawn.says == "Open risks, most: 55 of 825 at likelihood 5, consequence 5."


def test_the_matrix_has_the_largest_and_counts_what_is_not_on_it() -> None:
    rows = [["a", "b", 9], ["a", "c", 1], ["b", "a", 5], ["c", "a", 2], ["d", "a", 1]]
    columns = (Column("from", "From", Holds.WORDS), Column("to", "To", Holds.WORDS), samples.COUNT)
    drawn = grids.matrix(shown(columns, rows), most=2)
    assert drawn.letters == [("A", "b"), ("B", "a")]
    numbers = {name: [one.cell.value if one.cell else None for one in cells] for name, cells in drawn.rows}
    assert numbers == {"a": [9, None], "b": [None, 5]}
    assert [one.shade for one in drawn.rows[0][1]] == [4, 0]
    assert drawn.left_out == 3
    assert drawn.says == "Open risks, most: from a to b, 9."


def test_what_is_left_of_the_pairs_is_no_row_of_the_matrix() -> None:
    columns = (Column("from", "From", Holds.WORDS), Column("to", "To", Holds.WORDS), samples.COUNT)
    drawn = grids.matrix(shown(columns, [["a", "b", 1], [None, None, 40]]))
    assert ([name for name, _cells in drawn.rows], drawn.left_out) == (["a"], 1)
    assert drawn.says == "Open risks, most: from a to b, 1."
    assert "nothing that names" in grids.matrix(shown(columns, [[None, None, 40]])).says


# Parts of a whole


def test_each_part_is_as_wide_as_its_share_and_prints_its_number_where_it_fits() -> None:
    (whole,) = stacked.draw(shown(samples.PARTS, [["DECIDE", "ICB", 50, 0, 25, 24, 1, 0]])).rows
    assert [(part.pattern, part.width) for part in whole.parts] == [(1, 170), (3, 85), (4, 81.6), (5, 3.4)]
    assert [part.words and part.words.text for part in whole.parts] == ["50", "25", "24", None]
    assert whole.sum.text == "of 100"


def test_a_whole_of_nothing_has_no_part() -> None:
    drawn = stacked.draw(shown(samples.PARTS, [["DECIDE", "ICB", 0, 0, 0, 0, 0, 0]]))
    assert drawn.rows[0].parts == []
    assert drawn.says == "Nothing to compare yet: every number is 0."


def test_it_says_how_much_of_the_whole_each_part_is() -> None:
    rows = [["DECIDE", "ICB", 2, 0, 1, 0, 0, 1], ["DECIDE", "REGION", 0, 4, 0, 0, 0, 0]]
    says = stacked.draw(shown(samples.PARTS, rows)).says
    assert says.startswith("Of 8 in all: Within half 25%, Within the time 50%, Late 12%, Very late 0%")


NUMBER = st.one_of(st.none(), st.integers(0, 10**12))


@of_any
@given(st.lists(st.lists(NUMBER, min_size=6, max_size=6), min_size=1, max_size=8))
def test_parts_lie_side_by_side_on_the_drawing(rows: list[list[int | None]]) -> None:
    for whole in stacked.draw(shown(samples.PARTS, [["DECIDE", "ICB", *row] for row in rows])).rows:
        end = 0.0
        for part in whole.parts:
            assert part.x == pytest.approx(end, abs=0.2)
            end = part.x + part.width
        assert end == pytest.approx(WIDTH if whole.parts else 0, abs=0.3)


# Lines


def test_a_line_goes_through_the_numbers_of_its_column() -> None:
    columns = (Column("month", "Month", Holds.MONTH), samples.COUNT)
    drawn = lines.draw(shown(columns, [["2026-09", 0], ["2026-10", 10], ["2026-11", 20]]))
    (line,) = drawn.lines
    assert line.points[0].y - line.points[1].y == pytest.approx(line.points[1].y - line.points[2].y, abs=0.2)
    assert line.points[0].y == drawn.bottom
    assert line.last
    assert (line.last.text, [words.text for words in drawn.numbers]) == ("20", ["0", "10"])
    assert [words.text for words in drawn.rules] == ["0", "5", "10", "15", "20"]
    assert drawn.says == "Sep 2026 to Nov 2026: Open risks from 0 to 20."


def test_a_month_that_is_missing_breaks_the_line() -> None:
    drawn = lines.draw(shown(samples.ONE_LINE, [["2026-07", 0.1], ["2026-08", 0.2], ["2026-11", 1], ["2026-12", 0.5]]))
    assert len(drawn.lines[0].runs) == 2
    assert len(drawn.lines[0].points) == 4


def test_a_second_label_gives_each_a_line_of_its_own() -> None:
    rows = [[month, level, n] for n, month in enumerate(samples.MONTHS) for level in ("ICB", "REGION")]
    drawn = lines.draw(shown(samples.BY_LEVEL, rows))
    assert [line.name for line in drawn.lines] == [
        "Integrated care board",
        "Region",
    ]


def test_there_is_room_for_the_last_number_beside_its_point() -> None:
    drawn = lines.draw(shown(samples.ONE_LINE, [["2026-10", 0.5], ["2026-11", 1]]))
    last = drawn.lines[0].last
    assert last
    assert last.text == "100%"
    assert last.x + wide(last.text) <= WIDTH


def test_of_many_lines_the_largest_are_drawn() -> None:
    columns = (Column("month", "Month", Holds.MONTH), Column("what", "What", Holds.WORDS), samples.COUNT)
    drawn = lines.draw(shown(columns, [["2026-11", f"Line {n}", n] for n in range(9)]))
    assert [line.name for line in drawn.lines] == [f"Line {n}" for n in range(4, 9)]
    assert drawn.left_out == 4


@of_any
@given(st.lists(st.lists(st.integers(0, 10**12), min_size=5, max_size=5), min_size=1, max_size=12))
def test_last_numbers_never_stand_on_each_other(numbers: list[list[int]]) -> None:
    rows = [[month, *row] for month, row in zip(samples.MONTHS, numbers, strict=False)]
    drawn = lines.draw(shown(samples.TREND, rows))
    heights = sorted(line.last.y for line in drawn.lines if line.last)
    assert all(after - before >= lines.APART - 0.2 for before, after in pairwise(heights))
    assert all(0 <= point.x <= WIDTH and 0 <= point.y <= lines.HEIGHT for line in drawn.lines for point in line.points)


# Ranges


def test_a_range_is_drawn_in_the_order_of_its_numbers() -> None:
    rows = [["A", 0, 10, 20, 30, 40], ["B", 5, None, 5, None, 5]]
    columns = (Column("body", "Body", Holds.WORDS), *samples.SPREAD[1:])
    first, second = ranges.draw(shown(columns, rows)).rows
    assert first.low < first.box[0] < first.middle < first.box[1] < first.high  # type: ignore[operator, index]
    assert first.numbers.text == " \N{EN DASH} ".join(["0", "10", "20", "30", "40"])
    assert (second.low, second.box) == (second.high, None)


def test_a_body_without_numbers_is_left_out_of_the_drawing() -> None:
    columns = (Column("body", "Body", Holds.WORDS), *samples.SPREAD[1:])
    drawn = ranges.draw(shown(columns, [["A", *[None] * 5], ["B", 1, 2, 3, 4, 5]]))
    assert ([row.label[0].text for row in drawn.rows], drawn.left_out) == (["B"], 1)
    assert drawn.says == "Middle: from 3 days (B) to 3 days (B)."


# Names and numbers


def test_a_long_name_is_wrapped_and_shortened_in_a_drawing() -> None:
    columns = (Column("body", "Body", Holds.WORDS), *samples.SPREAD[1:])
    (row,) = ranges.draw(shown(columns, [[samples.LONG, 1, 2, 3, 4, 5]])).rows
    assert len(row.label) == 2
    assert row.label[-1].text.endswith("…")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (7.5, "7.5"), (9_999, "9,999"), (12_345, "12.3k"), (3_400_000, "3.4m"), (2_000_000_000, "2bn")],
)
def test_enormous_numbers_are_short_in_a_drawing(value: float, text: str) -> None:
    assert in_short(value) == text


@of_any
@given(st.floats(0, 1e15))
def test_a_scale_reaches_over_its_numbers_in_few_steps(most: float) -> None:
    scale = ticks(most)
    assert scale[0] == 0
    assert scale[-1] >= most * (1 - 1e-9)
    assert 2 <= len(scale) <= 6
