"""The dashboard of the organisation that somebody acts for, and one of its figures on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone

from overview.dashboards import narrowing, panels
from overview.figures.tables import NUMERIC
from risks.permissions import can_read_risks
from safetyreg import exporting
from safetyreg.pages import ShowPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from overview.figures.showing import Shown
    from overview.figures.tables import Figure


class Dashboard(ShowPage):
    template_name = "overview/dashboard.jinja"
    permission = can_read_risks

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        found = panels.dashboard_of(self.request.actor, now)
        return super().get_context_data(**kwargs, now=now, dashboard=found, made_at=found.made_at)


class DashboardFigure(ShowPage):
    """One figure whole, or those rows that are asked for; as a file with `?download=csv` or `xlsx`."""

    template_name = "overview/dashboard_figure.jinja"
    permission = can_read_risks

    def get_object(self) -> Figure:
        figure = panels.find(self.request.actor, self.kwargs["key"])
        if figure is None:
            raise Http404
        return figure

    def get(  # type: ignore[override]  # a download is streamed
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        kind = request.GET.get("download", "")
        if kind in exporting.CONTENT_TYPES:
            return self._download(kind, timezone.now())
        return super().get(request, *args, **kwargs)

    def _download(self, kind: str, now: datetime) -> HttpResponseBase:
        figure, by = self.object, self.request.actor
        _made_at, shown = panels.figure_of(by, figure, self.request.GET, now)
        name, headings = figure.key.replace("_", "-"), [column.heading for column in figure.columns]
        cells = list(_as_text(shown))
        return exporting.send(name, "row", headings, cells, len(cells), kind, self.request.GET, by, now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        asked = self.request.GET
        made_at, panel = panels.panel_of(self.request.actor, self.object, asked, now)
        only = narrowing.in_words(self.object, asked)
        return super().get_context_data(**kwargs, now=now, panel=panel, made_at=made_at, only=only)


def _as_text(shown: Shown) -> Iterator[list[str]]:
    """Numbers bare, so that a spreadsheet can count with them; the rest in words."""
    for row in shown.rows:
        yield [
            exporting.as_text(cell.value if column.holds in NUMERIC else cell.text)
            for cell, column in zip(row, shown.columns, strict=True)
        ]
