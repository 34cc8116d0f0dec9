"""Telling people about a risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.models import Kind as Told
from notifications.services import notify
from notifications.webhooks.types import EventType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.models import User
    from risks.models import Risk


def tell_given(risk: Risk, to: User, what: str, now: datetime, *, by: User | None = None) -> None:
    """Tell somebody that a risk, or something on it, is now theirs. Nobody is told what they did themselves."""
    if by and to.pk == by.pk:
        return
    notify(
        organisation=risk.organisation,
        recipients=[to],
        kind=Told.GIVEN_TO_YOU,
        message=f"{risk.reference}: {what} has been given to you",
        reason="It was given to you",
        path=risk.path,
        reference=risk.reference,
        key=f"given:{risk.pk}:{what}:{now.isoformat()}",
        now=now,
    )


def tell_given_all(risks: Sequence[Risk], to: User, what: str, now: datetime, *, by: User) -> None:
    """Tell somebody once of everything that an import gave to them."""
    if len(risks) == 1:
        tell_given(risks[0], to, what, now, by=by)
    elif to.pk != by.pk:
        notify(
            organisation=risks[0].organisation,
            recipients=[to],
            kind=Told.GIVEN_TO_YOU,
            message=f"{len(risks)} risks were imported: {what} of each has been given to you",
            reason="It was given to you",
            path="/risks/?ours=true&sort=newest",
            key=f"given:{risks[0].pk}:{what}:{now.isoformat()}",
            now=now,
        )


def tell_step(
    risk: Risk,
    message: str,
    now: datetime,
    *,
    key: object,
    by: User | None = None,
    kind: Told = Told.STEP,
    path: str = "",
    event: EventType | None = EventType.RISK_CHANGED,
) -> None:
    """Tell the owner and whoever logged the risk what happened to it, once for each `key`.

    `path` is where it can be read, if not on the page of the risk.
    """
    people = {person.pk: person for person in (risk.owner, risk.logged_by)}
    if by:
        people.pop(by.pk, None)
    notify(
        organisation=risk.organisation,
        recipients=people.values(),
        kind=kind,
        message=f"{risk.reference}: {message}",
        reason="You logged this risk or own it",
        path=path or risk.path,
        reference=risk.reference,
        key=f"step:{key}",
        now=now,
        event=event,
    )
