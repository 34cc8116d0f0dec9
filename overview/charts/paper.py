"""The sheet that drawings are made on: as wide as a phone shows it, so that words keep their size there.

On a wider screen a drawing grows with its frame. Lengths are in the units of the drawing, about a pixel on a phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from overview.wrapping import wrapped
from safetyreg.words import plural

WIDTH = 340
SIZE = 13  # of letters
LINE = 17
LABEL_LINES = 2


class Drawing:
    """What every drawing says beside itself: what its parts or lines are, how to read it, what is missing."""

    noun: ClassVar[str] = "row"
    left_out: int

    @property
    def key(self) -> list[str]:
        return []

    @property
    def reads(self) -> str:
        return ""

    @property
    def not_drawn(self) -> str:
        are = "is" if self.left_out == 1 else "are"
        return f"{plural(self.left_out, f'more {self.noun}')} {are} not drawn" if self.left_out else ""


@dataclass(frozen=True)
class Words:
    """One line of text. `anchor` is where of the line x is: start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"


def label(text: str, y: float, *, width: int = WIDTH) -> list[Words]:
    """A label over what it is of, from the height `y` down, in one or two lines."""
    lines = wrapped(text, size=SIZE, width=width, lines=LABEL_LINES)
    return [Words(0, y + LINE * number + SIZE, line) for number, line in enumerate(lines)]


def wide(text: str) -> float:
    """About how much room a number takes."""
    return len(text) * SIZE * 0.62
