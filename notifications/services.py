"""Telling people, by writing a row in the transaction of what they are told about. Sending is `delivery`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Membership
from notifications.digest import next_digest
from notifications.models import ABOUT_NO_RISK, AT_ONCE, Kind, Notification
from notifications.webhooks.events import happened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation, User
    from notifications.webhooks.types import EventType


def notify(
    *,
    organisation: Organisation,
    recipients: Iterable[User],
    kind: Kind,
    message: str,
    reason: str,
    path: str,
    key: str,
    now: datetime,
    reference: str = "",
    event: EventType | None = None,
) -> None:
    """Tell current members of an organisation who read risks something, once a person for each `key`.

    `message` says what happened with bodies, a reference and times; it never says what a risk says. With an `event` the
    organisation's systems are told too, whether or not there is anybody else to tell.
    """
    if event:
        happened(event, organisation=organisation, path=path, reference=reference, key=key, now=now)
    wanted = {user.pk for user in recipients}
    readers = Membership.objects.live().people().filter(organisation=organisation, user__in=wanted)
    if kind not in ABOUT_NO_RISK:
        readers = readers.clinical()
    members = set(readers.values_list("user", flat=True))
    Notification.objects.bulk_create(
        [
            Notification(
                organisation=organisation,
                recipient_id=member,
                reason=reason,
                kind=kind,
                reference=reference,
                path=path,
                message=message,
                dedupe_key=f"{key}:{organisation.pk}:{member}",
                created_at=now,
                available_at=_available_at(kind, now),
            )
            for member in sorted(members)
        ],
        ignore_conflicts=True,
    )


def notify_safety_leads(
    *,
    organisation: Organisation,
    kind: Kind,
    message: str,
    path: str,
    key: str,
    now: datetime,
    reference: str = "",
    also: Iterable[User | None] = (),
    but_not: User | None = None,
    event: EventType | None = None,
) -> None:
    """Tell an organisation: its safety leads and whoever else is named, but not the one who did it.

    A body without a safety lead has its duty address told, and of what cannot wait the safety leads above it.
    """
    leads = _safety_leads(organisation)
    notify(
        organisation=organisation,
        recipients=[user for user in [*leads, *also] if user and user != but_not],
        kind=kind,
        message=message,
        reason=f"You work for {organisation.name}",
        path=path,
        key=key,
        now=now,
        reference=reference,
        event=event,
    )
    if not leads:
        _notify_instead(organisation, kind=kind, message=message, path=path, key=key, now=now, reference=reference)


def _notify_instead(
    organisation: Organisation, *, kind: Kind, message: str, path: str, key: str, now: datetime, reference: str
) -> None:
    if organisation.duty_email:
        Notification.objects.bulk_create(
            [
                Notification(
                    organisation=organisation,
                    address=organisation.duty_email,
                    reason=f"{organisation.name} has no safety lead in the register",
                    kind=kind,
                    reference=reference,
                    path=path,
                    message=message,
                    dedupe_key=f"{key}:{organisation.pk}:duty",
                    created_at=now,
                    available_at=_available_at(kind, now),
                )
            ],
            ignore_conflicts=True,
        )
    if kind in AT_ONCE:
        _tell_above(organisation, kind=kind, key=key, now=now)


def _tell_above(organisation: Organisation, *, kind: Kind, key: str, now: datetime) -> None:
    """Tell the nearest safety leads above. They may not be allowed to see the risk: they learn of the body alone."""
    above = organisation.parent
    while above and not _safety_leads(above):
        above = above.parent
    if above is None:
        return
    notify(
        organisation=above,
        recipients=_safety_leads(above),
        kind=kind,
        message=f"{organisation.name} was told something that cannot wait, and has no safety lead to see it",
        reason=f"You are the nearest safety lead above {organisation.name}",
        path="/",
        key=f"{key}:no-lead:{organisation.pk}",
        now=now,
    )


def _safety_leads(organisation: Organisation) -> list[User]:
    leads = Membership.objects.live().people().safety_leads().filter(organisation=organisation).select_related("user")
    return [membership.user for membership in leads]


def _available_at(kind: Kind, now: datetime) -> datetime:
    return now if kind in AT_ONCE else next_digest(now)


@transaction.atomic
def mark_read(*, by: Actor, now: datetime, notification: Notification | None = None, path: str = "") -> int:
    """Mark what the actor was told as read: one, all that lead to one page, or all. How many were unread."""
    chosen = Notification.objects.visible_to(by).unread()
    if notification:
        chosen = chosen.filter(pk=notification.pk)
    if path:
        chosen = chosen.filter(path=path)
    return chosen.update(read_at=now)
