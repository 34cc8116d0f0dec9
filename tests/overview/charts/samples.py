"""Figures of every shape that there is a chart for: as of a small register, of an enormous one, and with long names."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from accounts.models import Organisation
from overview.charts import kinds
from overview.figures import registry
from overview.figures.showing import Cell, Shown, in_words
from overview.figures.tables import Column, Figure, Holds, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from overview.figures.scope import Scope

COUNT = Column("risks", "Open risks", Holds.NUMBER)
MONTHS = [f"2025-{month:02}" for month in (11, 12)] + [f"2026-{month:02}" for month in range(1, 11)]
LONG = "The " + "Longwindedly-Named " * 5 + "Foundation Trust for " + "x" * 60


def _columns(*columns: tuple[str, Holds]) -> tuple[Column, ...]:
    return tuple(Column(heading.lower().replace(" ", "_"), heading, holds) for heading, holds in columns)


def figure(key: str, columns: tuple[Column, ...], rows: Callable[[Any], list[Row]]) -> Figure:
    numbers = [column.key for column in columns if column.holds == Holds.NUMBER]
    links = {key: lambda row: f"/risks/?status=OPEN&n={len(row)}" for key in numbers}
    return Figure(key, f"Sample: {key.replace('_', ' ')}", "Counted for a test.", columns, rows, links)


def replaced(figure: Figure, rows: list[Row]) -> Figure:
    """The same figure, with these rows whatever there is to count."""
    return replace(figure, rows=lambda _scope: rows)


def install(monkeypatch: pytest.MonkeyPatch, *others: Figure) -> None:
    """In the place of the figures of the dashboard, after some others."""
    monkeypatch.setattr(registry, "ALL", (*others, *FIGURES))
    monkeypatch.setitem(kinds.CHOSEN, "parts", kinds.Choice(kinds.Kind.STACKED))


def shown(columns: tuple[Column, ...], rows: list[Row], key: str = "sample") -> Shown:
    """As a reader is shown it, of columns that stand for nothing in the database."""
    sample = figure(key, columns, lambda _scope: rows)
    reader: Any = SimpleNamespace(reads_risks=False)  # nothing is looked up
    return in_words({key: rows}, [sample], reader)[key]


def cell(value: Any, href: str = "") -> Cell:
    line: Any = SimpleNamespace(known={"any": value}, address=lambda _column, _value: href)
    return Cell(value, Column("any", "Any", Holds.WORDS), line)


def _bodies(_scope: Scope) -> list[str]:
    return [str(pk) for pk in Organisation.objects.order_by("name").values_list("pk", flat=True)]


def _crossings(scope: Scope) -> list[Row]:
    bodies = _bodies(scope)
    pairs = [(start, end) for start in bodies for end in bodies if start != end]
    return [[start, end, (number * 7) % 23 + 1] for number, (start, end) in enumerate(pairs)]


HEAT = (*_columns(("Likelihood", Holds.LIKELIHOOD), ("Consequence", Holds.CONSEQUENCE)), COUNT)
BARS = (*_columns(("Theme", Holds.WORDS)), COUNT)
PARTS = _columns(
    ("Clock", Holds.CLOCK),
    ("Level", Holds.LEVEL),
    ("Within half", Holds.NUMBER),
    ("Within the time", Holds.NUMBER),
    ("Late", Holds.NUMBER),
    ("Very late", Holds.NUMBER),
    ("Still open", Holds.NUMBER),
    ("Still late", Holds.NUMBER),
)
TREND = _columns(
    ("Month", Holds.MONTH), *((name, Holds.NUMBER) for name in ("Low", "Moderate", "High", "Extreme", "Not scored"))
)
ONE_LINE = _columns(("Month", Holds.MONTH), ("Share closed", Holds.SHARE))
BY_LEVEL = _columns(("Month", Holds.MONTH), ("Level", Holds.LEVEL), ("Days to decide", Holds.DAYS))
SPREAD = _columns(
    ("Body", Holds.ORGANISATION), *((name, Holds.DAYS) for name in ("Least", "Quarter", "Middle", "Most of", "Most"))
)
CROSSINGS = (*_columns(("From", Holds.ORGANISATION), ("To", Holds.ORGANISATION)), COUNT)
AGES = (
    *_columns(("Stage", Holds.STAGE)),
    COUNT,
    Column("median", "Middle age in days", Holds.DAYS),
    Column("oldest", "Oldest in days", Holds.DAYS),
)
OF_RISKS = (*_columns(("Risk", Holds.RISK)), COUNT)

FIGURES = (
    figure("heat", HEAT, lambda _scope: [[4, 4, 1_234_567], [1, 5, 3], [5, 5, 120]]),
    figure("crossings", CROSSINGS, _crossings),
    figure("long_bars", BARS, lambda _scope: [[LONG, 3_000_000_000], ["Falls", 1], ["", 0]] + [["More", 5]] * 20),
    figure(
        "parts",
        PARTS,
        lambda _scope: [
            ["ACKNOWLEDGE", "ICB", 12, 30, 4, 2, 5, 1],
            ["DECIDE", "REGION", 1, 0, 0, 0, 1, 0],
            ["ANSWER", "NATIONAL", 0, 0, 0, 0, 0, 0],
            ["ANSWER", "ICB", 3_000_000, 2_000_000, 400_000, 1, 0, 900_000],
        ],
    ),
    figure("trend", TREND, lambda _scope: [[m, 3 + n, 20 - n, 40 + 2 * n, 41 + n, 0] for n, m in enumerate(MONTHS)]),
    figure("share", ONE_LINE, lambda _scope: [[m, n / 14 if n != 4 else None] for n, m in enumerate(MONTHS)]),
    figure(
        "by_level",
        BY_LEVEL,
        lambda _scope: [[m, level, n + len(level)] for n, m in enumerate(MONTHS) for level in ("ICB", "REGION")],
    ),
    figure(
        "spread",
        SPREAD,
        lambda scope: [[body, n, n + 2, n * 2 + 3, n * 3 + 5, n * 9 + 8] for n, body in enumerate(_bodies(scope))],
    ),
    figure("ages", AGES, lambda _scope: [["RAISED", 5, 2, 9], ["ACCEPTED", 12, 30, None]]),
    figure("nothing", BARS, lambda _scope: []),
)
