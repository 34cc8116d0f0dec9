"""Naming other organisations on a risk: each is asked for its position, and a clock runs until it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Level, Organisation
from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from deadlines.models import Urgency
from notifications.models import Kind as Told
from notifications.services import notify_safety_leads
from notifications.webhooks.types import EventType
from risks import permissions, sharing
from risks.models import DEFAULT_QUESTION, Involvement
from risks.services.beginning import lock_to_work_on
from risks.services.checking import require_involvable
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.errors import DomainError
from safetyreg.words import listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from accounts.actors import Actor
    from risks.models import Risk

NAMED_IN_FULL = 5  # organisations; of more than these the history says how many they were


class NotNamed(DomainError):
    """The organisation is not named on the risk, or no longer."""


@transaction.atomic
def involve(
    *,
    risk: Risk,
    organisations: Iterable[Organisation] = (),
    all_providers_of: Organisation | None = None,
    question: str = "",
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> list[Involvement]:
    """Name other organisations on a risk and ask each for its position. They, and their ICBs, see it from now on.

    With `all_providers_of`, an ICB, its open providers are named too, save those that are named already; that is for
    the bodies above the providers. An organisation that is named already and has answered is asked again.
    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = lock_to_work_on(by, risk)
    personal_data.screen(checked=personal_data_checked, question=question)
    wanted = _wanted(risk, organisations, all_providers_of, by)
    require_involvable(risk, wanted)
    question = question.strip() or DEFAULT_QUESTION
    again = set(risk.involvements.still_involved().values_list("organisation", flat=True))
    asked = [_named(risk, organisation, question, by, now) for organisation in wanted]
    _save_shares(risk, now)  # which tells those who could not see the risk until now
    for involvement in asked:
        ask(involvement, now)
        if involvement.organisation_id in again:
            _tell_asked_again(involvement, now)
    record("involve", risk, f"{_asked_words(asked)}: {question}", by=by, now=now, reference=risk.reference)
    return asked


def providers_under(body: Organisation) -> list[Organisation]:
    """The open providers that an ICB, a region or the national body stands above, however far below they are."""
    under = Organisation.objects.open().filter(level=Level.PROVIDER).in_order()
    if body.level == Level.ICB:
        under = under.filter(parent=body)
    elif body.level == Level.REGION:
        under = under.filter(parent__parent=body)
    return list(under.select_related("parent"))


def _wanted(
    risk: Risk, organisations: Iterable[Organisation], all_providers_of: Organisation | None, by: Actor
) -> list[Organisation]:
    """Those to be asked, each once. Raises ValidationError for nobody, and for those whose answer is still owed."""
    chosen = list(dict.fromkeys(organisations))
    waiting = set(risk.involvements.unanswered().values_list("organisation", flat=True))
    if already := [organisation.name for organisation in chosen if organisation.pk in waiting]:
        raise ValidationError({"involved": f"{', '.join(already)}: already named on this risk, and yet to answer"})
    if all_providers_of:
        chosen += _providers_of(all_providers_of, risk, by)
    wanted = list(dict.fromkeys(chosen))
    if not wanted:
        nobody = "All of them are named on this risk already" if all_providers_of else "Enter an organisation"
        raise ValidationError({"involved": nobody})
    return wanted


def _providers_of(icb: Organisation, risk: Risk, by: Actor) -> list[Organisation]:
    if not permissions.oversees(by):
        raise ValidationError({"all_providers_of": "Only an ICB or a body above it can ask all providers at once"})
    if icb.level != Level.ICB or by.organisation_id not in above(icb):
        raise ValidationError({"all_providers_of": "Choose an ICB: your own, or one that answers to you"})
    named = set(risk.involvements.values_list("organisation", flat=True)) | {risk.organisation_id}
    return [provider for provider in providers_under(icb) if provider.pk not in named]


def above(organisation: Organisation) -> set[UUID]:
    """The ids of an organisation and of every body that it answers to."""
    found: set[UUID] = set()
    body: Organisation | None = organisation
    while body:
        found.add(body.pk)
        body = body.parent
    return found


def _named(risk: Risk, organisation: Organisation, question: str, by: Actor, now: datetime) -> Involvement:
    """The involvement, new or asked anew: what was answered before stays in the history of the risk."""
    involvement = risk.involvements.filter(organisation=organisation).select_related("organisation").first()
    if involvement is None:
        return Involvement.objects.create(
            risk=risk, organisation=organisation, question=question, created_at=now, created_by=by.user
        )
    involvement.question = question
    involvement.position, involvement.own_risk, involvement.words = "", None, ""
    involvement.answered_at = involvement.answered_by = None
    involvement.save()
    return involvement


def _asked_words(asked: list[Involvement]) -> str:
    names = [involvement.organisation.name for involvement in asked]
    if len(names) > NAMED_IN_FULL:
        return f"asked {plural(len(names), 'organisation')} for their positions"
    return f"named {listed(names)} on the risk and asked"


def ask(involvement: Involvement, now: datetime) -> None:
    """Start the clock of a logged risk's question."""
    risk = involvement.risk
    involvement.asked_at = now
    involvement.save(update_fields=["asked_at"])
    deadlines.start(
        kind=DeadlineKind.POSITION,
        subject=involvement,
        owed_by=involvement.organisation,
        owed_to=risk.organisation,
        urgency=Urgency.ANY,
        reference=risk.reference,
        path=involvement.path,
        now=now,
    )


def _tell_asked_again(involvement: Involvement, now: datetime) -> None:
    risk, organisation = involvement.risk, involvement.organisation
    notify_safety_leads(
        organisation=organisation,
        kind=Told.SHARED,
        message=f"{risk.reference}: {risk.organisation.name} asks {organisation.name} for its position again",
        path=involvement.path,
        reference=risk.reference,
        key=f"asked:{involvement.pk}:{now.isoformat()}",
        now=now,
        event=EventType.INVOLVEMENT_ASKED,
    )


def ask_all(risk: Risk, now: datetime) -> None:
    """Ask every organisation that was named while the risk was a draft."""
    for involvement in risk.involvements.select_related("organisation", "risk__organisation"):
        ask(involvement, now)


@transaction.atomic
def stop_involving(*, involvement: Involvement, by: Actor, now: datetime) -> None:
    """Take an organisation off a risk. It stops seeing the risk at its next request, and its answer is owed no more.

    A link that its answer made stays until it is withdrawn.
    Raises PermissionDenied, WrongStatus, NotNamed.
    """
    risk = lock_to_work_on(by, involvement.risk)
    name = involvement.organisation.name
    if not risk.involvements.filter(pk=involvement.pk).exists():
        raise NotNamed(f"{name} has been taken off {risk.reference} already")
    record("stop_involving", involvement, f"took {name} off the risk", by=by, now=now, reference=risk.reference)
    take_off(involvement, now)
    _save_shares(risk, now)


def take_off(involvement: Involvement, now: datetime) -> None:
    deadlines.stop(subject=involvement, now=now)
    involvement.delete()


def _save_shares(risk: Risk, now: datetime) -> None:
    sharing.refresh(risk, now)
    risk.updated_at = now
    risk.save()
