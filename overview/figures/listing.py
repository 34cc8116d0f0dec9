"""Addresses of lists of risks: what the numbers of figures lead to. Each narrows down what the reader reads in full."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from safetyreg import months

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Link = Callable[[Mapping[str, Any]], str]


def logged_risks(**filters: object) -> str:
    """Of any status. Drafts are left out only by a filter that they cannot pass, such as a day of logging."""
    return f"/risks/?{urlencode({'in_full': 'true', **filters})}"


def open_risks(**filters: object) -> str:
    return f"/risks/?{urlencode({'status': 'OPEN', 'in_full': 'true', **filters})}"


def days(what: str, month: str) -> dict[str, object]:
    """The filters for the days of a month: `logged` or `closed`."""
    first, next_one = (moment.date() for moment in months.bounds(month))
    return {f"{what}_from": first, f"{what}_to": next_one - timedelta(days=1)}


def owned_by(row: Mapping[str, Any], key: str = "organisation") -> dict[str, object]:
    """The filter for the organisation that a row is about."""
    return {"organisation": row[key].ods_code}
