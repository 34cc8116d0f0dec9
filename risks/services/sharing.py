"""Naming other organisations on a logged risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from risks import lifecycle, permissions, sharing
from risks.models import Involvement
from risks.services.writing import require_involvable
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Risk


@transaction.atomic
def involve(*, risk: Risk, organisations: list[Organisation], by: Actor, now: datetime) -> list[Involvement]:
    """Name other organisations on a risk. They, and the ICBs that oversee them, can see it from now on.

    Raises PermissionDenied, ValidationError, WrongStatus.
    """
    if not permissions.can_work_on_risk(by, risk):
        raise PermissionDenied
    risk = lifecycle.lock(risk)
    lifecycle.require_open(risk)
    require_involvable(risk, organisations)
    named = set(risk.involvements.values_list("organisation", flat=True))
    already = [organisation.name for organisation in organisations if organisation.pk in named]
    if already:
        raise ValidationError({"involved": f"{', '.join(already)}: already named on this risk"})
    added = [
        Involvement.objects.create(risk=risk, organisation=organisation, created_at=now, created_by=by.user)
        for organisation in organisations
    ]
    names = ", ".join(organisation.name for organisation in organisations)
    _save_shares(risk, now)
    record("involve", risk, f"named {names} on the risk", by=by, now=now, reference=risk.reference)
    return added


@transaction.atomic
def stop_involving(*, involvement: Involvement, by: Actor, now: datetime) -> None:
    """Take an organisation off a risk. It stops seeing the risk at its next request.

    Raises PermissionDenied, WrongStatus.
    """
    risk = involvement.risk
    if not permissions.can_work_on_risk(by, risk):
        raise PermissionDenied
    risk = lifecycle.lock(risk)
    lifecycle.require_open(risk)
    name = involvement.organisation.name
    record("stop_involving", involvement, f"took {name} off the risk", by=by, now=now, reference=risk.reference)
    involvement.delete()
    _save_shares(risk, now)


def _save_shares(risk: Risk, now: datetime) -> None:
    sharing.refresh(risk, now)
    risk.updated_at = now
    risk.save()
