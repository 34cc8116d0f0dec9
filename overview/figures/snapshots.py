"""The figures of a body as they were at one moment, never older than five minutes when they are shown."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Organisation
from overview.figures import registry
from overview.figures.scope import Scope
from overview.models import FigureSet

if TYPE_CHECKING:
    from datetime import datetime

OLDEST = timedelta(minutes=5)


def current(organisation: Organisation, now: datetime) -> FigureSet:
    """Those at hand if they are fresh enough, else new ones. Whoever finds them being made waits for those."""
    return _fresh(organisation, now) or _made_by_one(organisation, now)


@transaction.atomic
def make(organisation: Organisation, now: datetime) -> FigureSet:
    """New figures, at once, in place of those at hand."""
    scope, started = Scope(organisation, now), time.perf_counter()
    tables = {figure.key: figure.rows(scope) for figure in registry.for_level(organisation.level)}
    took = round((time.perf_counter() - started) * 1000)
    figures, _ = FigureSet.objects.update_or_create(
        organisation=organisation, defaults={"made_at": now, "took_ms": took, "tables": tables}
    )
    return figures


@transaction.atomic
def _made_by_one(organisation: Organisation, now: datetime) -> FigureSet:
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    return _fresh(organisation, now) or make(organisation, now)


def _fresh(organisation: Organisation, now: datetime) -> FigureSet | None:
    return FigureSet.objects.filter(organisation=organisation, made_at__gt=now - OLDEST).first()
