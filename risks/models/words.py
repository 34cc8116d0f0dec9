"""The words that the register knows, to find the one that somebody meant."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F


class SearchWord(models.Model):
    """A word that occurs in the texts of some risk or comment, in lower case. It is never shown for its own sake.

    Whether somebody may be told of it is asked of the risks that they see, each time.
    """

    text = models.CharField(primary_key=True, max_length=40)

    class Meta:
        indexes: ClassVar = [GinIndex(OpClass(F("text"), "gin_trgm_ops"), name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.text
