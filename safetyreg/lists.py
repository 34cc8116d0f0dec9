"""Pages that list things: filters, sorting, one page at a time, and honest words when there is nothing to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, Window
from django.utils import timezone
from django.utils.functional import cached_property

from safetyreg import exporting
from safetyreg.pages import ShowPage
from safetyreg.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet
    from django.forms.boundfield import BoundField
    from django.http import HttpRequest, QueryDict
    from django.http.response import HttpResponseBase
    from django_filters import FilterSet

    from safetyreg.exporting import Export


@dataclass(frozen=True)
class SortLink:
    """One way to sort. `state` is "ascending", "descending" or empty; `value` is what the link asks for."""

    text: str
    state: str
    value: str


@dataclass(frozen=True)
class Chip:
    """One filter in use, and the query string without it."""

    name: str
    value: str
    without: str


FURTHEST = 1_000_000  # no list has so many pages, and PostgreSQL counts no further than some quintillion rows


class OnePass(Paginator):
    """For rows that are dear to find: how many there are, and which of them a page shows, are found in one pass.

    What else a row says is fetched for those of the page alone.
    """

    def get_page(self, number: Any) -> Page[Any]:
        """The page asked for; the nearest one if it does not exist."""
        try:
            wanted = int(number)
        except (TypeError, ValueError):
            wanted = 1
        keys = self._keys(wanted) if 0 < wanted <= FURTHEST else []
        if not keys and wanted != 1:  # then the last one is the nearest, and which that is has to be counted first
            wanted = self.num_pages
            keys = self._keys(wanted)
        rows = self.object_list.order_by().in_bulk(keys)
        return Page([rows[key] for key in keys if key in rows], wanted, self)

    def _keys(self, number: int) -> list[Any]:
        """Those of one page, in order. They tell how many there are on all pages."""
        start = (number - 1) * self.per_page
        found = list(self.object_list.values_list("pk", Window(Count("*")))[start : start + self.per_page])
        if found:
            self.count = found[0][1]
        elif number == 1:
            self.count = 0
        return [key for key, _count in found]


class Capped(Paginator):
    """For rows that are dear to count: it counts no further than `most`, and says that there are more."""

    most = 1_000

    @cached_property
    def _found(self) -> int:
        return self.object_list.order_by()[: self.most + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._found, self.most)

    @property
    def is_cut(self) -> bool:
        return self._found > self.most


class ListPage(ShowPage):
    """A list of what the actor may see. Override `get_queryset`; it starts from `visible_to`.

    `sorts` gives, by the key in the address, the words of the link and the fields to order by; each must end in
    something unique. The first is used when the address says none; `?sort=-key` turns one round.
    A filter named `search` is drawn as the search box; the others go into the panel under it.
    """

    template_name = "layout/list.jinja"
    heading = ""
    noun = "item"
    nouns = ""
    nothing_yet = "There is nothing here yet."
    filterset_class: ClassVar[type[FilterSet] | None] = None
    sorts: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {}
    per_page = 25
    export: Export | None = None  # the list as a file, at the same address with `?download=csv` or `xlsx`

    @property
    def paginator_class(self) -> type[Paginator]:
        return Paginator

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get(  # type: ignore[override]  # a download is streamed
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        kind = request.GET.get("download", "")
        if self.export and kind in exporting.CONTENT_TYPES and not (self.filters and self.filters.errors):
            rows = self._sorted(self._filtered())
            return exporting.download(
                self.export, rows, kind=kind, asked=request.GET, by=request.actor, now=timezone.now()
            )
        status = 422 if self.filters and self.filters.errors else 200
        return self.render_to_response(self.get_context_data(**kwargs), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chips = list(self.chips())
        return super().get_context_data(
            **kwargs,
            pages=self.pages,
            rows=self.pages.object_list,
            total=self._total(),
            form=self.filters.form if self.filters else None,
            chips=chips,
            is_filtered=bool(chips or (self.filters and self.filters.errors)),
            sort_links=list(self.sort_links()),
        )

    def _total(self) -> str:
        counted = plural(self.pages.paginator.count, self.noun, self.nouns)
        return f"more than {counted}" if getattr(self.pages.paginator, "is_cut", False) else counted

    @property
    def ways_to_sort(self) -> Mapping[str, tuple[str, tuple[Any, ...]]]:
        """`sorts`, unless what is asked for offers others."""
        return self.sorts

    @cached_property
    def filters(self) -> FilterSet | None:
        if self.filterset_class is None:
            return None
        return self.filterset_class(self.request.GET, self.get_queryset(), request=self.request)

    @cached_property
    def pages(self) -> Page[Any]:
        """The page asked for; the nearest one if it does not exist."""
        return self.paginator_class(self._sorted(self._filtered()), self.per_page).get_page(
            self.request.GET.get("page")
        )

    def _filtered(self) -> QuerySet[Any]:
        if self.filters is None:
            return self.get_queryset()
        return self.get_queryset().none() if self.filters.errors else self.filters.qs

    def _sorted(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if not self.ways_to_sort:
            return rows
        key, turned = self._sort()
        rows = rows.order_by(*self.ways_to_sort[key][1])
        return rows.reverse() if turned else rows

    def _sort(self) -> tuple[str, bool]:
        asked = self.request.GET.get("sort", "")
        key = asked.removeprefix("-")
        ways = self.ways_to_sort
        return (key, asked.startswith("-")) if key in ways else (next(iter(ways)), False)

    def sort_links(self) -> Iterator[SortLink]:
        current, turned = self._sort() if self.ways_to_sort else ("", False)
        for key, (text, _fields) in self.ways_to_sort.items():
            if key != current:
                yield SortLink(text, "", key)
            else:
                yield SortLink(text, "descending" if turned else "ascending", key if turned else f"-{key}")

    def chips(self) -> Iterator[Chip]:
        for bound in self.filters.form if self.filters else ():
            for value, without in self._in_use(bound):
                yield Chip(str(bound.label), _words(bound, value), without)

    def _in_use(self, bound: BoundField) -> Iterator[tuple[str, str]]:
        """Each value a filter has in the address, with the query string that leaves it out."""
        values = self.request.GET.getlist(bound.html_name)
        for value in filter(None, values):
            rest = self.request.GET.copy()
            rest.setlist(bound.html_name, [other for other in values if other != value])
            yield value, _first_page(rest)


def _first_page(query: QueryDict) -> str:
    query.pop("page", None)
    return f"?{query.urlencode()}"


def _words(bound: BoundField, value: str) -> str:
    """The label of a choice; a box that is ticked says only its name; a field may say its own in short."""
    if value == "on":
        return "yes"
    if in_short := getattr(bound.field, "in_short", None):
        return str(in_short(value))
    return str(dict(getattr(bound.field, "choices", ())).get(value, value))
