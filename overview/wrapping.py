"""Breaking words into lines for a drawing, which unlike a page does not break them itself."""

from __future__ import annotations

# How wide letters are in a sans-serif font, as a part of its size; rather too wide than too narrow.
NARROW, USUAL, WIDE = 0.34, 0.58, 0.92
NARROW_LETTERS = frozenset("iljtfrI.,;:'|!()[]- ")
WIDE_LETTERS = frozenset("mwMWQGO@%&\u2014\u2013")
CAPITAL = 0.72
LATIN = 0x2E80  # letters from here on are as wide as high
MORE = "…"


def wrapped(text: str, *, size: int, width: int, lines: int) -> list[str]:
    """At most so many lines, none wider than `width` pixels at a font of `size`. Where words are
    left out, the last line ends in dots.

    A word that is wider than a line is broken.
    """
    broken: list[str] = [""]
    for word in _pieces(text, size, width):
        joined = f"{broken[-1]} {word}".strip()
        if _width(joined, size) <= width:
            broken[-1] = joined
        else:
            broken.append(word)
    if len(broken) <= lines:
        return broken
    return [*broken[: lines - 1], _shortened(broken[lines - 1], size, width)]


def _pieces(text: str, size: int, width: int) -> list[str]:
    pieces = []
    for word in text.split():
        piece = ""
        for letter in word:
            if _width(piece + letter, size) > width:
                pieces.append(piece)
                piece = ""
            piece += letter
        pieces.append(piece)
    return pieces


def _shortened(line: str, size: int, width: int) -> str:
    while line and _width(line + MORE, size) > width:
        line = line[:-1]
    return line.rstrip(" ,;:.") + MORE


def _width(text: str, size: int) -> float:
    return sum(_letter(letter) for letter in text) * size


def _letter(letter: str) -> float:
    if letter in NARROW_LETTERS:
        return NARROW
    if ord(letter) > LATIN:
        return 1.0
    if letter in WIDE_LETTERS:
        return WIDE
    return CAPITAL if letter.isupper() else USUAL
