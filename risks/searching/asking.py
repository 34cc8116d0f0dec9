"""Reading what somebody typed into the search box, as a web search engine would: words, "phrases", or, -not.

PostgreSQL reads it too (`websearch_to_tsquery`) and decides what is found. What is asked here is only which words it is
made of: those whose spelling may be wrong, and those to look for when the finds are shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from risks.searching.lexicon import WORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A minus before it or not; then a phrase, whose closing quotation mark may be missing, or anything up to a space.
PART = re.compile(r'(?P<minus>-?)(?P<said>"[^"]*"?|[^\s"]+)')
BETWEEN = ("or", "and")


def plain_words(text: str) -> list[str]:
    """The words that stand by themselves, in lower case, each once: not in a phrase, and not excluded."""
    return list(dict.fromkeys(found[0].lower() for part in _wanted(text) if (found := _word(part))))


def offers_a_choice(text: str) -> bool:
    """Whether a risk can be found that lacks some of the words."""
    return any(part["said"].lower() == "or" for part in PART.finditer(text))


def respelt(text: str, meant: Mapping[str, str]) -> str:
    """The text with some of its plain words, in lower case, put in other words."""
    for part in reversed(list(_wanted(text))):
        found = _word(part)
        if found and (other := meant.get(found[0].lower())):
            start = part.start("said")
            text = text[: start + found.start()] + other + text[start + found.end() :]
    return text


def any_of_it(text: str) -> str:
    """A search for any word or phrase of the text that is not excluded."""
    return " or ".join(part["said"] for part in _wanted(text))


def _wanted(text: str) -> Iterator[re.Match[str]]:
    return (part for part in PART.finditer(text) if not part["minus"] and part["said"].lower() not in BETWEEN)


def _word(part: re.Match[str]) -> re.Match[str] | None:
    """The word that a part is, with nothing around it but punctuation."""
    if part["said"].startswith('"'):
        return None
    found = WORD.search(part["said"])
    around = part["said"].replace(found[0], "", 1) if found else ""
    return found if not re.search(r"\w", around) else None
