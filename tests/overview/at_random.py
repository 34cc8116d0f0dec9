"""How somebody is chosen who does something at random, and how it is done: what is refused is refused."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.actors import Actor
from accounts.models import CLINICAL_ROLES, Membership, Organisation, Role
from risks.models import Risk
from safetyreg.errors import DomainError
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from accounts.models import User

REFUSED = (DomainError, PermissionDenied, ValidationError)


class AtRandom:
    """A clock, chance, and the people of a few organisations."""

    organisations: tuple[Organisation, ...] = ()
    done: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.chance = Random(0)  # noqa: S311 - nothing depends on guessing it

    def one_of(self, *things: Callable[[], None]) -> None:
        self.chance.choice(things)()

    def do(self, service: Callable[..., Any], also: dict[str, Any] | None = None, **given: Any) -> None:
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                service(now=self.now, **given, **(also or {}))
        except REFUSED:
            self.done[f"{service.__name__} refused"] += 1
        else:
            self.done[service.__name__] += 1

    def any(self, rows: QuerySet[Any]) -> Any:
        found = list(rows)
        return self.chance.choice(found) if found else None

    def risk(self) -> Risk:
        """One of the newest open risks, so that walks come back to the same ones; or one that cannot be worked on."""
        newest = Risk.objects.filter(status="OPEN").order_by("-logged_at")[:4]
        return self.any(newest) or self.any(Risk.objects.order_by("drafted_at"))

    def lead_on(self, risk: Risk) -> Actor:
        return self.lead(risk.organisation)

    def lead(self, organisation: Organisation, role: Role = Role.SAFETY_LEAD) -> Actor:
        """Whoever may; now and then somebody who may not."""
        if self.chance.random() < 0.05:
            return self.somebody()
        return self._actor(organisation=organisation, role=role)

    def somebody(self) -> Actor:
        return self._actor(role__in=CLINICAL_ROLES)

    def person(self, organisation: Organisation) -> User:
        return self._actor(organisation=organisation, role__in=CLINICAL_ROLES).user

    def _actor(self, **fitting: Any) -> Actor:
        """Somebody who fits; where nobody does, anybody."""
        live = Membership.objects.live().select_related("user", "organisation__parent").order_by("user__date_joined")
        return Actor(self.any(live.filter(**fitting)) or self.any(live))
