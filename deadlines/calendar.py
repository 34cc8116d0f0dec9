"""The bank holidays proclaimed for one occasion, as the calculations want them."""

from __future__ import annotations

from datetime import date

from deadlines.models import ProclaimedDay


def proclaimed_days() -> frozenset[date]:
    return frozenset(ProclaimedDay.objects.values_list("on", flat=True))
