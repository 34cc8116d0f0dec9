"""Doing once what is asked for more than once: a lock on the key, then a row with the answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import OperationalError, connection, transaction

from safetyreg.idempotency.models import StoredAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from accounts.actors import Actor
    from safetyreg.idempotency.models import StoredAnswerQuerySet

WAIT = "10s"  # for the same request that came before and is still being done
LOCK_NOT_AVAILABLE = "55P03"


class StillBeingDone(Exception):
    """The same key is held by a request that has not been answered yet."""


class KeyUsedOtherwise(Exception):
    """The key was sent with another request before."""


@dataclass(frozen=True)
class Claim:
    """A key that nobody else can use until the transaction ends, and the answer that was given to it, if any."""

    actor: Actor
    key: str
    asked: str
    stored: StoredAnswer | None


def claim(*, actor: Actor, key: str, asked: str, now: datetime) -> Claim:
    """Hold a key within the running transaction, once whoever holds it is done.

    Raises StillBeingDone, KeyUsedOtherwise.
    """
    _lock(f"idempotency:{actor.user.pk}:{actor.organisation_id}:{key}")
    stored = _of(actor).filter(key=key).first()
    if stored and _of(actor).stale(now).filter(pk=stored.pk).exists():
        stored.delete()
        stored = None
    if stored and stored.asked != asked:
        raise KeyUsedOtherwise
    return Claim(actor, key, asked, stored)


def _of(actor: Actor) -> StoredAnswerQuerySet:
    return StoredAnswer.objects.filter(user=actor.user, organisation=actor.organisation)


def _lock(name: str) -> None:
    """Two names that are hashed to one number wait for each other without need, and do no harm."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == LOCK_NOT_AVAILABLE:
            raise StillBeingDone from error
        raise


def keep(
    claimed: Claim, *, status: int, headers: Mapping[str, str], body: bytes, about: str = "", now: datetime
) -> StoredAnswer:
    """Store the answer, in the transaction of what it answers. Raises RuntimeError outside one."""
    if not connection.in_atomic_block:
        raise RuntimeError("An answer is stored in the transaction of what it answers")
    return StoredAnswer.objects.create(
        user=claimed.actor.user,
        organisation=claimed.actor.organisation,
        key=claimed.key,
        asked=claimed.asked,
        status=status,
        headers=dict(headers),
        body=body,
        about=about,
        stored_at=now,
    )


def digest(parts: Iterable[bytes]) -> str:
    """One short text for several, that no others give. Each part is told from the next by its length."""
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.hexdigest()


def forget_stale(*, now: datetime) -> int:
    """Delete the answers that need not be given again. How many there were."""
    return StoredAnswer.objects.stale(now).delete()[0]
