"""The list behind a number: pages and the API have the same filters, and lists of their own that these start from."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from escalations.filters import ALSO_OVER

# By the address of a list of pages, that of the API and what it has to be asked for to begin with the same.
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "/risks/": ("/api/v1/risks/", {}),
    "/escalations/": ("/api/v1/escalations/", {"side": "received"}),
    "/escalations/sent/": ("/api/v1/escalations/", {"side": "sent"}),
    "/escalations/all/": ("/api/v1/escalations/", {}),
    "/deadlines/": ("/api/v1/deadlines/known/", {}),
}
# What is over is left out by the page, and not by the API.
OPEN_UNLESS_ASKED = {"/escalations/", "/escalations/sent/", "/escalations/all/"}
OF_PAGES_ALONE = {"sort", "page"}


def over_the_api(href: str) -> str:
    """The address of the API at which the same is listed, or the same risk or figure shown. Empty if there is none."""
    found = urlsplit(href)
    asked = [(name, value) for name, value in parse_qsl(found.query) if name not in OF_PAGES_ALONE]
    if found.path.startswith("/dashboard/"):
        return f"/api/v1{href}"
    if found.path not in LISTS:
        return f"/api/v1{found.path}" if found.path.startswith("/risks/") else ""
    address, begins = LISTS[found.path]
    if found.path in OPEN_UNLESS_ASKED and not {*ALSO_OVER} & dict(asked).keys():
        begins = begins | {"is_open": "true"}
    query = urlencode([*begins.items(), *asked])
    return f"{address}?{query}" if query else address
