"""What risks are searched and counted by, as the database keeps it ready."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func

ENGLISH = "english"
SAME_WORDS = 0.6  # how much of two texts must be the same for one to repeat the other, from 0 to 1
COUNTED_BY = (
    "organisation",
    "status",
    "theme",
    "process",
    "likelihood",
    "consequence",
    "score",
    "logged_at",
    "closed_at",
    "effect_repeats_cause",
)


class BothWords(Func):
    """Two search vectors as one."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = SearchVectorField()


# What those who read a risk in full may search: its own words, and those of its comments. Its index is on this sum,
# so that no row holds its words twice.
ALL_WORDS = BothWords("words", "comment_words")
