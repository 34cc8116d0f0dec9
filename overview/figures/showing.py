"""Figures as they are shown to one reader: words for the raw values, and links to the lists behind the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from accounts.models import Level, Organisation
from deadlines.models import Kind, Urgency
from escalations.models import Outcome, Status
from overview.figures import registry
from overview.figures.tables import NUMERIC, Column, Figure, Holds, Row
from risks import lfpse
from risks.models import Risk
from risks.scoring import CONSEQUENCES, LIKELIHOODS, Band
from safetyreg import months
from safetyreg.words import day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from accounts.actors import Actor
    from overview.models import FigureSet

WORDS: dict[Holds, dict[Any, str]] = {
    Holds.THEME: dict(lfpse.THEMES),
    Holds.PROCESS: dict(lfpse.PROCESSES),
    Holds.BAND: dict(Band.choices),
    Holds.LIKELIHOOD: {step.value: f"{step.value} {step.name}" for step in LIKELIHOODS},
    Holds.CONSEQUENCE: {step.value: f"{step.value} {step.name}" for step in CONSEQUENCES},
    Holds.STAGE: dict(Status.choices),
    Holds.OUTCOME: dict(Outcome.choices),
    Holds.URGENCY: dict(Urgency.choices),
    Holds.CLOCK: dict(Kind.choices),
    Holds.LEVEL: dict(Level.choices),
}


@dataclass(slots=True)
class Cell:
    """One value of a row, raw. Of a long table a page shows a few rows: words and addresses are made when asked for."""

    value: Any
    column: Column
    line: Line

    @property
    def text(self) -> str:
        return _text(self.column, self.value, self.line.known[self.column.key])

    @property
    def href(self) -> str:
        """The list behind a number; empty without one."""
        return self.line.address(self.column, self.value)


@dataclass
class Line:
    """A row of a figure's table, and what the ids in it stand for."""

    figure: Figure
    row: Row
    found: Mapping[str, Any]

    def cells(self) -> list[Cell]:
        return [
            Cell(len(value) if column.holds == Holds.RISKS else value, column, self)
            for column, value in zip(self.figure.columns, self.row, strict=True)
        ]

    @cached_property
    def known(self) -> dict[str, Any]:
        """The values by key, with what ids stand for in their place."""
        return {
            column.key: self._meant(column.holds, value)
            for column, value in zip(self.figure.columns, self.row, strict=True)
        }

    def address(self, column: Column, value: Any) -> str:
        if column.holds == Holds.RISK:
            return self.known[column.key].path if self.known[column.key] else ""
        # A count or a share of nothing has no list; 0 days were taken from something.
        has_list = value is not None if column.holds == Holds.DAYS else bool(value)
        # Without an organisation that a row is about, nothing can be asked for.
        names_all = all(self.known[one.key] for one in self.figure.columns if one.holds == Holds.ORGANISATION)
        link = self.figure.links.get(column.key)
        return link(self.known) if link and has_list and names_all and column.holds in NUMERIC else ""

    def _meant(self, holds: Holds, value: Any) -> Any:
        if holds == Holds.RISKS:
            return [self.found[each] for each in value if each in self.found]
        return self.found.get(value) if holds in (Holds.ORGANISATION, Holds.RISK) else value


@dataclass(frozen=True)
class Shown:
    """One figure for one reader. Each row has one cell for each column."""

    figure: Figure
    rows: list[list[Cell]]

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.figure.columns


def shown(figures: FigureSet, reader: Actor) -> dict[str, Shown]:
    """Every figure of a set, by its key, in the order of the dashboard."""
    return in_words(figures.tables, registry.for_level(figures.organisation.level), reader)


def in_words(tables: Mapping[str, list[Row]], figures: Iterable[Figure], reader: Actor) -> dict[str, Shown]:
    """Raw tables, which may be a report's of last year, in the words of today. Asks twice, however many there are."""
    kept = [figure for figure in figures if figure.key in tables]
    bodies = _found(tables, kept, {Holds.ORGANISATION}, Organisation.objects.only("name", "ods_code"))
    risks = _found(
        tables, kept, {Holds.RISK, Holds.RISKS}, Risk.objects.read_in_full_by(reader).only("reference", "title")
    )
    return {figure.key: Shown(figure, _rows(figure, tables[figure.key], bodies | risks)) for figure in kept}


def _found(
    tables: Mapping[str, list[Row]], figures: Iterable[Figure], holds: Collection[Holds], among: Any
) -> dict[str, Any]:
    keys = {
        key
        for figure in figures
        for place, column in enumerate(figure.columns)
        if column.holds in holds
        for row in tables[figure.key]
        for key in (row[place] if column.holds == Holds.RISKS else [row[place]])
    }
    return {str(key): one for key, one in among.in_bulk(keys - {None}).items()} if keys else {}


def _rows(figure: Figure, rows: Iterable[Row], found: Mapping[str, Any]) -> list[list[Cell]]:
    """Without those about a risk that is not seen."""
    of_risks = [place for place, column in enumerate(figure.columns) if column.holds == Holds.RISK]
    seen = (row for row in rows if all(row[place] is None or row[place] in found for place in of_risks))
    return [Line(figure, row, found).cells() for row in seen]


def _text(column: Column, value: Any, known: Any) -> str:
    holds = column.holds
    if value is None:
        return column.none
    if holds == Holds.ORGANISATION:
        return known.name if known else "an organisation that is no longer in the register"
    if holds == Holds.RISK:
        return f"{known.reference}: {known.title}"
    if holds == Holds.MONTH:
        return months.in_words(value)
    if holds == Holds.DAY:
        return day(date.fromisoformat(value))
    if holds == Holds.SHARE:
        return f"{round(value * 100)}%"
    if holds in NUMERIC:
        return f"{value:,}"
    return WORDS.get(holds, {}).get(value, str(value))
