"""Asking the ICB to introduce the owner of a risk to others of its system whose similar risks it may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from deadlines.models import Urgency
from notifications.models import Kind as Told
from notifications.services import notify_safety_leads
from notifications.webhooks.types import EventType
from risks import lifecycle, look_alikes, permissions, sharing
from risks.models import Basis, Introduction, IntroductionStatus, Risk
from risks.services.beginning import lock_to_work_on
from risks.services.checking import required
from risks.services.linking import find_other, relate_each
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import day, plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation


class NobodyToMeet(DomainError):
    """There is no body to ask, or it has been asked."""


@transaction.atomic
def ask_introduction(
    *, risk: Risk, reason: str = "", by: Actor, now: datetime, personal_data_checked: bool = False
) -> Introduction:
    """Ask the ICB to introduce us to those who hold a similar risk. It sees this risk from now on, and its clock runs.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus, NobodyToMeet.
    """
    risk = lock_to_work_on(by, risk)
    personal_data.screen(checked=personal_data_checked, reason=reason)
    icb = icb_to_ask(risk)
    if not look_alikes.is_worked_out(risk):
        raise NobodyToMeet("It is still being worked out who holds a risk like this one. Try again in a minute")
    if not look_alikes.unseen_organisations(risk, icb):
        raise NobodyToMeet("There are not enough similar risks that you cannot see to be introduced to anybody")
    introduction = Introduction(
        risk=risk,
        organisation=risk.organisation,
        icb=icb,
        reason=reason.strip(),
        created_at=now,
        created_by=by.user,
    )
    introduction.full_clean(exclude=["ended_by"])
    introduction.save()
    sharing.grant(risk, icb, Basis.OVERSIGHT, now)
    _start(introduction, now)
    summary = f"asked {icb.name} to introduce {risk.organisation.name} to others with similar risks"
    record("ask_introduction", introduction, summary, by=by, now=now, reference=risk.reference)
    _tell(introduction, icb, Told.STEP, f"{risk.organisation.name} asks to be introduced to others", "asked", now)
    return introduction


def icb_to_ask(risk: Risk) -> Organisation:
    """The ICB that can introduce the owner of a risk to others. Raises NobodyToMeet."""
    icb = risk.organisation.parent
    if icb is None or risk.organisation.icb_id != icb.pk:
        raise NobodyToMeet("Only a provider can ask its ICB to introduce it to others")
    if not icb.is_open:
        raise NobodyToMeet(f"{icb.name} has closed")
    if waiting := risk.introductions.open().first():
        raise NobodyToMeet(f"{icb.name} was asked on {day(waiting.created_at)}, and has yet to answer")
    return icb


def _start(introduction: Introduction, now: datetime) -> None:
    deadlines.start(
        kind=DeadlineKind.INTRODUCE,
        subject=introduction,
        owed_by=introduction.icb,
        owed_to=introduction.organisation,
        urgency=Urgency.ANY,
        reference=introduction.risk.reference,
        path=introduction.path,
        now=now,
    )


@transaction.atomic
def introduce(
    *,
    introduction: Introduction,
    to: Sequence[str],
    kind: str,
    reason: str,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Introduction:
    """Propose links between the risk and similar ones, given by their references; every owner is asked.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    if not permissions.can_answer_introduction(by, introduction):
        raise PermissionDenied
    personal_data.screen(checked=personal_data_checked, reason=reason)
    if not any(text.strip() for text in to):
        raise ValidationError({"to": "Choose a risk to link it with"})
    others = {other.pk: other for other in (find_other(introduction.risk, text, by) for text in to if text.strip())}
    lifecycle.lock_all(introduction.risk, *others.values())
    introduction = _to_answer(introduction, by)
    relate_each([(introduction.risk, other) for other in others.values()], kind, reason, by, now)
    made = f"proposed {plural(len(others), 'link')}"
    return _end(introduction, IntroductionStatus.MADE, made, made, by, now)


@transaction.atomic
def decline_introduction(
    *, introduction: Introduction, why: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Introduction:
    """Say that nobody is introduced, and why.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    introduction = _to_answer(introduction, by)
    personal_data.screen(checked=personal_data_checked, why=why)
    why = required("why", why, "Enter why you introduce nobody")
    return _end(introduction, IntroductionStatus.DECLINED, why, f"introduced nobody: {why}", by, now)


@transaction.atomic
def withdraw_introduction(*, introduction: Introduction, by: Actor, now: datetime) -> Introduction:
    """Take the request back. Raises PermissionDenied, WrongStatus."""
    if not permissions.can_withdraw_introduction(by, introduction):
        raise PermissionDenied
    return _withdraw(_locked(introduction), by, now)


def withdraw_introductions(risk: Risk, by: Actor, now: datetime) -> None:
    """End a request that still waits on a locked risk, which is becoming another's."""
    for introduction in risk.introductions.open().select_related("icb", "organisation", "risk"):
        _withdraw(introduction, by, now)


def follow_organisation(organisation: Organisation, now: datetime) -> None:
    """What its old ICB was asked, its new one is asked from now on."""
    if organisation.icb_id is None or organisation.parent is None:
        return
    waiting = Introduction.objects.open().filter(organisation=organisation).exclude(icb=organisation.parent)
    for introduction in waiting.order_by("risk", "pk").select_related("risk"):
        _hand_on(introduction, organisation, organisation.parent, now)


def _hand_on(introduction: Introduction, organisation: Organisation, icb: Organisation, now: datetime) -> None:
    risk = lifecycle.lock(introduction.risk)
    if not Introduction.objects.open().filter(pk=introduction.pk).exists():  # answered while this waited
        return
    introduction.icb = icb
    introduction.save(update_fields=["icb"])
    sharing.grant(risk, icb, Basis.OVERSIGHT, now)
    deadlines.readdress(subject=introduction, owed_by=icb)
    summary = f"{organisation.name} came under {icb.name}, which is now asked to introduce it to others"
    record("hand_on_introduction", introduction, summary, by=None, now=now, reference=risk.reference)
    _tell(introduction, icb, Told.STEP, f"{organisation.name} asks to be introduced to others", "handed on", now)


def _withdraw(introduction: Introduction, by: Actor, now: datetime) -> Introduction:
    said = "took back the request to be introduced to others"
    return _end(introduction, IntroductionStatus.WITHDRAWN, "", said, by, now)


def _to_answer(introduction: Introduction, by: Actor) -> Introduction:
    """The request, locked and waiting. Permission is asked again: meanwhile it may have become another ICB's."""
    if not permissions.can_answer_introduction(by, introduction):
        raise PermissionDenied
    introduction = _locked(introduction)
    if not permissions.can_answer_introduction(by, introduction):
        raise PermissionDenied
    return introduction


def _locked(introduction: Introduction) -> Introduction:
    lifecycle.lock(introduction.risk)
    list(Introduction.objects.select_for_update().filter(pk=introduction.pk).values_list("pk"))
    introduction = Introduction.objects.select_related("risk__organisation__parent", "organisation", "icb").get(
        pk=introduction.pk
    )
    lifecycle.require_asked(introduction)
    return introduction


def _end(
    introduction: Introduction, status: IntroductionStatus, words: str, summary: str, by: Actor, now: datetime
) -> Introduction:
    introduction.status, introduction.words = status, words
    introduction.ended_at, introduction.ended_by = now, by.user
    introduction.save()
    if status == IntroductionStatus.WITHDRAWN:
        deadlines.stop(subject=introduction, now=now)
    else:
        deadlines.meet(subject=introduction, kinds=[DeadlineKind.INTRODUCE], now=now)
    risk = introduction.risk
    record("end_introduction", introduction, summary, by=by, now=now, reference=risk.reference)
    if status == IntroductionStatus.WITHDRAWN:
        _tell(introduction, introduction.icb, Told.STEP, "the request to be introduced was taken back", status, now)
    else:
        message = f"{introduction.icb.name} has answered your request to be introduced to others"
        _tell(introduction, introduction.organisation, Told.RETURNED, message, status, now)
    return introduction


def _tell(
    introduction: Introduction, organisation: Organisation, kind: Told, message: str, moment: str, now: datetime
) -> None:
    notify_safety_leads(
        organisation=organisation,
        kind=kind,
        message=f"{introduction.risk.reference}: {message}",
        path=introduction.path,
        reference=introduction.risk.reference,
        key=f"introduction:{introduction.pk}:{moment}",
        now=now,
        event=EventType.INTRODUCTION_ASKED if moment in ("asked", "handed on") else EventType.INTRODUCTION_ENDED,
    )
