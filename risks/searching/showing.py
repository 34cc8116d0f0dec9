"""Where the words of a search are in what was found: marked by the database in the few rows that are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchHeadline, SearchVector
from django.db.models import Case, F, Func, OuterRef, Q, Subquery, TextField, Value, When

from risks import references
from risks.models import ENGLISH, Comment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.postgres.search import SearchQuery

    from risks.models import Risk, RiskQuerySet

# Characters that Unicode keeps for private use stand for the marks, and for what opens a tag, which the database would
# leave out. Where a text has them of its own they are taken out of it first.
START, STOP, TAG = "\ue000", "\ue001", "\ue002"
TEXTS = ("cause", "event", "effect")
PART = {"max_fragments": 2, "max_words": 28, "min_words": 12, "short_word": 0, "fragment_delimiter": " … "}


LABELS = {  # by place
    "title": "In the title",
    "cause": "In the cause",
    "event": "In the event",
    "effect": "In the effect",
    "comment": "In a comment",
    "reference": "Reference",
}
PLACES = tuple(LABELS)


@dataclass(frozen=True)
class Piece:
    """Some text, and whether it is what was searched for."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Find:
    """A place where a search found something: title, cause, event, effect, comment or reference."""

    place: str
    pieces: tuple[Piece, ...]

    @property
    def label(self) -> str:
        return LABELS[self.place]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def marked(self) -> list[tuple[int, int]]:
        """Where what was searched for starts and ends in the text, in characters."""
        ends, at = [], 0
        for piece in self.pieces:
            if piece.is_marked:
                ends.append((at, at + len(piece.text)))
            at += len(piece.text)
        return ends


def with_finds(risks: RiskQuerySet, query: SearchQuery, *, text: str, used: str) -> RiskQuerySet:
    """With the texts of each risk marked, which the database does for the rows that are fetched, not for all it finds.

    `text` is what was typed, and `used` what it was read as. A comment, and the owner's own number, are among them only
    where `is_read_in_full`.
    """
    comments = Comment.objects.filter(risk=OuterRef("pk")).annotate(vector=SearchVector("text", config=ENGLISH))
    newest = comments.filter(vector=query).newest_first().values(marked=_marked("text", query, **PART))[:1]
    number = Q(is_read_in_full=True, external_reference__iexact=text)
    return risks.annotate(
        searched_for=Value(used),
        marked_title=_marked("title", query, highlight_all=True),
        **{f"marked_{place}": _marked(place, query, **PART) for place in TEXTS},
        marked_comment=Case(When(is_read_in_full=True, then=Subquery(newest)), default=None),
        found_by_reference=Case(
            When(reference=references.in_full(text), then=F("reference")),
            When(number, then=F("external_reference")),
            default=None,
            output_field=TextField(),
        ),
    )


def _marked(field: str, query: SearchQuery, **how: Any) -> SearchHeadline:
    harmless = Func(F(field), Value(f"<{START}{STOP}{TAG}"), Value(TAG), function="translate", output_field=TextField())
    return SearchHeadline(harmless, query, config=ENGLISH, start_sel=START, stop_sel=STOP, **how)


def finds_in(risk: Risk) -> list[Find]:
    """Where the search found something in one of the risks that `with_finds` gave; empty for others."""
    return [Find(place, tuple(_pieces(marked))) for place, marked in _marked_texts(risk) if START in marked]


def snippet_of(risk: Risk) -> Find | None:
    """The place, other than the title, that holds most of what was searched for."""
    elsewhere = [find for find in finds_in(risk) if find.place not in ("title", "reference")]
    number = [find for find in finds_in(risk) if find.place == "reference" and find.text != risk.reference]
    return next(iter(number or sorted(elsewhere, key=_how_much, reverse=True)), None)


def _how_much(find: Find) -> tuple[int, int]:
    said = [piece.text.lower() for piece in find.pieces if piece.is_marked]
    return len(set(said)), len(said)


def title_of(risk: Risk) -> tuple[Piece, ...]:
    """The title, with what was searched for marked."""
    pieces = tuple(_pieces(getattr(risk, "marked_title", risk.title)))
    shown = "".join(piece.text for piece in pieces)
    return pieces if shown == risk.title else (Piece(risk.title, is_marked=False),)


def _marked_texts(risk: Risk) -> Iterator[tuple[str, str]]:
    if named := getattr(risk, "found_by_reference", None):
        yield "reference", f"{START}{named}{STOP}"
    for place in ("title", *TEXTS, "comment"):
        yield place, getattr(risk, f"marked_{place}", None) or ""


def _pieces(marked: str) -> Iterator[Piece]:
    """The text between marks, and that within."""
    for number, text in enumerate(re.split(f"[{START}{STOP}]", marked)):
        if text:
            yield Piece(text.replace(TAG, "<"), is_marked=number % 2 == 1)
