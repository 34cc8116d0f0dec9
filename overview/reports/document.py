"""A report in words: the one thing that is drawn as PDF and written as XLSX, so that both say the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from overview.charts.drawing import Chart, chart_of
from overview.figures import registry, showing
from overview.figures.tables import COUNTS, NUMERIC, Holds
from overview.reports.looking_up import Found, Value, anybody_at, named
from overview.reports.parts import PARTS, SECTIONS, Part
from safetyreg.words import when

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accounts.actors import Actor
    from overview.figures.showing import Cell, Shown
    from overview.reports.models import Report

# The figures that a meeting looks at first, with a chart for each that has one. The others come last.
FIRST_LOOK = ("at_a_glance", "heat_map", "open_by_month", "escalations_by_stage", "times_by_month")
MOST_DRAWN = 8  # rows of a chart; its table has the others
NO_FIGURE = "There is nothing to count."
UNCHANGED = "No figure is another than it was then."
FIRST = "This is the first report of this body that is still kept: there is nothing to compare it with."


@dataclass(frozen=True)
class Column:
    """`is_then`: what the number to the left of it was at the last report."""

    heading: str
    is_number: bool = False
    is_long: bool = False
    is_then: bool = False


@dataclass(frozen=True)
class Table:
    """`total` is how many rows there are, of which `rows` may be the first. `empty` is said where there is none."""

    key: str
    heading: str
    says: str
    columns: list[Column]
    rows: list[list[Value]]
    total: int
    empty: str
    chart: Chart | None = None


@dataclass(frozen=True)
class Section:
    heading: str
    tables: list[Table]


@dataclass
class Document:
    """`names` are the ids of all that is named, by the sentence that allows to read it."""

    title: str
    body: str
    facts: list[tuple[str, str]]
    sections: list[Section] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)


def of(report: Report) -> Document:
    """What the body may read of a report at this moment, in the words of this moment."""
    reader = anybody_at(report.organisation)
    names: dict[str, set[str]] = defaultdict(set)
    lists = _lists(report.contents, reader, names)
    now, figures, changes = _figures(report, reader, names)
    document = Document("Patient safety risks report", report.organisation.name, facts(report))
    document.sections = [
        Section("Where things stand", [_charted(figures.pop(key), now[key]) for key in FIRST_LOOK if key in now]),
        *(
            Section(heading, [*([changes] if place == 0 else []), *(lists[part.key] for part in parts)])
            for place, (heading, parts) in enumerate(SECTIONS)
        ),
        Section("More figures", list(figures.values())),
    ]
    document.names = {among: sorted(ids) for among, ids in names.items() if ids}
    return document


def facts(report: Report) -> list[tuple[str, str]]:
    """What the cover says."""
    asked = f"{report.asked_by.name}, {when(report.asked_at)}" if report.asked_by else "by the monthly schedule"
    found = [
        ("Body", report.organisation.name),
        ("Period", f"from {when(report.since)} to {when(report.moment)}"),
        ("Figures as of", when(report.moment)),
        ("Asked for", asked),
        ("Compared with", f"the report of {when(report.previous.moment)}" if report.previous else "no earlier report"),
    ]
    if report.redrawn_at:
        found.append(("Drawn again", f"{when(report.redrawn_at)}, without what is no longer shared with this body"))
    return found


def _lists(contents: Mapping[str, Any], reader: Actor, names: dict[str, set[str]]) -> dict[str, Table]:
    kept = {part.key: contents.get(part.key, {"rows": [], "total": 0}) for part in PARTS}
    wanted: dict[str, set[str]] = defaultdict(set)
    for part in PARTS:
        for among, ids in named(part.kinds, kept[part.key]["rows"]).items():
            wanted[among] |= ids
    found = Found(reader, wanted)
    return {part.key: _list(part, kept[part.key], found, names) for part in PARTS}


def _list(part: Part, kept: Mapping[str, Any], found: Found, names: dict[str, set[str]]) -> Table:
    shown = found.rows(part.kinds, kept["rows"])
    _note(names, named(part.kinds, [row for row, _values in shown]))
    columns = [Column(heading, kind.is_number, kind.is_long) for heading, kind in part.columns]
    left_out = len(kept["rows"]) - len(shown)
    return Table(
        part.key, part.heading, part.says, columns, [values for _row, values in shown], kept["total"] - left_out,
        part.empty,
    )  # fmt: skip


def _note(to: dict[str, set[str]], more: Mapping[str, set[str]]) -> None:
    for among, ids in more.items():
        if among != "bodies":  # those are known to everybody
            to[among] |= ids


def _charted(table: Table, shown: Shown) -> Table:
    return replace(table, chart=chart_of(shown, MOST_DRAWN))


def _figures(
    report: Report, reader: Actor, names: dict[str, set[str]]
) -> tuple[dict[str, Shown], dict[str, Table], Table]:
    """Every figure as it is shown now, its table with what it was at the last report, and what of it has changed."""
    of_level = registry.for_level(report.organisation.level)
    now = showing.in_words(report.tables, of_level, reader)
    earlier = report.previous.tables if report.previous else None
    then = showing.in_words(earlier, of_level, reader) if earlier else {}
    _note(names, {"risks": set(_risks_of([*now.values(), *then.values()]))})
    tables, changes = {}, []
    for key, shown in now.items():
        before = _by_label(then[key]) if key in then else None
        tables[key] = _figure(shown, before)
        changes += _changes(shown, before) if before is not None else []
    headings = ("Figure", "Of what", "Then", "Now", "Change")
    columns = [Column(heading, place > 1) for place, heading in enumerate(headings)]
    changes.sort(key=_by_how_much, reverse=True)
    says = "Numbers that are not what they were at the last report, the largest change first."
    table = Table("changes", "Figures that changed", says, columns, changes, len(changes),
                  UNCHANGED if earlier else FIRST)  # fmt: skip
    return now, tables, table


def _risks_of(all_shown: Iterable[Shown]) -> Iterable[str]:
    for shown in all_shown:
        for place, column in enumerate(shown.columns):
            if column.holds == Holds.RISK:
                yield from (row[place].value for row in shown.rows if row[place].value)


def _label(shown: Shown, row: list[Cell]) -> tuple[Any, ...]:
    """What a row is about: what stands before its first number. What stands after it may change, as numbers do."""
    return tuple(cell.value for cell in row[: _first_number(shown)])


def _first_number(shown: Shown) -> int:
    return next(place for place, column in enumerate(shown.columns) if column.holds in NUMERIC)


def _by_label(shown: Shown) -> dict[tuple[Any, ...], list[Cell]]:
    return {_label(shown, row): row for row in shown.rows}


def _figure(shown: Shown, before: Mapping[tuple[Any, ...], list[Cell]] | None) -> Table:
    """Beside each number, what it was."""
    columns, rows = [], []
    for column in shown.columns:
        columns.append(Column(column.heading, column.holds in NUMERIC, column.holds == Holds.RISK))
        if column.holds in NUMERIC and before is not None:
            columns.append(Column(f"{column.heading}, then", is_number=True, is_then=True))
    for row in shown.rows:
        was = (before or {}).get(_label(shown, row))
        values = []
        for place, (column, cell) in enumerate(zip(shown.columns, row, strict=True)):
            is_number = column.holds in NUMERIC
            values.append(_value(cell, is_number))
            if is_number and before is not None:
                values.append(_value(was[place], True) if was else _missing(column.holds))
        rows.append(values)
    figure = shown.figure
    return Table(figure.key, figure.heading, figure.says, columns, rows, len(rows), NO_FIGURE)


def _value(cell: Cell, is_number: bool) -> Value:
    return Value(cell.text, cell.value if is_number else None)


def _missing(holds: Holds) -> Value:
    """A count that a figure did not list was none; of days or a share nothing can be said."""
    return Value("0", 0) if holds in COUNTS else Value("none")


def _changes(shown: Shown, before: Mapping[tuple[Any, ...], list[Cell]]) -> list[list[Value]]:
    """Counts alone: which went up, which down. Those that are listed no more have become none."""
    now = _by_label(shown)
    found = []
    for label in [*now, *(label for label in before if label not in now)]:
        row = now.get(label) or before[label]
        words = ", ".join(cell.text for cell in row[: _first_number(shown)])
        for place, column in enumerate(shown.columns):
            if column.holds in COUNTS:
                then, is_now = (_count(rows.get(label), place) for rows in (before, now))
                if then != is_now:
                    what = Value(words or column.heading)
                    name = shown.figure.heading
                    found.append([Value(name), what, _number(then), _number(is_now), _change(is_now - then)])
    return found


def _by_how_much(row: list[Value]) -> float:
    _figure, _of_what, then, now, _change = row
    return abs((now.number or 0) - (then.number or 0))


def _count(row: list[Cell] | None, place: int) -> float:
    return (row[place].value or 0) if row else 0


def _number(count: float) -> Value:
    return Value(f"{count:,}", count)


def _change(by: float) -> Value:
    return Value(f"{'up' if by > 0 else 'down'} {abs(by):,}", by)
