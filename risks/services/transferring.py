"""Asking another organisation to take over accountability for a risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.members import HOLDERS_OF_RISKS, require_member
from deadlines import services as deadlines
from deadlines.models import ESCALATION_KINDS, Deadline, Urgency
from deadlines.models import Kind as DeadlineKind
from notifications.models import Kind as Told
from notifications.services import notify_safety_leads
from notifications.webhooks.types import EventType
from risks import lifecycle, permissions, sharing, telling
from risks.models import Basis, Involvement, Risk, Transfer, TransferStatus
from risks.services.beginning import lock_to_work_on
from risks.services.consenting import lock_with_linked, withdraw_proposed
from risks.services.introducing import withdraw_introductions
from risks.services.involving import ask, take_off
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import day

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation, User


TOLD_AS = {
    "asked": Told.GIVEN_TO_YOU,
    "accepted": Told.RETURNED,
    "declined": Told.RETURNED,
    "withdrawn": Told.STEP,
}


STILL_AFFECTED = "You held this risk until now. Are you still affected by it?"


class CannotTransfer(DomainError):
    """The risk cannot change hands now."""


@transaction.atomic
def propose_transfer(
    *,
    risk: Risk,
    to: Organisation,
    reason: str,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Transfer:
    """Ask another organisation to take the risk over. It reads the risk while it decides, and its clock runs.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus, CannotTransfer.
    """
    risk = lock_to_work_on(by, risk)
    personal_data.screen(checked=personal_data_checked, reason=reason)
    require_transferable(risk)
    if to.pk == risk.organisation_id:
        raise ValidationError({"to": "Choose another organisation: the risk is already yours"})
    if not to.is_open:
        raise ValidationError({"to": f"{to.name} has closed and cannot take a risk over"})
    transfer = Transfer(
        risk=risk,
        from_organisation=risk.organisation,
        to_organisation=to,
        reason=reason.strip(),
        created_at=now,
        created_by=by.user,
    )
    transfer.full_clean(exclude=["decided_by"])  # nobody, yet
    transfer.save()
    sharing.grant(risk, to, Basis.TRANSFER, now)
    deadlines.start(
        kind=DeadlineKind.TRANSFER,
        subject=transfer,
        owed_by=to,
        owed_to=risk.organisation,
        urgency=Urgency.ANY,
        reference=risk.reference,
        path=risk.path,
        now=now,
    )
    asked = f"asked {to.name} to take the risk over: {transfer.reason}"
    record("propose_transfer", transfer, asked, by=by, now=now, reference=risk.reference)
    _tell(transfer, to, f"{risk.organisation.name} asks {to.name} to take it over", "asked", now)
    return transfer


@transaction.atomic
def accept_transfer(*, transfer: Transfer, owner: User, by: Actor, now: datetime) -> Risk:
    """Take the risk over, naming its owner. The organisation it came from stays named on it.

    Raises PermissionDenied, ValidationError, WrongStatus, CannotTransfer.
    """
    if not permissions.can_decide_transfer(by, transfer):
        raise PermissionDenied
    _, linked = lock_with_linked(transfer.risk)
    transfer, risk = _locked(transfer)
    refuse_while_escalated(risk)
    require_member(owner, transfer.to_organisation, field="owner", roles=HOLDERS_OF_RISKS)
    _decide(transfer, TransferStatus.ACCEPTED, "", by, now)
    deadlines.meet(subject=transfer, kinds=[DeadlineKind.TRANSFER], now=now)
    _move(risk, transfer, owner, linked, by, now)
    record(
        "accept_transfer",
        transfer,
        f"took the risk over from {transfer.from_organisation.name}",
        by=by,
        now=now,
        reference=risk.reference,
    )
    _tell(transfer, transfer.from_organisation, f"{transfer.to_organisation.name} has taken it over", "accepted", now)
    telling.tell_given(risk, owner, "this risk", now, by=by.user)
    return risk


@transaction.atomic
def decline_transfer(
    *, transfer: Transfer, why: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Transfer:
    """Say no, and why. The risk stays where it is and the organisation asked stops seeing it.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    transfer, risk = _to_decide(transfer, by)
    personal_data.screen(checked=personal_data_checked, why=why)
    if not why.strip():
        raise ValidationError({"why": "Enter why you decline it"})
    _decide(transfer, TransferStatus.DECLINED, why, by, now)
    deadlines.meet(subject=transfer, kinds=[DeadlineKind.TRANSFER], now=now)
    sharing.revoke(risk, transfer.to_organisation, Basis.TRANSFER, now)
    record(
        "decline_transfer", transfer, f"declined to take the risk over: {why}", by=by, now=now, reference=risk.reference
    )
    _tell(
        transfer,
        transfer.from_organisation,
        f"{transfer.to_organisation.name} declined to take it over",
        "declined",
        now,
    )
    return transfer


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: Actor, now: datetime) -> Transfer:
    """Take the request back.

    Raises PermissionDenied, WrongStatus.
    """
    if not permissions.can_withdraw_transfer(by, transfer):
        raise PermissionDenied
    transfer, risk = _locked(transfer)
    _decide(transfer, TransferStatus.WITHDRAWN, "", by, now)
    deadlines.stop(subject=transfer, now=now)
    sharing.revoke(risk, transfer.to_organisation, Basis.TRANSFER, now)
    record(
        "withdraw_transfer",
        transfer,
        "took back the request to take the risk over",
        by=by,
        now=now,
        reference=risk.reference,
    )
    message = f"{transfer.from_organisation.name} no longer asks {transfer.to_organisation.name} to take it over"
    _tell(transfer, transfer.to_organisation, message, "withdrawn", now)
    return transfer


def require_transferable(risk: Risk) -> None:
    """Raises CannotTransfer while a transfer waits for an answer, or an escalation is open."""
    waiting = risk.transfers.filter(status=TransferStatus.PROPOSED).select_related("to_organisation").first()
    if waiting:
        raise CannotTransfer(
            f"{waiting.to_organisation.name} was asked on {day(waiting.created_at)} to take {risk.reference} over, "
            "and has yet to answer"
        )
    refuse_while_escalated(risk)


def refuse_while_escalated(risk: Risk) -> None:
    live = Deadline.objects.live().about(risk.reference).filter(kind__in=ESCALATION_KINDS)
    if live.exists():
        raise CannotTransfer(
            f"{risk.reference} is escalated. It can change hands once every escalation of it is closed or withdrawn"
        )


def _to_decide(transfer: Transfer, by: Actor) -> tuple[Transfer, Risk]:
    if not permissions.can_decide_transfer(by, transfer):
        raise PermissionDenied
    return _locked(transfer)


def _locked(transfer: Transfer) -> tuple[Transfer, Risk]:
    risk = lifecycle.lock(transfer.risk)
    transfer = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("from_organisation__parent", "to_organisation__parent", "decided_by")
        .get(pk=transfer.pk)
    )
    lifecycle.require_proposed(transfer)
    return transfer, risk


def _decide(transfer: Transfer, status: TransferStatus, words: str, by: Actor, now: datetime) -> None:
    transfer.status = status
    transfer.decided_at, transfer.decided_by, transfer.decision_words = now, by.user, words.strip()
    transfer.full_clean()
    transfer.save()


def _move(risk: Risk, transfer: Transfer, owner: User, linked: list[Risk], by: Actor, now: datetime) -> None:
    old, new = transfer.from_organisation, transfer.to_organisation
    withdraw_proposed(risk, "The risk was taken over by another organisation", by, now)
    withdraw_introductions(risk, by, now)
    risk.organisation, risk.owner = new, owner
    risk.external_reference, risk.source = "", None
    risk.updated_at = now
    risk.version += 1
    _readdress_involvements(risk, old, new, by, now)
    sharing.revoke(risk, old, Basis.OWNER, now)
    sharing.revoke(risk, new, Basis.TRANSFER, now)
    sharing.grant(risk, new, Basis.OWNER, now)
    sharing.refresh(risk, now)
    risk.save()
    sharing.refresh_links(risk, now)
    for other in linked:
        sharing.refresh_links(other, now)
    deadlines.move_to(subject=risk, organisation=new, holder=owner)
    for action in risk.actions.filter(done_at=None, dropped_at=None):
        action.organisation, action.owner = new, owner
        action.save(update_fields=["organisation", "owner"])
        deadlines.move_to(subject=action, organisation=new, holder=owner)


def _readdress_involvements(risk: Risk, old: Organisation, new: Organisation, by: Actor, now: datetime) -> None:
    """Answers are owed to the new owner; the old one is named in its place, and asked whether it is still affected."""
    for involvement in risk.involvements.all():
        if involvement.organisation_id == new.pk:
            take_off(involvement, now)
        else:
            deadlines.readdress(subject=involvement, owed_to=new)
    stays = Involvement.objects.create(
        risk=risk, organisation=old, question=STILL_AFFECTED, created_at=now, created_by=by.user
    )
    ask(stays, now)


def _tell(transfer: Transfer, organisation: Organisation, message: str, moment: str, now: datetime) -> None:
    notify_safety_leads(
        organisation=organisation,
        kind=TOLD_AS[moment],
        message=f"{transfer.risk.reference}: {message}",
        path=transfer.risk.path,
        reference=transfer.risk.reference,
        key=f"transfer:{transfer.pk}:{moment}",
        now=now,
        event=EventType.TRANSFER_ASKED if moment == "asked" else EventType.TRANSFER_ENDED,
    )
