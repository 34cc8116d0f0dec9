"""Which known words are spelt nearly like one that was typed, nearest first."""

from __future__ import annotations

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction

from risks.models import SearchWord

SHORT, MIDDLING = 5, 8  # letters: how many slips a word of up to so many may have is 1, 2, and 3 beyond
LEAST_LIKENESS = "0.2"  # two slips in the middle of a word of eight letters leave three of its fifteen threes


def neighbours(word: str) -> list[str]:
    """Every known word within a few slips. Who may be told of one is not asked here.

    None is left out for there being many, or words that somebody may not know of could crowd out one that they may.
    """
    allowed = slips_allowed(word)
    near = [
        (slips, -likeness, text)
        for text, likeness in _alike(word)
        if text != word and abs(len(text) - len(word)) <= allowed and (slips := distance(word, text)) <= allowed
    ]
    return [text for _slips, _likeness, text in sorted(near)]


@transaction.atomic
def _alike(word: str) -> list[tuple[str, float]]:
    """Known words that share some of their letters in threes, with how alike they are (0 to 1)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [LEAST_LIKENESS])
    alike = SearchWord.objects.filter(text__trigram_similar=word).annotate(likeness=TrigramSimilarity("text", word))
    return list(alike.values_list("text", "likeness"))


def slips_allowed(word: str) -> int:
    if len(word) <= SHORT:
        return 1
    return 2 if len(word) <= MIDDLING else 3


def distance(first: str, second: str) -> int:
    """How many slips apart two words are: a letter left out, added, wrong, or swapped with the next one.

    That is their optimal string alignment distance (Boytsov 2011 calls it restricted Damerau-Levenshtein).
    """
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, letter in enumerate(first, start=1):
        here = [row]
        for column, other in enumerate(second, start=1):
            best = min(above[column] + 1, here[column - 1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == second[column - 2] and other == first[row - 2]:
                best = min(best, before[column - 2] + 1)
            here.append(best)
        before, above = above, here
    return above[-1]
