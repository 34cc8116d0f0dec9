"""Bank holidays: those proclaimed for one occasion, and all that are to come."""

from __future__ import annotations

from datetime import date

from deadlines.models import ProclaimedDay
from deadlines.working_time import BANK_HOLIDAYS


def proclaimed_days() -> frozenset[date]:
    """As the calculations want them."""
    return frozenset(ProclaimedDay.objects.values_list("on", flat=True))


def bank_holidays_from(day: date, *, count: int = 10) -> list[tuple[date, str]]:
    """The next bank holidays in England with their names, proclaimed ones and all."""
    proclaimed = dict(ProclaimedDay.objects.filter(on__gte=day).values_list("on", "name"))
    known = {on: name.replace(" (observed)", ", substitute day") for on, name in BANK_HOLIDAYS.items() if on >= day}
    return sorted((proclaimed | known).items())[:count]
