"""How long triage takes for a national, a regional and an ICB's safety lead: pages and the API.

In milliseconds, by what is asked for. Where the register has no escalations yet, some are made: half as many as it has
risks, a quarter of them open.
"""

from __future__ import annotations

import random
import statistics
import time
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.actors import Actor
    from bench.register import Register

TIMES = 20
ASKED = {
    "triage": "/triage/",
    "triage, page 3": "/triage/?page=3",
    "triage, escalations": "/triage/?kind=ESCALATION",
    "triage, a theme, overdue": "/triage/?theme=6&overdue=true",
    "triage, a band, nobody's": "/triage/?band=EXTREME&handler=nobody",
    "breached below": "/triage/breached/",
    "look-alikes": "/look-alikes/",
    "API: triage": "/api/v1/triage/",
}


def run(register: Register) -> None:
    _escalate(register)
    _pair()
    print(f"{'Triage':44}{'median':>8}{'95th':>8}  ms")
    for name, actor in _leads(register).items():
        measure(name, actor)
    print()


def _leads(register: Register) -> dict[str, Actor]:
    bodies = {"national": register.national, "region": register.regions[0], "ICB": register.icbs[0]}
    return {name: register.people[body.pk] for name, body in bodies.items()}


def measure(name: str, actor: Actor) -> None:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(actor.user)
    for what, path in ASKED.items():
        taken = []
        for _ in range(TIMES):
            started = time.perf_counter()
            shown = client.get(path)
            taken.append((time.perf_counter() - started) * 1000)
            if shown.status_code != 200:
                raise RuntimeError(f"{path} answered {shown.status_code}")
        figures = f"{statistics.median(taken):>8.0f}{statistics.quantiles(taken, n=20)[-1]:>8.0f}"
        print(f"{name + ', ' + what:44}{figures}", flush=True)


def _pair() -> None:
    """Likely pairs, where the benchmark of look-alikes has not made them."""
    import numpy as np

    from bench import look_alikes
    from risks.models import LikelyPair, Risk

    if not LikelyPair.objects.exists():
        look_alikes._pair(list(Risk.objects.only("pk", "organisation_id")), np.random.default_rng(1))
        _analyse("risks_likelypair")


def _escalate(register: Register) -> None:
    from django.contrib.contenttypes.models import ContentType

    from bench.register import NOW, _copy
    from deadlines.models import Deadline, Kind
    from escalations.models import Escalation, Status
    from risks.models import Risk

    if Escalation.objects.exists():
        return
    chance = random.Random(11)  # noqa: S311 - made-up escalations, nothing to guard
    kind_of = ContentType.objects.get_for_model(Escalation)
    regions = {icb.pk: icb.parent for icb in register.icbs}
    hops, owed = [], []
    for risk in Risk.objects.select_related("organisation__parent", "owner").order_by("reference")[::2]:
        icb = risk.organisation.parent
        ladder = [risk.organisation, icb, regions[icb.pk], register.national]  # type: ignore[union-attr]
        level = chance.choices((0, 1, 2), (5, 3, 2))[0]
        asking, asked = ladder[level], ladder[level + 1]
        is_open, raised_at = chance.random() < 0.25, NOW - timedelta(days=chance.randint(1, 60))
        status = chance.choice((Status.RAISED, Status.ACKNOWLEDGED, Status.ACCEPTED)) if is_open else Status.CLOSED
        handler = None if status == Status.RAISED else register.people[asked.pk].user  # type: ignore[union-attr]
        hop = Escalation(
            id=uuid.UUID(int=chance.getrandbits(128), version=4), risk=risk, from_organisation=asking,
            to_organisation=asked, reason="It needs more than we have", ask="Agree one form", urgency="HIGH",
            status=status, handler=handler, raised_by=risk.owner, raised_at=raised_at,
            ended_at=None if is_open else NOW,
        )  # fmt: skip
        hops.append(hop)
        if is_open:
            kind = {Status.RAISED: Kind.ACKNOWLEDGE, Status.ACKNOWLEDGED: Kind.DECIDE}.get(status, Kind.ANSWER)
            due_at = raised_at + timedelta(days=chance.randint(2, 60))
            owed.append(
                Deadline(
                    id=uuid.UUID(int=chance.getrandbits(128), version=4), kind=kind, owed_by=asked, owed_to=asking,
                    holder=handler, subject_type=kind_of, subject_id=hop.pk, risk_reference=risk.reference,
                    path=hop.path, starts_at=raised_at, due_at=due_at, amount=10, unit="WORKING_DAYS",
                    next_at=due_at, breached_at=due_at if due_at < NOW else None,
                )
            )  # fmt: skip
    _copy(Escalation, hops)
    _copy(Deadline, owed)
    for table in ("escalations_escalation", "deadlines_deadline"):
        _analyse(table)


def _analyse(table: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {table}")
