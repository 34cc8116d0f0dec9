"""Which words the register knows, and what comments add to the words of a risk: kept as the texts are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import F, Func, IntegerField, TextField, Value
from django.db.models.functions import Cast

from risks.models import ENGLISH, BothWords, Risk, SearchWord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from risks.models import Comment

# Short words have too many neighbours for one of them to be what was meant, and a code is not a misspelt word.
WORD = re.compile(r"\b[^\W\d_]{4,40}\b")
# PostgreSQL holds at most a megabyte of words in one row. What is said after some hundred very long comments is not
# found by a search, so that it can still be said.
MOST_COMMENT_WORDS = 500_000  # bytes

GATHER_COMMENTS = """
    UPDATE risks_risk SET comment_words = to_tsvector('english', left(said.text, 300000))
    FROM (
        SELECT risk_id, string_agg(text, chr(10) ORDER BY created_at, id) AS text FROM risks_comment GROUP BY risk_id
    ) said
    WHERE said.risk_id = risks_risk.id
"""
GATHER_WORDS = r"""
    INSERT INTO risks_searchword (text)
    SELECT DISTINCT found.word[1]
    FROM (
        SELECT concat_ws(chr(10), title, cause, event, effect) AS text FROM risks_risk
        UNION ALL SELECT text FROM risks_comment
    ) said, regexp_matches(lower(said.text), '\m[[:alpha:]]{4,40}\M', 'g') found (word)
    ON CONFLICT DO NOTHING
"""


def learn_risk(risk: Risk) -> None:
    """Know the words of a risk that was just written."""
    learn_risks([risk])


def learn_risks(risks: Iterable[Risk]) -> None:
    _learn("\n".join(text for risk in risks for text in (risk.title, risk.cause, risk.event, risk.effect)))


def learn_comment(comment: Comment) -> None:
    """Let a new comment be found by those who read its risk in full. Its risk is locked."""
    _learn(comment.text)
    size = Func(Cast("comment_words", TextField()), function="octet_length", output_field=IntegerField())
    room = Risk.objects.alias(size=size).filter(pk=comment.risk_id, size__lt=MOST_COMMENT_WORDS)
    room.update(comment_words=BothWords(F("comment_words"), SearchVector(Value(comment.text), config=ENGLISH)))


def _learn(text: str) -> None:
    """In one order, so that two who write the same words at once wait for each other and do not deadlock."""
    said = set(WORD.findall(text.lower()))
    new = said - set(SearchWord.objects.filter(text__in=said).values_list("text", flat=True))
    SearchWord.objects.bulk_create([SearchWord(text=word) for word in sorted(new)], ignore_conflicts=True)


def gather() -> None:
    """Make all of it from the texts, for a register that was written past the services."""
    with connection.cursor() as cursor:
        cursor.execute(GATHER_COMMENTS)
        cursor.execute(GATHER_WORDS)
