"""Groups of words that mean nearly the same in health care, from `vocabulary.txt`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from risks.matching.phrases import lines, split

CONTENT = Path(__file__).parent / "vocabulary.txt"
BROAD = "~ "  # starts the line of a service or a way of handing on


@dataclass(frozen=True, slots=True)
class Group:
    """A group of words, its plain names, and whether it is too broad to tell hazards apart."""

    names: str
    broad: bool
    words: tuple[str, ...]

    @property
    def plain_name(self) -> str:
        """The first of its names."""
        return self.names.split(",")[0]


@cache
def groups() -> tuple[Group, ...]:
    """All groups, in the order of the file."""
    return tuple(_group(line) for line in lines(CONTENT))


def _group(line: str) -> Group:
    names, words = line.removeprefix(BROAD).split(":")
    return Group(names.strip(), line.startswith(BROAD), tuple(split(words)))
