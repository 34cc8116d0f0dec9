"""System risks: a body above the providers gathers the risks of others under one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from risks import lifecycle, permissions
from risks.models import LinkKind, PairDismissal, Risk, RiskLink
from risks.services.checking import required
from risks.services.linking import NO_SUCH_RISK, WHY_LINKED, find_other, relate_each
from risks.services.writing import log_risk, screen_fields
from safetyreg import personal_data
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.actors import Actor
    from risks.services.writing import RiskFields


@transaction.atomic
def gather(
    *,
    risk: Risk,
    contributors: Sequence[str],
    reason: str,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> list[RiskLink]:
    """Ask the owners of several risks, given by their references, to let them contribute to a system risk.

    All of them or none. Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    if not permissions.can_gather(by, risk):
        raise PermissionDenied
    personal_data.screen(checked=personal_data_checked, reason=reason)
    reason = required("reason", reason, WHY_LINKED)
    risk, *found = lifecycle.lock_all(risk, *_contributors(risk, contributors, by))
    if not permissions.can_gather(by, risk):  # it was given to another meanwhile
        raise PermissionDenied
    lifecycle.require_open(risk)
    kind = LinkKind.CONTRIBUTES_TO
    return relate_each([(one, risk) for one in found], kind, reason, by, now, field="contributors")


def _contributors(risk: Risk, references: Sequence[str], by: Actor) -> list[Risk]:
    """Raises ValidationError, saying of each reference that leads nowhere that it does."""
    wanted = [text for text in references if text.strip()]
    if not wanted:
        raise ValidationError({"contributors": "Enter the reference of a risk"})
    found, errors = {}, []
    for text in wanted:
        try:
            other = find_other(risk, text, by)
            found[other.pk] = other
        except ValidationError:
            errors.append(f"{text.strip()}: {NO_SUCH_RISK}")
    if errors:
        raise ValidationError({"contributors": errors})
    return list(found.values())


@transaction.atomic
def log_system_risk(
    *,
    fields: RiskFields,
    contributors: Sequence[str],
    reason: str,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Risk:
    """Log a system risk and gather the first risks under it, in one step.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded.
    """
    if not permissions.can_match(by):
        raise PermissionDenied
    screen_fields(fields, checked=personal_data_checked, reason=reason)
    risk = log_risk(fields=fields, by=by, now=now, personal_data_checked=personal_data_checked)
    gather(
        risk=risk,
        contributors=contributors,
        reason=reason,
        by=by,
        now=now,
        personal_data_checked=personal_data_checked,
    )
    return risk


@transaction.atomic
def dismiss_pair(
    *, risk: Risk, other: Risk, reason: str = "", by: Actor, now: datetime, personal_data_checked: bool = False
) -> PairDismissal:
    """Say that two risks do not belong together: the organisation is not shown them as a likely pair again.

    Raises PermissionDenied, ConfirmationNeeded.
    """
    first, second = _pair(risk, other, by)
    personal_data.screen(checked=personal_data_checked, reason=reason)
    dismissal, is_new = PairDismissal.objects.get_or_create(
        organisation=by.organisation,
        first=first,
        second=second,
        defaults={"reason": reason.strip(), "created_at": now, "created_by": by.user},
    )
    if is_new:
        record("dismiss_pair", dismissal, "found that two risks do not belong together", by=by, now=now)
    return dismissal


@transaction.atomic
def restore_pair(*, risk: Risk, other: Risk, by: Actor, now: datetime) -> None:
    """Put two risks that were dismissed back among the likely pairs. Raises PermissionDenied, WrongStatus."""
    first, second = _pair(risk, other, by)
    dismissals = PairDismissal.objects.filter(organisation=by.organisation, first=first, second=second)
    lifecycle.require_dismissed(dismissals.exists())
    for dismissal in dismissals:
        record("restore_pair", dismissal, "put two risks back among the likely pairs", by=by, now=now)
        dismissal.delete()


def _pair(risk: Risk, other: Risk, by: Actor) -> tuple[Risk, Risk]:
    """In the order in which pairs are kept. Raises PermissionDenied unless the actor may match, and sees both."""
    seen = Risk.objects.visible_to(by).filter(pk__in=[risk.pk, other.pk]).count()
    if not permissions.can_match(by) or seen != 2:
        raise PermissionDenied
    first, second = sorted((risk, other), key=lambda one: one.pk)
    return first, second
