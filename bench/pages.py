"""How long the pages take on which somebody looks for what to do, for readers of all risks and of fewer.

The figures of a dashboard are made before it is measured, as beat does it (bench.figures says what that takes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.timing import HEADINGS, milliseconds, spread

if TYPE_CHECKING:
    from django.test import Client

    from accounts.actors import Actor
    from bench.register import Register

TIMES = 20
PAGES = {
    "dashboard": "/dashboard/",
    "dashboard, one figure": "/dashboard/crossings/",
    "dashboard, API": "/api/v1/dashboard/",
    "triage": "/triage/",
    "triage, page 3": "/triage/?page=3",
    "triage, escalations": "/triage/?kind=ESCALATION",
    "triage, a theme, overdue": "/triage/?theme=6&overdue=true",
    "triage, a band, nobody's": "/triage/?band=EXTREME&handler=nobody",
    "triage, API": "/api/v1/triage/",
    "breached below": "/triage/breached/",
    "look-alikes": "/look-alikes/",
    "all escalations": "/escalations/all/",
    "what is owed": "/deadlines/",
    "what is overdue": "/deadlines/?overdue=true&between=true",
    "reports": "/reports/",
}
NOT_FOR = {403, 404}  # a provider triages nothing


def run(register: Register) -> None:
    bodies = {"region": register.regions[0], "ICB": register.icbs[0]}
    readers = register.readers | {name: register.people[body.pk] for name, body in bodies.items()}
    for name, actor in readers.items():
        report(name, actor)


def report(name: str, actor: Actor) -> None:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(actor.user)
    print(f"{'Pages, ' + name:34}{HEADINGS}")
    for words, page in PAGES.items():
        if _asked(client, page) in NOT_FOR:
            continue
        taken = [milliseconds(lambda page=page: _asked(client, page)) for _ in range(TIMES)]  # type: ignore[misc]
        print(f"  {words:32}{spread(f'Pages, {name}', words, taken)}", flush=True)
    print()


def _asked(client: Client, page: str) -> int:
    """The status of the answer. Raises RuntimeError for a page that fails."""
    status = client.get(page).status_code
    if status != 200 and status not in NOT_FOR:
        raise RuntimeError(f"{page} answered {status}")
    return status
