"""The dashboard of one reader, as a page draws it: its figures with their charts, under their headings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from overview.charts.drawing import Chart, chart_of
from overview.charts.kinds import Kind, kind_of
from overview.dashboards.narrowing import narrowed
from overview.dashboards.sections import Section, section_of
from overview.figures import registry, showing, snapshots
from overview.figures.of_glance import LISTS, Glance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from accounts.actors import Actor
    from overview.figures.showing import Cell, Shown
    from overview.figures.tables import Figure

# How many rows are drawn: among others on the dashboard, and on a figure's own page, where a table is whole.
TOGETHER = {Kind.MATRIX: 6, Kind.STACKED: 6, Kind.RANGES: 8}
ALONE = {Kind.MATRIX: 12, Kind.BARS: None}
MOST_TOGETHER, MOST_ALONE = 10, 50
LATE = {Glance.OVERDUE}


@dataclass(frozen=True)
class Panel:
    """One figure. `rows` are those of its table that are shown here, `left_out` how many are not.

    `is_wide` is whether it has the whole width of a page.
    """

    shown: Shown
    kind: Kind
    chart: Chart | None
    rows: list[list[Cell]]
    is_wide: bool

    @property
    def figure(self) -> Figure:
        return self.shown.figure

    @property
    def left_out(self) -> int:
        return len(self.shown.rows) - len(self.rows)

    @property
    def path(self) -> str:
        return f"/dashboard/{self.figure.key}/"


@dataclass(frozen=True)
class Tile:
    """One of the numbers at the top."""

    words: str
    number: str
    href: str
    is_late: bool


@dataclass(frozen=True)
class Dashboard:
    """`sections` are those that have a figure, in order; `missing` are the figures that could not be made."""

    made_at: datetime
    missing: list[Figure]
    glance: list[Tile]
    sections: list[tuple[Section, list[Panel]]]


def dashboard_of(reader: Actor, now: datetime) -> Dashboard:
    """The figures of the organisation that somebody acts for, a few rows of each."""
    figures = snapshots.current(reader.organisation, now)
    shown = showing.shown(figures, reader)
    panels = [_panel(one, TOGETHER.get(kind_of(one.figure), MOST_TOGETHER), MOST_TOGETHER) for one in shown.values()]
    tiles = [_tile(*row) for panel in panels if panel.kind == Kind.GLANCE for row in panel.rows]
    sections = _in_sections(panel for panel in panels if panel.kind != Kind.GLANCE)
    return Dashboard(figures.made_at, snapshots.missing(figures), tiles, sections)


def panel_of(reader: Actor, figure: Figure, asked: Mapping[str, str], now: datetime) -> tuple[datetime, Panel]:
    """One figure with its whole table, or as much of it as is asked for, and when it was made."""
    made_at, shown = figure_of(reader, figure, asked, now)
    return made_at, _panel(shown, ALONE.get(kind_of(figure), MOST_ALONE), None)


def figure_of(reader: Actor, figure: Figure, asked: Mapping[str, str], now: datetime) -> tuple[datetime, Shown]:
    """One figure as a reader is shown it, narrowed down, and when it was made. Raises NotMade."""
    figures = snapshots.current(reader.organisation, now)
    if figure in snapshots.missing(figures):
        message = f"“{figure.heading}” could not be made just now. It will be tried again within five minutes."
        raise snapshots.NotMade(message)
    shown = showing.in_words(figures.tables, [figure], reader)[figure.key]
    return figures.made_at, narrowed(shown, asked)


def find(reader: Actor, key: str) -> Figure | None:
    """A figure that the dashboards of the reader's level have."""
    offered = registry.for_level(reader.organisation.level)
    return next((figure for figure in offered if figure.key == key), None)


def _panel(shown: Shown, drawn: int | None, listed: int | None) -> Panel:
    kind = kind_of(shown.figure)
    has_many_columns = kind in (Kind.BARS, Kind.TABLE) and len(shown.columns) > 3
    is_wide = has_many_columns or kind in (Kind.HEAT_MAP, Kind.MATRIX)
    return Panel(shown, kind, chart_of(shown, drawn), shown.rows[:listed], is_wide)


def _tile(what: Cell, number: Cell) -> Tile:
    is_late = bool(number.value) and what.value in LATE
    return Tile(what.text, number.text, LISTS[what.value], is_late)  # also of 0, which is a number to look behind too


def _in_sections(panels: Iterable[Panel]) -> list[tuple[Section, list[Panel]]]:
    sorted_in: dict[Section, list[Panel]] = {section: [] for section in Section}
    for panel in panels:
        sorted_in[section_of(panel.figure)].append(panel)
    return [(section, list(_filling_rows(kept))) for section, kept in sorted_in.items() if kept]


def _filling_rows(panels: Iterable[Panel]) -> Iterator[Panel]:
    """In the same order, and no row of the page half empty: where narrow ones cannot go two by two, one of them is made
    wide, if possible one whose bars gain by it.
    """
    for is_wide, together in groupby(panels, lambda panel: panel.is_wide):
        run = list(together)
        if not is_wide and len(run) % 2:
            leaves_pairs = run[::2]
            widened = next((one for one in reversed(leaves_pairs) if one.kind == Kind.BARS), run[-1])
            run = [replace(one, is_wide=one is widened) for one in run]
        yield from run
