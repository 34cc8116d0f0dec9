"""How answers are shown: tables for people, JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDEST = 60  # characters of a cell


def as_json(what: Any) -> str:
    return json.dumps(what, ensure_ascii=False, default=_plain_data)


def lines_of(what: Any) -> str:
    """One thing, a field in each line."""
    data = asdict(what)
    widest = max(len(name) for name in data)
    return "\n".join(f"{name:<{widest}}  {plain(_cell(value))}" for name, value in data.items())


def table(rows: Iterable[Any], columns: Sequence[tuple[str, Callable[[Any], Any]]]) -> str:
    """The last column may be as wide as it is."""
    cells = [[heading for heading, _ in columns]]
    cells += [[plain(_cell(cell(row))) for _, cell in columns] for row in rows]
    cells = [[*(_short(text) for text in row[:-1]), row[-1]] for row in cells]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    padded = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in padded)


def plain(text: str) -> str:
    """Without what would steer a terminal: the words are those of others."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _short(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _plain_data(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%d %b %Y %H:%M")
    if isinstance(value, dict):
        return str(value.get("name") or ", ".join(f"{name}: {one}" for name, one in value.items())) or "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(one) for one in value) or "-"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
