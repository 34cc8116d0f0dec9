"""Where the numbers of figures lead: each is counted again from the rows of the list behind it."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from overview.dashboards.lists import over_the_api
from overview.figures import showing
from overview.figures.tables import NUMERIC, Holds
from tests.overview.figures import slowly_escalations
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpResponse

    from accounts.actors import Actor
    from overview.figures.showing import Shown
    from overview.figures.tables import Figure

# What an organisation did stands in several lists, and what it did not do in none.
WITHOUT_A_LIST = {("silent_organisations", "silent"), ("silent_organisations", "usual")}


class Behind(NamedTuple):
    """The rows of the list behind a number, and the row of the figure that the number stands in, by column."""

    rows: list[Any]
    cells: dict[str, Any]
    shown: Shown
    reader: Actor

    def column(self, key: str, alike: tuple[str, ...]) -> list[Any]:
        """A column of those rows of the figure that are about the same."""
        keys = [column.key for column in self.shown.columns]
        table = [dict(zip(keys, (cell.value for cell in row), strict=True)) for row in self.shown.rows]
        return [row[key] for row in table if all(row[one] == self.cells[one] for one in alike)]


def _stood(behind: Behind) -> list[float]:
    now = timezone.now()
    return [(now - slowly_escalations.came(hop)).total_seconds() / 86400 for hop in behind.rows]


def _open_risks(behind: Behind) -> int:
    return total("/risks/?status=OPEN&in_full=true", behind.reader)


def _middles(behind: Behind) -> list[float]:
    """Of the bodies on a narrowed figure, whose rows are those of the API."""
    return [row[-1]["value"] for row in behind.rows]


def _answers(behind: Behind) -> int:
    return sum(behind.column("answers", alike=("urgency", "theme", "organisation")))


def _longest(behind: Behind) -> int:
    assert behind.rows[0].due_at == min(one.due_at for one in behind.rows)
    return (timezone.now() - behind.rows[0].due_at).days


# What a number is of the rows behind it, where it is not how many there are.
TAKEN: dict[tuple[str, str], Callable[[Behind], float]] = {
    ("escalations_by_stage", "median"): lambda behind: median(_stood(behind)),
    ("escalations_by_stage", "oldest"): lambda behind: int(max(_stood(behind))),
    ("loops_closed", "closed"): lambda behind: len(behind.rows) / (behind.cells["raised"] - behind.cells["withdrawn"]),
    ("times_by_level", "in_time"): lambda behind: len(behind.rows) / behind.cells["clocks"],
    ("times_by_month", "in_time"): lambda behind: len(behind.rows) / behind.cells["clocks"],
    ("overdue_by_body", "oldest"): _longest,
    ("recurring_hazards", "bodies"): lambda behind: len({risk.organisation_id for risk in behind.rows}),
    ("same_hazard", "bodies"): lambda behind: len({risk.organisation_id for risk in behind.rows}),
    ("quality_of_records", "share"): lambda behind: len(behind.rows) / _open_risks(behind),
    ("variation_by_kind", "quickest"): lambda behind: min(_middles(behind)),
    ("variation_by_kind", "middle"): lambda behind: median(_middles(behind)),
    ("variation_by_kind", "slowest"): lambda behind: max(_middles(behind)),
    ("variation_by_kind", "spread"): lambda behind: max(_middles(behind)) - min(_middles(behind)),
    ("variation_by_body", "middle"): lambda behind: median(map(slowly_escalations.days, behind.rows)),
    ("variation_in_outcomes", "share"): lambda behind: len(behind.rows) / _answers(behind),
}
ROUNDED = 0.1001  # days are told to a tenth, and some are taken from such
SHARES = 0.0006  # to a thousandth


def follow(
    tables: dict[str, list[list[Any]]], figures: Iterable[Figure], reader: Actor, opened: set[tuple[str, str]]
) -> Counter[tuple[str, str]]:
    """How many numbers of each column lead to a list that gives them. All do that have one.

    One page for each column is opened; of the others, its view is asked.
    """
    seen: Counter[tuple[str, str]] = Counter()
    client = visitor(reader)
    for key, shown in showing.in_words(tables, figures, reader).items():
        keys = [column.key for column in shown.columns]
        for row in shown.rows:
            cells = dict(zip(keys, (cell.value for cell in row), strict=True))
            for column, cell in zip(shown.columns, row, strict=True):
                which = (key, column.key)
                is_of_nothing = cell.value is None or (not cell.value and column.holds != Holds.DAYS)
                if column.holds not in NUMERIC or is_of_nothing or which in WITHOUT_A_LIST:
                    continue
                assert cell.href, (which, cell)
                if which in TAKEN:
                    again = TAKEN[which](Behind(rows_behind(cell.href, reader), cells, shown, reader))
                    assert cell.value == pytest.approx(again, abs=SHARES if column.holds == Holds.SHARE else ROUNDED), (
                        which,
                        cell,
                    )
                else:
                    assert cell.value == total(cell.href, reader), (which, cell)
                if which not in opened:
                    assert said(client.get(cell.href)) == f"{total(cell.href, reader):,}", (which, cell.href)
                    opened.add(which)
                seen[which] += 1
    return seen


def rows_behind(href: str, reader: Actor) -> list[Any]:
    """In the order of the page. Of a figure on a page of its own, those that the API gives."""
    if href.startswith("/dashboard/"):
        rows: list[Any] = visitor(reader).get(over_the_api(href)).json()["rows"]
        return rows
    view = _list_at(href, reader)
    view.per_page = 10_000
    return list(view.pages.object_list)


def total(href: str, reader: Actor) -> int:
    if href.startswith("/dashboard/"):
        return len(rows_behind(href, reader))
    count: int = _list_at(href, reader).pages.paginator.count
    return count


def _list_at(href: str, reader: Actor) -> Any:
    match, request = resolve(urlsplit(href).path), RequestFactory().get(href)
    request.actor, request.user = reader, reader.user
    view = match.func.view_class()
    view.setup(request, *match.args, **match.kwargs)
    assert not view.filters.errors, (href, view.filters.errors)
    return view


def said(page: HttpResponse) -> str:
    """How many there are, on a page that lists them."""
    assert page.status_code == 200, words(page)
    found = re.search(
        r'class="app-results__total" role="status">([\d,]+) |Download ([\d,]+) rows? as', page.content.decode()
    )
    return (found[1] or found[2]) if found else words(page)
