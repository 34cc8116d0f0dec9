"""Invented risks about other hazards than those of the pairs: what a search must not be led astray by."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from risks.matching.texts import RiskText

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
SLOT = re.compile(r"{(\w+)}")


def texts(count: int, seed: int) -> Iterator[RiskText]:
    """So many risks with all four parts, the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - it must be the same every time, and guards nothing
    for _ in range(count):
        yield _risk(draw)


def distinct(count: int, seed: int) -> list[RiskText]:
    """So many risks of which no two have the same title and cause, evenly spread over the hazards."""
    draw = random.Random(seed)  # noqa: S311 - as above
    found: dict[tuple[str, str], RiskText] = {}
    while len(found) < count:
        for hazard in range(len(_hazards())):
            risk = _risk(draw, hazard)
            found.setdefault((risk.title, risk.cause), risk)
    return list(found.values())[:count]


def _risk(draw: random.Random, hazard: int | None = None) -> RiskText:
    titles, causes, events = draw.choice(_hazards()) if hazard is None else _hazards()[hazard]
    drawn: dict[str, str] = {}

    def fill(slot: re.Match[str]) -> str:
        """The same words wherever a risk names the same slot, so that its parts are about one thing."""
        return drawn.setdefault(slot[1], draw.choice(_draws()[slot[1]]))

    parts = (draw.choice(choices) for choices in (titles, causes, events, _draws()["effect"]))
    return RiskText(*(_sentence(SLOT.sub(fill, part)) for part in parts))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


@cache
def _hazards() -> list[list[list[str]]]:
    """Titles, causes and events of each hazard."""
    return [[_choices(part) for part in line.split("|")] for line in _lines("hazards.txt")]


@cache
def _draws() -> dict[str, list[str]]:
    named = (line.split(":", 1) for line in _lines("draws.txt"))
    return {name: _choices(words) for name, words in named}


def _choices(text: str) -> list[str]:
    return [choice.strip() for choice in text.split(" / ")]


def _lines(file: str) -> list[str]:
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
