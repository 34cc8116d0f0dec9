"""Splitting text into the word pieces that the encoder was trained on: BERT's way, lower-cased and without accents."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_WORD = 100  # characters; BERT reads a longer one as unknown
CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2CEAF), (0x2F800, 0x2FA1F))
ASCII_WORDS = re.compile(r"[a-z0-9]+|[^a-z0-9\s]")


class WordPieces:
    """The vocabulary in `vocab.txt`, one piece a line, whose line number is its id."""

    def __init__(self, vocabulary: Path) -> None:
        pieces = vocabulary.read_text(encoding="utf-8").split("\n")
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._start, self._end, self._unknown = (self._ids[mark] for mark in ("[CLS]", "[SEP]", "[UNK]"))
        self._split = lru_cache(maxsize=20_000)(self._split_word)

    def ids(self, text: str, limit: int) -> list[int]:
        """The ids of the text's pieces between the marks of start and end, at most `limit` with both."""
        ids = [self._start]
        for word in _words(text):
            ids += self._split(word)
            if len(ids) >= limit:
                break
        return [*ids[: limit - 1], self._end]

    def _split_word(self, word: str) -> tuple[int, ...]:
        """The longest known piece, then the longest that goes on from it, and so on; unknown if none does."""
        if len(word) > LONGEST_WORD:
            return (self._unknown,)
        ids, start = [], 0
        while start < len(word):
            found = self._longest(word, start)
            if found is None:
                return (self._unknown,)
            number, start = found
            ids.append(number)
        return tuple(ids)

    def _longest(self, word: str, start: int) -> tuple[int, int] | None:
        """The id of the longest piece at `start`, and where it ends."""
        for end in range(len(word), start, -1):
            number = self._ids.get(("##" if start else "") + word[start:end])
            if number is not None:
                return number, end
        return None


def _words(text: str) -> Iterator[str]:
    lowered = text.lower()
    if lowered.isascii() and lowered.replace("\n", " ").isprintable():
        return iter(ASCII_WORDS.findall(lowered))
    return _words_of_any_script(lowered)


def _words_of_any_script(lowered: str) -> Iterator[str]:
    """Runs of characters between blanks, where a mark or a Chinese character is a word by itself."""
    word = ""
    for character in unicodedata.normalize("NFD", lowered):
        category = unicodedata.category(character)
        if category == "Mn" or _is_nothing(character, category):
            continue
        if category in ("Zs", "Zl", "Zp") or character in "\t\n\r" or _stands_alone(character, category):
            if word:
                yield word
            word = ""
            if _stands_alone(character, category):
                yield character
            continue
        word += character
    if word:
        yield word


def _is_nothing(character: str, category: str) -> bool:
    """Control characters, and what stands where decoding failed."""
    return character == "\ufffd" or (category in ("Cc", "Cf", "Cn", "Co", "Cs") and character not in "\t\n\r")


def _stands_alone(character: str, category: str) -> bool:
    if character.isascii():
        return character.isprintable() and not character.isalnum() and character != " "
    return category.startswith("P") or any(first <= ord(character) <= last for first, last in CJK)
