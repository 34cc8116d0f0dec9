"""Naming other organisations on a logged risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from risks import sharing
from risks.models import Involvement
from risks.services.beginning import lock_to_work_on
from risks.services.writing import require_involvable
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import listed

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models import Risk


class NotNamed(DomainError):
    """The organisation is not named on the risk, or no longer."""


@transaction.atomic
def involve(*, risk: Risk, organisations: list[Organisation], by: Actor, now: datetime) -> list[Involvement]:
    """Name other organisations on a risk. They, and the ICBs that oversee them, can see it from now on.

    Raises PermissionDenied, ValidationError, WrongStatus.
    """
    risk = lock_to_work_on(by, risk)
    organisations = list(dict.fromkeys(organisations))
    if not organisations:
        raise ValidationError({"involved": "Enter an organisation"})
    require_involvable(risk, organisations)
    named = set(risk.involvements.values_list("organisation", flat=True))
    already = [organisation.name for organisation in organisations if organisation.pk in named]
    if already:
        raise ValidationError({"involved": f"{', '.join(already)}: already named on this risk"})
    added = [
        Involvement.objects.create(risk=risk, organisation=organisation, created_at=now, created_by=by.user)
        for organisation in organisations
    ]
    names = listed([organisation.name for organisation in organisations])
    _save_shares(risk, now)
    record("involve", risk, f"named {names} on the risk", by=by, now=now, reference=risk.reference)
    return added


@transaction.atomic
def stop_involving(*, involvement: Involvement, by: Actor, now: datetime) -> None:
    """Take an organisation off a risk. It stops seeing the risk at its next request.

    Raises PermissionDenied, WrongStatus, NotNamed.
    """
    risk = lock_to_work_on(by, involvement.risk)
    name = involvement.organisation.name
    if not risk.involvements.filter(pk=involvement.pk).exists():
        raise NotNamed(f"{name} has been taken off {risk.reference} already")
    record("stop_involving", involvement, f"took {name} off the risk", by=by, now=now, reference=risk.reference)
    involvement.delete()
    _save_shares(risk, now)


def _save_shares(risk: Risk, now: datetime) -> None:
    sharing.refresh(risk, now)
    risk.updated_at = now
    risk.save()
