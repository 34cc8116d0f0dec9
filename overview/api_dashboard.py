"""The figures of the dashboard over HTTP: the same numbers, words and lists as on the page, of the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.serializers import OrganisationInShort
from overview.dashboards import narrowing, panels
from overview.dashboards.lists import over_the_api
from overview.figures import showing, snapshots
from overview.figures.showing import WORDS
from overview.figures.tables import Holds
from risks.permissions import can_read_risks
from safetyreg.api.schema import refusals
from safetyreg.api.views import ActorView

if TYPE_CHECKING:
    from rest_framework.request import Request

MOST_TOGETHER = 100  # rows of a figure, where all figures are asked for
HOLDS = [(one.value, one.value) for one in Holds]


class ColumnSerializer(serializers.Serializer):
    """What the values of a column are: `holds` says so, for a program."""

    key = serializers.CharField()
    heading = serializers.CharField()
    holds = serializers.ChoiceField(source="holds.value", choices=HOLDS)


class CellSerializer(serializers.Serializer):
    """One value, raw and in words. `path` and `api` are the list behind a number, as a page and over the API.

    Of a column that `holds` a month the value is like 2026-11; of a share a number from 0 to 1; of an organisation or
    a risk its id; of risks how many.
    """

    value = serializers.SerializerMethodField()
    text = serializers.CharField()
    path = serializers.CharField(source="href", help_text="Empty without one")
    api = serializers.SerializerMethodField(help_text="Empty without one")

    @extend_schema_field({"type": ["string", "number", "null"]})
    def get_value(self, cell: showing.Cell) -> Any:
        return cell.value

    def get_api(self, cell: showing.Cell) -> str:
        return over_the_api(cell.href)


class FigureSerializer(serializers.Serializer):
    """One figure: a table, whose rows have a cell for each column. `says` is how it is counted."""

    key = serializers.CharField(source="figure.key")
    heading = serializers.CharField(source="figure.heading")
    says = serializers.CharField(source="figure.says")
    columns = ColumnSerializer(many=True)
    rows = serializers.ListField(child=CellSerializer(many=True))


class FirstRowsSerializer(FigureSerializer):
    """One figure among others: the first rows of its table. `left_out` says how many more it has at its own address."""

    left_out = serializers.IntegerField()


class DashboardSerializer(serializers.Serializer):
    """The figures of the organisation that you act for, all of the moment `made_at`, five minutes ago at most."""

    organisation = OrganisationInShort()
    made_at = serializers.DateTimeField()
    figures = FirstRowsSerializer(many=True)
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="The keys of figures that could not be made just now"
    )


class OneFigureSerializer(FigureSerializer):
    """One figure of the dashboard, of the moment `made_at`."""

    made_at = serializers.DateTimeField()


class OfTheDashboard(ActorView):
    shown_by: type[serializers.Serializer]

    def get_serializer_class(self) -> type[serializers.Serializer]:
        return self.shown_by

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not can_read_risks(self.actor):
            raise PermissionDenied


class Dashboard(OfTheDashboard):
    """Every figure of the organisation that you act for, with its time. What it counts is what you may read."""

    shown_by = DashboardSerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        figures = snapshots.current(self.actor.organisation, timezone.now())
        shown = showing.shown(figures, self.actor).values()
        told = {
            "organisation": self.actor.organisation,
            "made_at": figures.made_at,
            "figures": [_first_rows(one) for one in shown],
            "missing": [figure.key for figure in snapshots.missing(figures)],
        }
        return Response(DashboardSerializer(told).data)


def _first_rows(shown: showing.Shown) -> dict[str, Any]:
    rows = shown.rows[:MOST_TOGETHER]
    left_out = len(shown.rows) - len(rows)
    return {"figure": shown.figure, "columns": shown.columns, "rows": rows, "left_out": left_out}


class OneFigure(OfTheDashboard):
    """One figure, by its key."""

    shown_by = OneFigureSerializer

    def known_parameters(self) -> set[str]:
        figure = panels.find(self.actor, self.kwargs["key"])
        return {*narrowing.columns_of(figure)} if figure else {*narrowing.BY}

    @extend_schema(
        operation_id="dashboard_figure_get",
        parameters=[
            OpenApiParameter(key, str, enum=list(WORDS[holds]), description=f"Only rows of this {key}, if it has any")
            for key, holds in narrowing.BY.items()
        ],
        responses={200: OneFigureSerializer, **refusals(400, 401, 403, 404, 409, 429)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        figure = panels.find(self.actor, kwargs["key"])
        if figure is None:
            raise Http404
        if wrong := narrowing.wrong(figure, request.query_params):
            offered = {key: f"Choose one of {', '.join(WORDS[narrowing.BY[key]])}" for key in wrong}
            raise ValidationError({key: [words] for key, words in offered.items()})
        made_at, shown = panels.figure_of(self.actor, figure, request.query_params, timezone.now())
        told = {"figure": figure, "columns": shown.columns, "rows": shown.rows, "made_at": made_at}
        return Response(OneFigureSerializer(told).data)


urlpatterns = [
    path("dashboard/", Dashboard.as_view(), name="api-dashboard"),
    path("dashboard/<slug:key>/", OneFigure.as_view(), name="api-dashboard-figure"),
]
