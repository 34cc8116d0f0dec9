"""What a list says of the views that were saved of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from overview.saved_views.models import List, SavedView

if TYPE_CHECKING:
    from django.http import HttpRequest

NO_FILTERS = ("page", "do", "item", "download")  # of an address


def saved_views(request: HttpRequest) -> dict[str, Any]:
    """`views_of_list()`: the views of the list that is shown, asked for only by a page that is a list."""
    return {"views_of_list": lambda: _of_list(request), "save_view": lambda: _save(request)}


def _list(request: HttpRequest) -> str:
    found = getattr(request, "resolver_match", None)
    name = found.url_name if found else ""
    return name if name in List.values and getattr(request, "actor", None) else ""


def _of_list(request: HttpRequest) -> list[dict[str, Any]]:
    """Each with whether it is what is looked at."""
    name = _list(request)
    if not name:
        return []
    here = _in_one_order(_asked(request))
    views = SavedView.objects.visible_to(request.actor).filter(list=name).order_by("name", "pk")
    return [{"name": one.name, "href": one.path, "is_here": _in_one_order(one.query) == here} for one in views]


def _in_one_order(query: str) -> list[tuple[str, list[str]]]:
    return sorted((name, sorted(values)) for name, values in parse_qs(query).items())


def _save(request: HttpRequest) -> str:
    """Where the filters in use are saved; empty where there are none, or they cannot be."""
    name, query = _list(request), _asked(request)
    return f"/saved-views/add/?{urlencode({'list': name, 'query': query})}" if name and query else ""


def _asked(request: HttpRequest) -> str:
    kept = request.GET.copy()
    for name in NO_FILTERS:
        kept.pop(name, None)
    return kept.urlencode()
