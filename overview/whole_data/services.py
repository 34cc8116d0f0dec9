"""Asking for whole data, making it outside the request, and handing it to whoever asked (ADR 0023)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import still_acting
from accounts.models import Membership
from overview import making
from overview.making import MadeStatus
from overview.models import DataPackage, Whole
from overview.whole_data import contents
from safetyreg.audit.services import record
from safetyreg.errors import DomainError

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor

KEPT_FOR = timedelta(days=7)
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
    waiting = DataPackage.objects.filter(membership=by.membership, whole=whole, status=MadeStatus.WAITING).first()
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
    return making.work(DataPackage, _make, now=now)


def _make(package: DataPackage, now: datetime) -> bool:
    """The whole of it, in one go."""
    by = still_acting(package.membership_id)
    if by is None or not can_ask(by, package.whole):
        making.failed(package)
    else:
        package.file = contents.zipped(package.whole, by, now)
        package.size, package.expires_at = len(package.file), now + KEPT_FOR
        making.ready(package, now)
    package.save()
    return False
