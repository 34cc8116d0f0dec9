"""How long the figures of a dashboard take to make, one by one and as a set, and to be put into words once made."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from bench.timing import milliseconds

if TYPE_CHECKING:
    from accounts.actors import Actor
    from bench.register import Register

TIMES, MADE = 20, 3


def run(register: Register) -> None:
    for name, actor in register.readers.items():
        report(name, actor)


def report(name: str, actor: Actor) -> None:
    from bench.register import NOW
    from overview.figures import registry, showing, snapshots
    from overview.figures.scope import Scope

    body = actor.organisation
    print(f"{'Figures, ' + name:34}{'median':>8}  ms")
    for figure in registry.for_level(body.level):
        taken = [milliseconds(lambda rows=figure.rows: rows(Scope(body, NOW))) for _ in range(MADE)]  # type: ignore[misc]
        print(f"  {figure.key:32}{statistics.median(taken):>8.0f}", flush=True)
    made = [milliseconds(lambda: snapshots.make(body, NOW)) for _ in range(MADE)]
    shown = [milliseconds(lambda: showing.shown(snapshots.current(body, NOW), actor)) for _ in range(TIMES)]
    print(f"  {'a whole set':32}{statistics.median(made):>8.0f}")
    print(f"  {'shown from the set':32}{statistics.median(shown):>8.0f}\n", flush=True)
