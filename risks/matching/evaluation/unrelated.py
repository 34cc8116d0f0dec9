"""Invented risks about other hazards than those of the pairs: what a search must not be led astray by."""

from __future__ import annotations

import random
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from risks.matching.texts import RiskText

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENT = Path(__file__).parent / "hazards.toml"
SLOT = re.compile(r"{(\w+)}")


def texts(count: int, seed: int) -> Iterator[RiskText]:
    """So many risks with all four parts, the same for the same seed. Of 200,000 hardly one is there twice."""
    draw = random.Random(seed)  # noqa: S311 - it must be the same every time, and guards nothing
    for _ in range(count):
        yield _risk(draw)


def distinct(count: int, seed: int) -> list[RiskText]:
    """So many risks no two of which share a title and a cause."""
    found: dict[tuple[str, str], RiskText] = {}
    draw = random.Random(seed)  # noqa: S311 - as above
    while len(found) < count:
        risk = _risk(draw)
        found.setdefault((risk.title, risk.cause), risk)
    return list(found.values())


def _risk(draw: random.Random) -> RiskText:
    hazard = draw.choice(_content()["hazards"])
    words: dict[str, str] = {}

    def fill(slot: re.Match[str]) -> str:
        """The same word wherever a risk names the same slot, so that its parts are about one thing."""
        name = slot[1]
        if name not in words:
            words[name] = draw.choice(_content()["words"][name])
        return words[name]

    return RiskText(
        *(
            _sentence(SLOT.sub(fill, draw.choice(choices)))
            for choices in (hazard["titles"], hazard["causes"], hazard["events"], _content()["effects"]["lists"])
        )
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


@cache
def _content() -> dict[str, Any]:
    with CONTENT.open("rb") as file:
        return tomllib.load(file)
