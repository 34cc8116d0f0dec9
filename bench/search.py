"""How long a search takes, for readers of all risks, of a tenth and of some hundreds.

In milliseconds, by query: the search itself (reading it, correcting its spelling, counting what it finds, and fetching
the first 25 with where the words are), and the whole page around it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bench.timing import HEADINGS, milliseconds, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.actors import Actor
    from bench.register import Register

QUERIES = {
    "a rare word": "vazuba",
    "a medicine": "warfarin",
    "two words": "insulin pharmacy",
    "four words": "discharge warfarin pharmacy children",
    "a phrase": '"blood test result"',
    "a word, not another": "tacrolimus -children",
    "either of two": "lithium or digoxin",
    "a misspelt word": "warfrin",
    "one of two misspelt": "dialisys pharmacy",
    "a common word": "discharge",
    "a reference": "PSR-000123",
    "a word nobody says": "zebra",
}
TIMES = 7


def run(register: Register) -> None:
    for name, actor in register.readers.items():
        report(name, actor)


def report(name: str, actor: Actor) -> None:
    from risks.models import Risk

    print(f"Search, {name}: sees {Risk.objects.visible_to(actor).count():,} risks")
    print(f"{'':24}{'finds':>8}    search{'page':>14}\n{'':32}{HEADINGS:20}{HEADINGS}")
    jobs = (search, _page_of(actor))
    every: list[list[float]] = [[] for _ in jobs]
    for what, text in QUERIES.items():
        taken = [[milliseconds(partial(job, text, actor)) for _ in range(TIMES)] for job in jobs]
        for all_taken, some in zip(every, taken, strict=True):
            all_taken += some
        print(f"{what:24}{search(text, actor):>8,}{_figures(name, what, taken)}", flush=True)
    print(f"{'all of them':24}{'':8}{_figures(name, 'all of them', every)}\n", flush=True)


def _figures(reader: str, what: str, taken: list[list[float]]) -> str:
    kinds = ("Search", "Page of a search")
    return "".join(f"{spread(f'{kind}, {reader}', what, some):20}" for kind, some in zip(kinds, taken, strict=True))


def search(text: str, actor: Actor) -> int:
    """What the page asks the database for a search. Answers how many were found."""
    from django.test import RequestFactory

    from bench.register import NOW
    from risks.filters import RiskFilters
    from risks.models import Risk
    from safetyreg.lists import OnePass

    request = RequestFactory().get("/risks/")
    request.actor = actor  # type: ignore[attr-defined]
    filters = RiskFilters({"search": text}, Risk.objects.visible_to(actor).as_listed_for(actor, NOW), request=request)
    return OnePass(filters.qs, 25).get_page(1).paginator.count


def _page_of(actor: Actor) -> Callable[[str, Actor], int]:
    """Asks for the page as the reader does who has signed in."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(actor.user)
    return lambda text, _actor: _shown(client, text)


def _shown(client: Client, text: str) -> int:
    shown = client.get("/risks/", {"search": text})
    if shown.status_code != 200:
        raise RuntimeError(f"The page of a search answered {shown.status_code}")
    return len(shown.content)
