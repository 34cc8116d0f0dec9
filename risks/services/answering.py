"""Answering what an organisation is asked when it is named on a risk: a risk of its own, or why it is not affected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from notifications.webhooks.types import EventType
from risks import lifecycle, permissions, references, sharing, telling
from risks.models import Involvement, LinkKind, Position, Risk, Status
from risks.services.checking import required
from risks.services.linking import relate_by_consent
from risks.services.writing import log_risk
from safetyreg import personal_data
from safetyreg.audit.services import record

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from risks.services.writing import RiskFields

NO_OWN_RISK = "Enter the reference of an open risk of your own"
WHY_LINKED = "It answers the question that was asked of us"


@transaction.atomic
def answer_not_affected(
    *, involvement: Involvement, words: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Involvement:
    """Say why the organisation is not affected. It stops seeing the risk at its next request and keeps the exchange.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    involvement, risk = _to_answer(involvement, by)
    personal_data.screen(checked=personal_data_checked, words=words)
    involvement.words = required("words", words, "Enter why you are not affected")
    _answer(involvement, Position.NOT_AFFECTED, by, now)
    sharing.refresh(risk, now)
    risk.save()
    _record(involvement, risk, f"said that {by.organisation.name} is not affected: {involvement.words}", by, now)
    return involvement


@transaction.atomic
def answer_with_own_risk(
    *,
    involvement: Involvement,
    own_risk: str,
    kind: str = "",
    by: Actor,
    now: datetime,
) -> Involvement:
    """Pick a risk of one's own, by its reference, as the position. The two are linked: each sees the other's.

    `kind` is what the own risk is to the one asked about; without it, the same hazard, or what contributes to the
    risk of a body above the providers. Raises PermissionDenied, ValidationError, WrongStatus.
    """
    if not permissions.can_answer_involvement(by, involvement):
        raise PermissionDenied
    said = references.in_full(own_risk) or own_risk.strip()
    own = Risk.objects.filter(organisation=by.organisation, status=Status.OPEN, reference=said).first()
    if own is None or own.pk == involvement.risk_id:
        raise ValidationError({"own_risk": NO_OWN_RISK})
    return _answer_with(involvement, own, kind, by, now)


@transaction.atomic
def log_own_risk(
    *,
    involvement: Involvement,
    fields: RiskFields,
    kind: str = "",
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Risk:
    """Log a risk of one's own and give it as the position, in one step.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    if not permissions.can_answer_involvement(by, involvement):
        raise PermissionDenied
    lifecycle.require_unanswered(involvement)
    own = log_risk(fields=fields, by=by, now=now, personal_data_checked=personal_data_checked)
    _answer_with(involvement, own, kind, by, now)
    return own


def usual_kind(risk: Risk) -> LinkKind:
    """What the own risk of an organisation asked most often is to the one that it is asked about."""
    return LinkKind.SAME_HAZARD if risk.organisation.level == "PROVIDER" else LinkKind.CONTRIBUTES_TO


def _answer_with(involvement: Involvement, own: Risk, kind: str, by: Actor, now: datetime) -> Involvement:
    own, _ = lifecycle.lock_all(own, involvement.risk)
    lifecycle.require_open(own)
    involvement, risk = _to_answer(involvement, by)
    involvement.own_risk = own
    _answer(involvement, Position.OWN_RISK, by, now)
    link = relate_by_consent(own, risk, kind=kind or usual_kind(risk), reason=WHY_LINKED, by=by, now=now)
    _record(involvement, risk, f"answered with a risk of {by.organisation.name}", by, now)
    # In the own risk's history this is about the link: for those who may know of the other risk.
    given = f"gave this risk as the position on a risk of {risk.organisation.name}"
    record("answer_involvement", link, given, by=by, now=now, reference=own.reference)
    return involvement


def _to_answer(involvement: Involvement, by: Actor) -> tuple[Involvement, Risk]:
    """The involvement and its risk, locked, the question still open. Raises PermissionDenied, WrongStatus."""
    if not permissions.can_answer_involvement(by, involvement):
        raise PermissionDenied
    risk = lifecycle.lock(involvement.risk)
    named = Involvement.objects.select_for_update(of=("self",)).select_related("organisation", "answered_by")
    found = named.filter(pk=involvement.pk).first()
    if found is None:
        raise lifecycle.WrongStatus(f"{by.organisation.name} is no longer named on this risk")
    lifecycle.require_unanswered(found)
    return found, risk


def _answer(involvement: Involvement, position: Position, by: Actor, now: datetime) -> None:
    involvement.position = position
    involvement.answered_at, involvement.answered_by = now, by.user
    involvement.full_clean()
    involvement.save()
    deadlines.meet(subject=involvement, kinds=[DeadlineKind.POSITION], now=now)


def _record(involvement: Involvement, risk: Risk, summary: str, by: Actor, now: datetime) -> None:
    event = record("answer_involvement", involvement, summary, by=by, now=now, reference=risk.reference)
    message = f"{by.organisation.name} has said what its position is"
    telling.tell_step(risk, message, now, key=event.pk, path=involvement.path, event=EventType.INVOLVEMENT_ANSWERED)
