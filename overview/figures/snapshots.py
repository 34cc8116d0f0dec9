"""The figures of a body as they were at one moment, never older than five minutes when they are shown (ADR 0026).

One maker at a time for each body holds an advisory lock of the database, which no reader or writer of the register
waits for, and which goes with the connection of a maker that is killed. Nothing is written before all is made.
"""

from __future__ import annotations

import contextlib
import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import Error, connection, transaction
from django.db.models import F, Q

from accounts.models import Level, Organisation
from overview.figures import registry
from overview.figures.scope import Scope
from overview.models import FigureSet
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from overview.figures.tables import Figure, Row

logger = logging.getLogger(__name__)


class NotMade(DomainError):
    """A figure that could not be made at the moment of its set. It is tried again with the next set."""


OLDEST = timedelta(minutes=5)
RENEWED = timedelta(minutes=3)  # from this age on they are made anew before somebody has to wait for it
LOOKED_LATELY = timedelta(minutes=15)
NOTED_EVERY = timedelta(minutes=1)
ALWAYS_AHEAD = (Level.NATIONAL, Level.REGION, Level.ICB)
AT_MOST = timedelta(seconds=50)  # of work at a time: the next run of the beat goes on with the oldest
A_RUN = timedelta(minutes=1)  # which one that began in time may take to its end
LONGEST = 20_000  # milliseconds that one query of a figure may take
LOCKS = 5_026  # the first half of the key of the locks; the other half is the body


def current(organisation: Organisation, now: datetime) -> FigureSet:
    """Those at hand if they are fresh enough, else new ones. Whoever finds them being made waits for those."""
    figures = _fresh(organisation, now, OLDEST) or _made_by_one(organisation, now)
    _note_look(figures, now)
    return figures


def make(organisation: Organisation, now: datetime) -> FigureSet:
    """New figures, at once, in place of those at hand. All of one moment, which is `now` or a moment later.

    A figure that cannot be made is left out, and is logged: it is missing from the tables, and nothing old is shown.
    """
    started = time.perf_counter()
    with _one_moment():
        scope = Scope(organisation, now)
        made = {figure.key: _rows(figure, scope) for figure in registry.for_level(organisation.level)}
    tables = {key: rows for key, rows in made.items() if rows is not None}
    took = round((time.perf_counter() - started) * 1000)
    figures, _ = FigureSet.objects.update_or_create(
        organisation=organisation, defaults={"made_at": now, "took_ms": took, "tables": tables}
    )
    return figures


def missing(figures: FigureSet) -> list[Figure]:
    """Those of the level that could not be made."""
    return [one for one in registry.for_level(figures.organisation.level) if one.key not in figures.tables]


def old(now: datetime) -> QuerySet[FigureSet]:
    """Those that are made ahead for somebody, and are older than any reader is shown, with time for a run to end."""
    ahead = Organisation.objects.open().filter(level__in=ALWAYS_AHEAD)
    return FigureSet.objects.filter(organisation__in=ahead, made_at__lt=now - OLDEST - A_RUN)


def make_ahead(now: datetime) -> int:
    """Make anew what somebody will look at soon, the oldest first; how many.

    What another maker has begun with is left to it. One body whose figures cannot be made holds no other up.
    """
    done, started = 0, time.perf_counter()
    for organisation in _wanted(now):
        passed = timedelta(seconds=time.perf_counter() - started)
        if passed > AT_MOST:
            break
        try:
            done += _renew(organisation, now + passed)
        except Exception:
            logger.exception("The figures of %s could not be made", organisation.pk)
    return done


def _wanted(now: datetime) -> list[Organisation]:
    """Those above providers, and whoever looked lately, whose figures are not new: none yet, or oldest, first."""
    made = Q(figures__made_at__lte=now - RENEWED) | Q(figures=None)
    looked = Q(level__in=ALWAYS_AHEAD) | Q(figures__looked_at__gt=now - LOOKED_LATELY)
    return list(Organisation.objects.open().filter(made, looked).order_by(F("figures__made_at").asc(nulls_first=True)))


def _renew(organisation: Organisation, now: datetime) -> bool:
    with _lock(organisation, wait=False) as is_ours:
        if not is_ours or _fresh(organisation, now, RENEWED):
            return False
        make(organisation, now)
        return True


def _made_by_one(organisation: Organisation, now: datetime) -> FigureSet:
    with _lock(organisation, wait=True):
        return _fresh(organisation, now, OLDEST) or make(organisation, now)


def _fresh(organisation: Organisation, now: datetime, age: timedelta) -> FigureSet | None:
    return FigureSet.objects.filter(organisation=organisation, made_at__gt=now - age).first()


def _note_look(figures: FigureSet, now: datetime) -> None:
    """Once a minute at most, and nothing waits for it."""
    if figures.looked_at is None or figures.looked_at < now - NOTED_EVERY:
        FigureSet.objects.filter(pk=figures.pk).update(looked_at=now)


def _rows(figure: Figure, scope: Scope) -> list[Row] | None:
    try:
        with transaction.atomic():  # a savepoint: what fails takes nothing else with it
            return figure.rows(scope)
    except Exception:
        if not connection.is_usable():
            raise
        logger.exception("The figure %s of %s could not be made", figure.key, scope.organisation.pk)
        return None


@contextlib.contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction in which every query sees the register as it was at the first, and that writes nothing.

    Inside another one, which has begun to see already, it is that one's.
    """
    begins = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if begins:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(LONGEST)])
        yield


@contextlib.contextmanager
def _lock(organisation: Organisation, *, wait: bool) -> Iterator[bool]:
    """Whether this connection is the one that makes figures of the body. It is, if it waits."""
    key = [LOCKS, organisation.pk.int % 2**31]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {'pg_advisory_lock' if wait else 'pg_try_advisory_lock'}(%s, %s)", key)
        is_ours = wait or bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:  # a connection that is lost has lost its locks too
            with contextlib.suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
