"""Working on a risk: its controls, actions and comments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.members import HOLDERS_OF_RISKS, require_member
from deadlines import services as deadlines
from deadlines.models import Kind as DeadlineKind
from notifications.models import Kind as Told
from notifications.webhooks.types import EventType
from risks import lifecycle, permissions, telling
from risks.models import Action, Comment, Control, Risk
from risks.searching import lexicon
from risks.services.beginning import lock_to_work_on
from safetyreg import personal_data
from safetyreg.audit.services import record
from safetyreg.words import day

if TYPE_CHECKING:
    from datetime import date, datetime

    from accounts.actors import Actor
    from accounts.models import User

FURTHEST = timedelta(days=3653)  # ten years


@transaction.atomic
def add_control(*, risk: Risk, text: str, by: Actor, now: datetime, personal_data_checked: bool = False) -> Control:
    """Write down something that already reduces the risk.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = lock_to_work_on(by, risk)
    personal_data.screen(checked=personal_data_checked, text=text)
    control = Control(risk=risk, text=text.strip(), created_at=now, created_by=by.user)
    control.full_clean()
    control.save()
    _touched(risk, now)
    record("add_control", control, f"added a control: {control.text}", by=by, now=now, reference=risk.reference)
    return control


@transaction.atomic
def end_control(
    *, control: Control, why: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Control:
    """Say that a control no longer works or is no longer there. It stays in the history.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = lock_to_work_on(by, control.risk)
    personal_data.screen(checked=personal_data_checked, why=why)
    control.refresh_from_db()
    lifecycle.require_in_place(control)
    control.ended_at, control.ended_why = now, why.strip()
    control.full_clean()
    control.save()
    _touched(risk, now)
    record("end_control", control, f"ended a control: {control.text}", by=by, now=now, reference=risk.reference)
    return control


@transaction.atomic
def add_action(
    *,
    risk: Risk,
    text: str,
    owner: User,
    due_on: date,
    by: Actor,
    now: datetime,
    personal_data_checked: bool = False,
) -> Action:
    """Write down what will be done, by whom, by the end of which day.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    risk = lock_to_work_on(by, risk)
    personal_data.screen(checked=personal_data_checked, text=text)
    require_member(owner, risk.organisation, field="owner", roles=HOLDERS_OF_RISKS)
    require_in_reach(due_on, now)
    action = Action(
        risk=risk,
        organisation=risk.organisation,
        owner=owner,
        text=text.strip(),
        due_on=due_on,
        created_at=now,
        created_by=by.user,
    )
    action.full_clean()
    action.save()
    deadlines.start_until(
        kind=DeadlineKind.ACTION,
        subject=action,
        organisation=risk.organisation,
        holder=owner,
        due_on=due_on,
        reference=risk.reference,
        path=risk.path,
        now=now,
    )
    _touched(risk, now)
    summary = f"added an action for {owner.name} by {day(due_on)}: {action.text}"
    record("add_action", action, summary, by=by, now=now, reference=risk.reference)
    telling.tell_given(risk, owner, "an action", now, by=by.user)
    return action


@transaction.atomic
def complete_action(
    *, action: Action, words: str, by: Actor, now: datetime, personal_data_checked: bool = False
) -> Action:
    """Say that an action is done, and what came of it.

    Raises PermissionDenied, ConfirmationNeeded, ValidationError, WrongStatus.
    """
    action = _live_action(action, by)
    personal_data.screen(checked=personal_data_checked, words=words)
    action.done_at, action.done_words = now, words.strip()
    action.full_clean()
    action.save()
    deadlines.meet(subject=action, kinds=[DeadlineKind.ACTION], now=now)
    _touched(action.risk, now)
    event = record(
        "complete_action",
        action,
        f"completed the action: {action.text}",
        by=by,
        now=now,
        reference=action.risk.reference,
    )
    telling.tell_step(action.risk, "an action was completed", now, key=event.pk, by=by.user)
    return action


@transaction.atomic
def drop_action(*, action: Action, why: str, by: Actor, now: datetime, personal_data_checked: bool = False) -> Action:
    """Say that an action will not be done, and why.

    Raises PermissionDenied, ConfirmationNeeded, ValidationError, WrongStatus.
    """
    action = _live_action(action, by)
    personal_data.screen(checked=personal_data_checked, why=why)
    if not why.strip():
        raise ValidationError({"why": "Enter why it will not be done"})
    action.dropped_at, action.done_words = now, why.strip()
    action.full_clean()
    action.save()
    deadlines.stop(subject=action, now=now)
    _touched(action.risk, now)
    record("drop_action", action, f"dropped the action: {action.text}", by=by, now=now, reference=action.risk.reference)
    return action


@transaction.atomic
def give_action_to(*, action: Action, owner: User, by: Actor, now: datetime) -> Action:
    """Make another member the owner of an action.

    Raises PermissionDenied, ValidationError, WrongStatus.
    """
    action = _live_action(action, by)
    require_member(owner, action.organisation, field="owner", roles=HOLDERS_OF_RISKS)
    if owner == action.owner:
        return action
    action.owner = owner
    action.save(update_fields=["owner"])
    deadlines.give_to(subject=action, holder=owner)
    record("give_action_to", action, f"gave an action to {owner.name}", by=by, now=now, reference=action.risk.reference)
    telling.tell_given(action.risk, owner, "an action", now, by=by.user)
    return action


@transaction.atomic
def add_comment(*, risk: Risk, text: str, by: Actor, now: datetime, personal_data_checked: bool = False) -> Comment:
    """Comment on a logged risk that the actor reads in full.

    Raises PermissionDenied, ValidationError, ConfirmationNeeded, WrongStatus.
    """
    if not permissions.can_comment(by, risk) or not Risk.objects.read_in_full_by(by).filter(pk=risk.pk).exists():
        raise PermissionDenied
    personal_data.screen(checked=personal_data_checked, text=text)
    risk = lifecycle.lock(risk)
    lifecycle.require_logged(risk)
    comment = Comment(risk=risk, organisation=by.organisation, text=text.strip(), created_at=now, created_by=by.user)
    comment.full_clean()
    comment.save()
    lexicon.learn_comment(comment)
    event = record("add_comment", comment, "commented", by=by, now=now, reference=risk.reference)
    telling.tell_step(
        risk,
        f"{by.user.name} of {by.organisation.name} commented",
        now,
        key=event.pk,
        by=by.user,
        kind=Told.COMMENT,
        event=EventType.RISK_COMMENTED,
    )
    return comment


def require_in_reach(due_on: date, now: datetime) -> None:
    """Raises ValidationError for a day that is over, and for one so far off that it must be a slip of the pen."""
    if due_on > (now + FURTHEST).date():
        raise ValidationError({"due_on": f"Enter a date before {day(now + FURTHEST)}"})
    if deadlines.end_of(due_on) <= now:
        raise ValidationError({"due_on": "Enter a date that is today or later"})


def _live_action(action: Action, by: Actor) -> Action:
    lifecycle.lock(action.risk)
    action = (
        Action.objects.select_for_update(of=("self",))
        .select_related("risk__organisation", "organisation", "owner")
        .get(pk=action.pk)
    )
    if not permissions.can_complete_action(by, action):
        raise PermissionDenied
    lifecycle.require_live(action)
    return action


def _touched(risk: Risk, now: datetime) -> None:
    Risk.objects.filter(pk=risk.pk).update(updated_at=now)
