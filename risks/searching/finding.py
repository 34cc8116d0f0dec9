"""One search, made by one reader: what it finds among the risks that they see, in which order, in which spelling."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Case, Exists, F, FloatField, Func, OuterRef, Q, Subquery, Value, When

from risks import references
from risks.models import ALL_WORDS, ENGLISH, Comment, Risk, RiskShare
from risks.searching import asking, showing, spelling

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import RiskQuerySet

# Of those that match equally well, the newest first. Drafts have not been logged and are newer than anything.
BEST_FIRST = (F("relevance").desc(), F("logged_at").desc(nulls_first=True), "-drafted_at", "pk")
LEAVES_OUT = "-"  # before a word; within one it does no harm
NAMED = 100.0  # what a risk counts that was asked for by its reference: more than any words do
# Which words are worth looking for: the others are so common that PostgreSQL leaves them out.
UNDERSTOOD = """
    SELECT numnode(websearch_to_tsquery(%(english)s, %(text)s)),
        ARRAY(SELECT word FROM unnest(%(words)s::text[]) word WHERE numnode(plainto_tsquery(%(english)s, word)) > 0)
"""


class Search:
    """`text` is what was typed. What is found, and how it is spelt, is what this actor may read of what they see."""

    def __init__(self, text: str, actor: Actor) -> None:
        self.text = text
        self.actor = actor

    @property
    def says_something(self) -> bool:
        """Whether there is anything to look for: more than common words, or a reference."""
        return bool(self._understood[0] or references.in_full(self.text))

    @cached_property
    def corrections(self) -> dict[str, str]:
        """By each word that occurs in no risk of this reader's, the nearest one that does, if there is one."""
        _, words = self._understood
        if not words or (not asking.offers_a_choice(self.text) and self._finds(self._asked(self.text)).exists()):
            return {}
        missing = [word for word in words if not self._finds(_of_word(word)).exists()]
        return {word: meant for word in missing if (meant := self._meant_by(word))}

    @cached_property
    def used(self) -> str:
        """What was searched for: what was typed, with the spelling corrected."""
        return asking.respelt(self.text, self.corrections)

    def narrow(self, risks: RiskQuerySet) -> RiskQuerySet:
        """Those found among risks that the actor sees, best first, each with its `relevance`."""
        found = self._narrowed(risks, self._asked(self.used), self._named())
        return found.alias(relevance=self._relevance()).order_by(*BEST_FIRST)

    def show(self, risks: RiskQuerySet) -> RiskQuerySet:
        """With what `showing.finds_in` reads: where the words are. For risks with `is_read_in_full`."""
        return showing.with_finds(risks, self._any_of_it, text=self.text, used=self.used)

    @cached_property
    def _understood(self) -> tuple[int, list[str]]:
        """How much of the text PostgreSQL understands (0 is nothing), and which plain words are worth looking for."""
        with connection.cursor() as cursor:
            words = asking.plain_words(self.text)
            cursor.execute(UNDERSTOOD, {"english": ENGLISH, "text": self.text, "words": words})
            return cursor.fetchone()

    def _meant_by(self, word: str) -> str | None:
        return next((near for near in spelling.neighbours(word) if self._may_be_told(near)), None)

    def _may_be_told(self, word: str) -> bool:
        """Whether the word itself, not just another form of it, stands where this reader may read it."""
        whole = rf"\m{word}\M"  # nothing but letters
        stands = Q()
        for field in ("title", "cause", "event", "effect"):
            stands |= Q(**{f"{field}__iregex": whole})
        said = Exists(Comment.objects.filter(risk=OuterRef("pk"), text__iregex=whole))
        return self._finds(_of_word(word)).filter(stands | Q(said, read_in_full=True)).exists()

    def _finds(self, query: SearchQuery) -> RiskQuerySet:
        return self._narrowed(Risk.objects.visible_to(self.actor), query)

    def _narrowed(self, risks: RiskQuerySet, query: SearchQuery, named: Q | None = None) -> RiskQuerySet:
        """Full readers search all words, the others those of the risk itself.

        The order matters, since the database follows it: an index answers first, and the first of the conditions
        settles most rows without asking how far they are read. Where a word is left out, what the risk itself says does
        not settle it for a full reader: a comment may say that word.
        """
        in_full = Q(all_words=query) & Q(read_in_full=True)
        if LEAVES_OUT in self.text:
            found = Q(all_words=query, words=query) | in_full | (Q(words=query) & Q(read_in_full=None))
        else:
            found = Q(words=query) | in_full
        return risks.alias(all_words=ALL_WORDS, read_in_full=self._read_in_full()).filter(found | (named or Q(pk=None)))

    def _read_in_full(self) -> Subquery:
        """True or nothing. As a value for one row, since as an EXISTS it would be worked out for all risks at once."""
        full = RiskShare.objects.in_full_for(self.actor.organisation).filter(risk=OuterRef("pk"))
        return Subquery(full.values(yes=Value(True))[:1])

    def _named(self) -> Q:
        """Asked for by a reference: the register's, or for full readers the owner's own."""
        own = ~Q(external_reference="") & Q(external_reference__iexact=self.text)  # the index has no empty ones
        return Q(reference=references.in_full(self.text)) | (own & Q(read_in_full=True))

    def _relevance(self) -> Case:
        words = self._any_of_it
        read = Q(comment_words=words) & Q(read_in_full=True)
        said = Case(When(read, then=_rank("comment_words", words)), default=Value(0.0))
        return Case(
            When(self._named(), then=Value(NAMED)), default=_rank("words", words) + said, output_field=FloatField()
        )

    def _asked(self, text: str) -> SearchQuery:
        return SearchQuery(text, config=ENGLISH, search_type="websearch")

    @property
    def _any_of_it(self) -> SearchQuery:
        return self._asked(asking.any_of_it(self.used))


def _of_word(word: str) -> SearchQuery:
    return SearchQuery(word, config=ENGLISH, search_type="plain")


def _rank(field: str, query: SearchQuery) -> Func:
    """Of a column that holds a search vector, which Django's own would make into one once more."""
    return Func(F(field), query, function="ts_rank", output_field=FloatField())
