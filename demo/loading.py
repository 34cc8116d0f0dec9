"""Loading the demonstration: its people, and the stories of its risks played through the services in the order of time.

Between the events the deadlines are swept at the moments at which they fell due, so that every warning, breach and
repeated question stands at its time. At the end nothing due is unswept, and every risk is compared with the others.

All of it happens in one transaction: the demonstration is there as a whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Min

from accounts.models import Level, Organisation, Role, User
from deadlines.models import Deadline
from deadlines.sweeping import sweep
from demo import feed
from demo.cast import engage
from demo.listening import connect_a_system
from demo.playing import Play
from demo.stage import Stage
from demo.stories import read_people, read_risks
from demo.told import settle
from risks import indexing
from risks.models import Risk
from safetyreg.errors import DomainError
from safetyreg.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from demo.belonging import Position
    from demo.stage import Event
    from demo.stories import DemoRisk, Person

JOINED = timedelta(days=400)  # before the first risk was logged
APART = timedelta(minutes=7)
SPREAD = timedelta(minutes=50)


class CannotLoad(DomainError):
    """The register is not one to load the demonstration into, or not yet."""


@dataclass(frozen=True)
class Loaded:
    people: int
    risks: int
    chains: int


def is_loaded() -> bool:
    """Whether the people of the demonstration are there."""
    return User.objects.filter(email__in=[person.email for person in read_people()]).exists()


@transaction.atomic
def load(*, now: datetime) -> Loaded | None:
    """Fill an empty register with the demonstration, as it would be `now`; None if it is there already.

    Raises CannotLoad.
    """
    _one_at_a_time()
    if is_loaded():
        return None
    if User.objects.exists() or Risk.objects.exists():
        raise CannotLoad("This register has people or risks of its own. The demonstration is only for an empty one.")
    people, risks = read_people(), read_risks()
    organisations = _organisations(people, risks)
    stage = Stage(organisations, engage(people, organisations, now - JOINED), now, answers=_answers(risks))
    feed.connect(stage.cast, now - JOINED)
    _play(_events(risks, stage), now)
    connect_a_system(stage.cast, now)
    indexing.index(now=now)
    settle(stage.cast, now)
    _let_the_planner_know()
    return Loaded(len(people), len(risks), sum(len(risk.chains) for risk in risks))


def _one_at_a_time() -> None:
    """A second load waits for the first, and finds it done."""
    list(Organisation.objects.filter(level=Level.NATIONAL).select_for_update(no_key=True))


def _organisations(people: Iterable[Person], risks: Iterable[DemoRisk]) -> dict[str, Organisation]:
    there = {body.ods_code: body for body in Organisation.objects.open().select_related("parent")}
    wanted = {post.organisation for person in people for post in person.memberships}
    wanted |= {code for risk in risks for code in (risk.organisation, *risk.asked)}
    if missing := sorted(wanted - there.keys()):
        raise CannotLoad(
            f"{plural(len(missing), 'organisation')} of the demonstration cannot be found, {missing[0]} for one. "
            "Run `manage.py load_organisations` first."
        )
    return there


def _answers(risks: Iterable[DemoRisk]) -> dict[str, tuple[str, Position]]:
    return {position.logs: (risk.key, position) for risk in risks for position in risk.positions if position.logs}


def _events(risks: Iterable[DemoRisk], stage: Stage) -> Iterator[Event]:
    """The safety leads of an organisation own its risks in turn."""
    cast = stage.cast
    owners = {code: cycle(cast.those(code, Role.SAFETY_LEAD)) for code in {said.organisation for said in risks}}
    for number, said in enumerate(risks):
        earlier = number * APART % SPREAD
        stage.plays[said.key] = Play(said, stage, owner=next(owners[said.organisation]), earlier=earlier)
    for play in stage.plays.values():
        yield from play.events()


def _play(events: Iterable[Event], now: datetime) -> None:
    for event in sorted(events, key=lambda event: (event.at, event.order)):
        _sweep_until(event.at)
        event.happen(event.at)
    _sweep_until(now)


def _sweep_until(moment: datetime) -> None:
    """Sweep as the clock did: at each moment at which something fell due."""
    while due := Deadline.objects.to_sweep(moment).aggregate(first=Min("next_at"))["first"]:
        if sweep(now=due).failed:
            raise CannotLoad("A deadline could not be swept. The lines above say why.")


def _let_the_planner_know() -> None:
    """Until it is told, PostgreSQL plans for empty tables, and the first pages are slow."""
    tables = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(connection.ops.quote_name(table) for table in tables)}")
