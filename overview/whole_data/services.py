"""Asking for whole data, making it outside the request, and handing it to whoever asked (ADR 0023)."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import still_acting
from accounts.models import Membership
from overview.models import DataPackage, PackageStatus, Whole
from overview.whole_data import contents
from safetyreg.audit.services import record
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=7)
MOST_ATTEMPTS = 3
ASKED = {
    Whole.MINE: "asked for everything that the register holds about them",
    Whole.CONTENT: "asked for everything about the organisation's risks",
    Whole.PEOPLE: "asked for everything about the organisation's people",
}


class NotReady(DomainError):
    """The data is not there: it is still being made, or no longer kept."""


def can_ask(actor: Actor, whole: str) -> bool:
    """Anybody what is about themselves, safety leads the risks, administrators, who read none, the people."""
    if whole == Whole.CONTENT:
        return actor.is_safety_lead
    return whole == Whole.MINE or actor.is_administrator


@transaction.atomic
def ask(*, whole: str, by: Actor, now: datetime) -> DataPackage:
    """Ask for whole data. Asked for again while it is being made, it is the same. Raises PermissionDenied."""
    if not can_ask(by, whole):
        raise PermissionDenied
    list(Membership.objects.select_for_update(no_key=True).filter(pk=by.membership.pk))  # one request at a time
    waiting = DataPackage.objects.filter(membership=by.membership, whole=whole, status=PackageStatus.WAITING).first()
    if waiting:
        return waiting
    package = DataPackage.objects.create(
        whole=whole, membership=by.membership, asked_by=by.user, asked_at=now, expires_at=now + KEPT_FOR
    )
    record("ask_whole_data", package, ASKED[Whole(whole)], by=by, now=now)
    return package


@transaction.atomic
def fetch(*, package: DataPackage, by: Actor, now: datetime) -> bytes:
    """The file, and a record that it was fetched. Raises PermissionDenied, NotReady."""
    if package.asked_by_id != by.user.pk or not can_ask(by, package.whole):
        raise PermissionDenied
    package = DataPackage.objects.get(pk=package.pk)
    if not package.is_ready or package.file is None or package.expires_at <= now:
        raise NotReady(f"This cannot be downloaded: {package.get_status_display().lower()}")
    record("fetch_whole_data", package, "downloaded the whole data that they asked for", by=by, now=now)
    return bytes(package.file)


def work(*, now: datetime) -> int:
    """Make what waits, and throw away what was kept long enough. Any number may run at once."""
    old = DataPackage.objects.filter(status=PackageStatus.READY, expires_at__lte=now)
    old.update(status=PackageStatus.EXPIRED, file=None)
    done = 0
    seen: set[UUID] = set()
    while package := _claim(seen):
        seen.add(package.pk)
        done += _make(package, now)
    return done


@transaction.atomic
def _claim(seen: set[UUID]) -> DataPackage | None:
    """The next one, with this attempt counted whatever becomes of it."""
    waiting = DataPackage.objects.filter(status=PackageStatus.WAITING).exclude(pk__in=seen).order_by("asked_at", "pk")
    package = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if package is None:
        return None
    package.attempts += 1
    if package.attempts > MOST_ATTEMPTS:
        package.status = PackageStatus.FAILED
    package.save()
    return package


def _make(claimed: DataPackage, now: datetime) -> int:
    try:
        with transaction.atomic():
            waiting = DataPackage.objects.filter(pk=claimed.pk, status=PackageStatus.WAITING)
            package = waiting.select_for_update(skip_locked=True, of=("self",)).first()
            if package is None:
                return 0
            by = still_acting(package.membership_id)
            if by is None or not can_ask(by, package.whole):
                package.status = PackageStatus.FAILED
            else:
                package.file = contents.zipped(package.whole, by, now)
                package.size, package.ready_at, package.status = len(package.file), now, PackageStatus.READY
                package.expires_at = now + KEPT_FOR
            package.save()
    except Exception:  # one that cannot be made holds no other up; its attempts are counted
        logger.exception("The whole data %s could not be made", claimed.pk)
        return 0
    return 1
