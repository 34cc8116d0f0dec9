"""The list behind a number: on pages and over the API it has the same filters, but for what only a page sorts by."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

OVER_THE_API = ("/risks/", "/escalations/", "/deadlines/")
OF_PAGES_ALONE = {"box", "sort", "page"}


def over_the_api(href: str) -> str:
    """The address of the API at which the same is listed, or the same thing shown. Empty where there is none."""
    found = urlsplit(href)
    if not found.path.startswith(OVER_THE_API):
        return ""
    kept = [(name, value) for name, value in parse_qsl(found.query) if name not in OF_PAGES_ALONE]
    return f"/api/v1{found.path}" + (f"?{urlencode(kept)}" if kept else "")
