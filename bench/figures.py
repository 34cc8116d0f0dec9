"""How long the figures of a dashboard take to make, one by one and as a set, and to be put into words once made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.timing import HEADINGS, milliseconds, spread

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
    of = f"Figures, {name}"
    print(f"{of:34}{HEADINGS}")
    for figure in registry.for_level(body.level):
        taken = [milliseconds(lambda rows=figure.rows: rows(Scope(body, NOW))) for _ in range(MADE)]  # type: ignore[misc]
        print(f"  {figure.key:32}{spread(of, figure.key, taken)}", flush=True)
    made = [milliseconds(lambda: snapshots.make(body, NOW)) for _ in range(MADE)]
    shown = [milliseconds(lambda: showing.shown(snapshots.current(body, NOW), actor)) for _ in range(TIMES)]
    for what, taken in (("a whole set", made), ("shown from the set", shown)):
        print(f"  {what:32}{spread(of, what, taken)}", flush=True)
    print()
