"""How long it takes to find what is like one risk, for readers of all risks, of a tenth and of some hundreds.

In milliseconds: the look-alikes of a logged risk; the same for a text that is being typed, which has to be encoded
first; the count of organisations with unseen ones; and the first page of likely pairs.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import numpy as np

from bench.timing import HEADINGS, milliseconds, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from accounts.actors import Actor
    from bench.register import Register

TIMES = 40
ENCODED = 2_000  # texts whose vectors are worked out; those of the other risks are blends of two of them
NEARBY = 0.35  # how far a blend goes towards the second of the two, at most
AT_ONCE = 5_000
PAIRED = 50_000  # likely pairs, as if the register had been indexed


def run(register: Register) -> None:
    started = time.perf_counter()
    _index(register)
    print(f"Vectors and their index made in {time.perf_counter() - started:.0f} s")
    print(f"{'Look-alikes':34}{HEADINGS}")
    for name, actor in register.readers.items():
        for what, job in _jobs(actor).items():
            taken = [milliseconds(job) for _ in range(TIMES)]
            print(f"{name + ', ' + what:34}{spread(f'Look-alikes, {name}', what, taken)}", flush=True)
    print()


def _jobs(actor: Actor) -> dict[str, Callable[[], object]]:
    from django.db import transaction

    from risks import look_alikes, pairs
    from risks.matching.texts import RiskText
    from risks.models import Risk

    chance = random.Random(5)  # noqa: S311 - nothing depends on guessing it
    seen = list(Risk.objects.visible_to(actor).order_by("reference").select_related("organisation__parent")[:2000])
    if not seen:  # a provider may have none in a small register
        return {}
    own = [risk for risk in seen if risk.organisation_id == actor.organisation_id]

    def of_a_risk() -> None:
        with transaction.atomic():
            look_alikes.of_risk(chance.choice(seen), actor)

    def of_a_text() -> None:
        risk = chance.choice(seen)
        with transaction.atomic():
            look_alikes.of_text(RiskText(risk.title, risk.cause, risk.event, risk.effect), actor)

    def unseen() -> None:
        risk = chance.choice(own)
        with transaction.atomic():
            look_alikes.unseen_organisations(risk, risk.organisation.parent)  # type: ignore[arg-type]

    def likely_pairs() -> None:
        rows = pairs.to_look_at(actor)
        rows.count()
        pairs.with_reasons(rows[:10])

    jobs: dict[str, Callable[[], object]] = {"of a risk": of_a_risk, "of what is typed": of_a_text}
    return jobs | ({"unseen ones": unseen} if own else {"likely pairs": likely_pairs})


def _index(register: Register) -> None:
    """Give every risk a vector and the register some likely pairs, without the hours that encoding all would take."""
    from django.db import connection
    from django.db.models import F

    from bench.register import NOW
    from risks.matching import likeness
    from risks.models import Risk, RiskVector

    risks = list(
        Risk.objects.order_by("reference").only(
            "pk", "title", "cause", "event", "effect", "organisation_id", "text_digest"
        )
    )
    pool, about = _pool(risks)
    chance = np.random.default_rng(1)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("DROP INDEX vector_nearest")
    for first in range(0, len(risks), AT_ONCE):
        some = risks[first : first + AT_ONCE]
        places = chance.integers(0, len(pool), len(some))
        vectors = _blends(pool, places, chance)
        RiskVector.objects.bulk_create(
            RiskVector(
                risk=risk,
                vector=vector,
                topics=about[place],
                model=likeness.MODEL,
                digest=risk.text_digest,
                made_at=NOW,
            )
            for risk, vector, place in zip(some, vectors, places, strict=True)
        )
    Risk.objects.update(indexed_as=F("text_digest"))
    _pair(risks, chance)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX vector_nearest ON risks_riskvector USING hnsw (vector halfvec_cosine_ops)")
        for table in ("risks_riskvector", "risks_likelypair", "risks_risk"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _pool(risks: list) -> tuple[NDArray[np.float32], list[list[str]]]:
    from risks.look_alikes import text_of
    from risks.matching import likeness, topics

    texts = [text_of(risk) for risk in risks[:: max(1, len(risks) // ENCODED)]]
    return likeness.vectors(texts), [topics.topics_of(text.whole) for text in texts]


def _blends(pool: NDArray[np.float32], places: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.float32]:
    """Vectors of length 1 near those at `places`, each some way towards another, shape (len(places), DIMENSIONS)."""
    others = pool[chance.integers(0, len(pool), len(places))]
    share = chance.uniform(0, NEARBY, (len(places), 1)).astype(np.float32)
    mixed = (1 - share) * pool[places] + share * others
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def _pair(risks: list, chance: np.random.Generator) -> None:
    """Pairs of neighbours in the register, of different organisations, at any likeness above the threshold."""
    from bench.register import NOW
    from risks.matching import likeness
    from risks.models import LikelyPair

    by_chance = chance.integers(0, len(risks), (min(PAIRED, len(risks)), 2))
    found = {}
    for one, other in by_chance:
        first, second = sorted((risks[one], risks[other]), key=lambda risk: risk.pk)
        if first.organisation_id != second.organisation_id:
            near = chance.uniform(likeness.PAIR, 1)
            found[first.pk, second.pk] = LikelyPair(first=first, second=second, likeness=near, found_at=NOW)
    LikelyPair.objects.bulk_create(found.values(), batch_size=AT_ONCE)
