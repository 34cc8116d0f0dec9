"""The charts in a report: those of the dashboard, with the same numbers, in black and white and in words."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from escalations import services as escalations
from overview.charts.grids import HeatMap
from overview.charts.paper import Drawing
from overview.figures.tables import Column as SampleColumn
from overview.figures.tables import Holds
from overview.reports import document, on_paper, pdf
from overview.reports.document import Column, Table
from overview.reports.looking_up import Value
from risks.scoring import Band
from tests.factories import NOW
from tests.overview.charts import samples
from tests.overview.reports.reading import fetched, made, words_of
from tests.overview.reports.reading import pdf as opened
from tests.visiting import visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.actors import Actor
    from overview.models import Report
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
DRAWN = {"open_by_month", "escalations_by_stage", "times_by_month"}


@pytest.fixture
def icb(ladder: Ladder) -> Actor:
    """Of a body with something on every chart."""
    lead, ago = ladder.actor(ladder.provider), NOW - timedelta(days=40)
    for likelihood in (2, 4):
        risk = ladder.risk(lead, involved=[ladder.neighbour], likelihood=likelihood, now=ago)
        hop = escalations.escalate_risk(risk=risk, reason="Too big", ask="Agree one form", by=lead, now=ago)
        if likelihood == 4:
            escalations.acknowledge(escalation=hop, by=ladder.actor(ladder.icb), now=ago + timedelta(days=4))
    return ladder.actor(ladder.icb)


def tables_of(report: Report) -> dict[str, Table]:
    return {table.key: table for section in document.of(report).sections for table in section.tables}


def words_in(svg: str) -> list[str]:
    return [unescape(words) for words in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def test_each_drawing_says_what_the_dashboard_draws_at_that_moment(icb: Actor) -> None:
    report = made(icb)
    tables, words, browser = tables_of(report), words_of(fetched(report, "pdf", icb)), visitor(icb)
    for key in DRAWN:
        chart = tables[key].chart
        assert isinstance(chart, Drawing)
        page = browser.get(f"/dashboard/{key}/").content.decode()
        (on_page,) = re.findall(r'<svg class="app-drawing".*?</svg>', page, re.DOTALL)
        drawn = words_in(on_paper.svg(chart, pdf.FONT))
        assert drawn == [*words_in(on_page), *(chart.key if len(chart.key) > 1 else [])], key
        assert all(one in words for one in [chart.says, *drawn]), key  # as text, in the font that the PDF carries


def test_the_matrix_has_the_numbers_of_the_dashboard_and_of_its_table(icb: Actor) -> None:
    report = made(icb)
    table = tables_of(report)["heat_map"]
    assert isinstance(table.chart, HeatMap)
    given = on_paper.as_given(table.chart, table.heading, pdf.FONT)["heat"]
    numbers = [int(cell["number"]) for row in given["rows"] for cell in row["cells"]]
    page = visitor(icb).get("/dashboard/heat_map/").content.decode()
    on_page = re.findall(r'class="app-heat__number"[^>]*>(\d+)', page)
    assert numbers == list(map(int, on_page))
    assert sum(numbers) == sum(row[-1].number or 0 for row in table.rows) == 2


def test_every_drawing_has_words_for_whoever_does_not_see_it_and_its_table_behind_it(icb: Actor) -> None:
    report = made(icb)
    tables = tables_of(report)
    root = opened(fetched(report, "pdf", icb)).trailer["/Root"]["/StructTreeRoot"]
    told = [element["/Alt"] for element in elements_in(root) if element.get("/S") == "/Figure"]
    assert told == [f"{tables[key].heading}. {tables[key].chart.says}" for key in tables if key in DRAWN]  # type: ignore[union-attr]
    assert all(table.rows for table in tables.values() if table.chart)


def test_bands_get_darker_with_their_weight_and_their_letters_stand_out() -> None:
    lights = [light_of(on_paper.TINTS[band][0]) for band in Band]
    assert lights == sorted(lights, reverse=True)
    assert all(brighter / darker > 1.3 for brighter, darker in pairwise(lights))
    for fill, ink in on_paper.TINTS.values():
        brighter, darker = sorted((light_of(fill), light_of(ink)), reverse=True)
        assert brighter / darker >= 4.5  # WCAG 1.4.3


def light_of(colour: str) -> float:
    """Its relative luminance and 0.05, as WCAG 2 measures contrast."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05


HOSTILE = "<b>&\N{GRINNING FACE}</b>\x01"
NAMED = SampleColumn("name", "Name", Holds.WORDS)
MONTHLY = (SampleColumn("month", "Month", Holds.MONTH), NAMED, SampleColumn("risks", "Risks", Holds.NUMBER))
SPREAD = (NAMED, *(SampleColumn(key, key, Holds.DAYS) for key in ("least", "middle", "most")))


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (MONTHLY, [["2026-10", HOSTILE, 3], ["2026-11", HOSTILE, 4], ["2026-11", "other", 1]]),
        (SPREAD, [[HOSTILE, 1, 2, 3]]),
    ],
    ids=["lines", "ranges"],
)
def test_whatever_is_named_in_a_drawing_is_words_in_it(columns: Any, rows: Any) -> None:
    """No markup; and letters that the font lacks keep nothing from being drawn."""
    chart = document.chart_of(samples.shown(columns, rows))
    assert isinstance(chart, Drawing)
    assert HOSTILE in words_in(on_paper.svg(chart, pdf.FONT))
    table = Table("one", "One & <other>", "Says", [Column("Of")], [[Value("a")]], 1, "Nothing", chart)
    assert drawn(table).startswith(b"%PDF")


def test_a_number_that_was_another_is_shown_beside_it() -> None:
    columns = [Column("What"), Column("Now", is_number=True), Column("Now, then", is_number=True, is_then=True)]
    rows = [[Value("more"), Value("5", 5), Value("3", 3)], [Value("as it was"), Value("4", 4), Value("4", 4)]]
    table = Table("one", "One", "Says", columns, rows, 2, "Nothing")
    words = words_of(drawn(table))
    assert "more 5 (3)" in words
    assert "as it was 4" in words
    assert "4 (4)" not in words


def drawn(table: Table) -> bytes:
    return pdf.drawn(document.Document("Title", "Body", [], [document.Section("Section", [table])]), NOW)


def elements_in(element: Any) -> Iterator[Any]:
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for one in element:
            yield from elements_in(one)
    elif isinstance(element, dict):
        yield element
        yield from elements_in(element.get("/K", []))
