"""How long figures take to make, and how long the pages take that show them and the lists behind them.

For readers of all risks, of a tenth and of some hundreds. In milliseconds.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.actors import Actor
    from bench.register import Register

TIMES, MADE = 20, 3
PAGES = ("/dashboard/", "/triage/", "/escalations/all/", "/deadlines/", "/deadlines/?overdue=true&between=true")


def run(register: Register) -> None:
    for name, actor in register.readers.items():
        _figures(name, actor)
        _pages(name, actor)


def _figures(name: str, actor: Actor) -> None:
    from bench.register import NOW
    from overview.figures import registry, showing, snapshots
    from overview.figures.scope import Scope

    body = actor.organisation
    print(f"Figures, {name}{'':24}median ms")
    for figure in registry.for_level(body.level):
        taken = [_timed(lambda rows=figure.rows: rows(Scope(body, NOW))) for _ in range(MADE)]  # type: ignore[misc]
        print(f"  {figure.key:32}{statistics.median(taken):>8.0f}", flush=True)
    made = [_timed(lambda: snapshots.make(body, NOW)) for _ in range(MADE)]
    shown = [_timed(lambda: showing.shown(snapshots.current(body, NOW), actor)) for _ in range(TIMES)]
    print(f"  {'a whole set':32}{statistics.median(made):>8.0f}")
    print(f"  {'shown from the set':32}{statistics.median(shown):>8.0f}\n", flush=True)


def _pages(name: str, actor: Actor) -> None:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(actor.user)
    print(f"{'Pages, ' + name:44}{'median':>8}{'95th':>8}  ms")
    for page in PAGES:
        if not _found(client, page):  # whoever reads nothing there, or a page of a later day; it also makes the figures
            continue
        taken = [_timed(lambda page=page: _found(client, page)) for _ in range(TIMES)]  # type: ignore[misc]
        print(f"  {page:42}{statistics.median(taken):>8.0f}{statistics.quantiles(taken, n=20)[-1]:>8.0f}", flush=True)
    print()


def _found(client: Client, page: str) -> bool:
    """Raises RuntimeError for a page that fails."""
    response = client.get(page)
    if response.status_code not in (200, 403, 404):
        raise RuntimeError(f"{page} answered {response.status_code}")
    return response.status_code == 200


def _timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return (time.perf_counter() - started) * 1000
